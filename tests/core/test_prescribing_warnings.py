from decimal import Decimal

import pytest

from core import formulary
from core.formulary.substances import _classes, _interactions
from core.formulary.words import CLASSES, EFFECTS, REASONS
from core.models import Medicine, MedicineForm, Route, WarningKind
from core.prescriptions import ItemDetails
from core.prescriptions.taker import Taker
from core.prescriptions.warnings import warnings

pytestmark = pytest.mark.usefixtures("without_redis")
TABLET, SYRUP = MedicineForm.TABLET, MedicineForm.SYRUP


def on_the_list(number, generic, strength="", form=TABLET, name=None):
    return Medicine(id=number, name=name or f"{generic} {strength}", generic=generic, strength=strength, form=form)


def warned(*lines, taker=None):
    """The sentences of (medicine, dose, frequency) lines, by kind."""
    medicines = {medicine.id: medicine for medicine, *_ in lines}
    items = [ItemDetails(medicine.id, Decimal(dose), often, 5, *route) for medicine, dose, often, *route in lines]
    return [(found.kind, found.sentence) for found in warnings(items, medicines, taker or Taker("Asha Rao"))]


@pytest.mark.parametrize(
    ("strength", "form", "route", "mg"),
    [
        ("500 mg", TABLET, Route.ORAL, ("500",)),
        ("1 g", TABLET, Route.ORAL, ("1000",)),
        ("1,000 mg", TABLET, Route.ORAL, ("1000",)),
        ("0,5 mg", TABLET, Route.ORAL, ("0.5",)),
        ("50 mcg", TABLET, Route.ORAL, ("0.050",)),
        ("500 mg + 125 mg", TABLET, Route.ORAL, ("500", "125")),
        ("500/125 mg", TABLET, Route.ORAL, ("500", "125")),
        ("250 mg/5 ml", SYRUP, Route.ORAL, ("50",)),
        ("400/57 mg per 5 ml", SYRUP, Route.ORAL, ("80", "11.4")),
        ("100mg/ml", MedicineForm.DROPS, Route.ORAL, ("5",)),
        ("100 mg/ml", MedicineForm.DROPS, Route.EAR, ()),
        ("1 %", MedicineForm.CREAM, Route.TOPICAL, ()),
        ("60000 IU", TABLET, Route.ORAL, ()),
        ("170 ml", SYRUP, Route.ORAL, ()),
        ("5 mg/0 ml", SYRUP, Route.ORAL, ()),
        ("", TABLET, Route.ORAL, ()),
    ],
)
def test_what_is_in_a_dose_is_read_off_the_box_or_left_alone(strength, form, route, mg):
    assert formulary.strengths(strength, form, route) == tuple(map(Decimal, mg))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Amoxicillin and clavulanic acid", ["amoxicillin", "clavulanic acid"]),
        ("Augmentin 625", ["amoxicillin", "clavulanic acid"]),
        ("Acetylsalicylic acid", ["aspirin"]),
        ("Zinc sulphate 20 mg", ["zinc sulfate"]),
        ("Diclofenac sodium tablets", ["diclofenac"]),
        ("Doxycyclinex", []),
        ("Rosuvastatin calcium", ["rosuvastatin"]),
        ("Combiflam", ["paracetamol", "ibuprofen"]),
    ],
)
def test_substances_are_found_in_names_and_generics(text, names):
    assert [substance.name for substance in formulary.substances_in(text)] == names


def test_every_entry_names_its_source_and_leads_somewhere():
    substances, classes = formulary.all_substances(), _classes()
    names = [substance.name for substance in substances]
    assert len(names) == len(set(names)) > 200
    assert all(substance.source and set(substance.classes) <= classes.keys() for substance in substances)
    assert all(substance.why_not_younger for substance in substances if substance.from_years is not None)
    used = {group for substance in substances for group in substance.groups}
    assert classes.keys() <= used
    pairs = [frozenset((known.one, known.other)) for known in _interactions()]
    assert len(pairs) == len(set(pairs)) > 80
    assert all({known.one, known.other} <= used and known.effect and known.source for known in _interactions())


def test_no_rule_speaks_against_a_medicine_alone():
    for substance in formulary.all_substances():
        medicine = on_the_list(1, substance.name)
        assert [kind for kind, _ in warned((medicine, "1", "QW"))] == [], substance.name


def test_whatever_the_lists_say_can_be_translated():
    assert {known.effect for known in _interactions()} == EFFECTS
    assert {substance.why_not_younger for substance in formulary.all_substances()} - {""} == REASONS
    assert {known.title for known in _classes().values()} == CLASSES


PARACETAMOL = on_the_list(1, "Paracetamol", "500 mg")
SYRUP_250 = on_the_list(2, "Paracetamol", "250 mg/5 ml", SYRUP)
AMOXICLAV = on_the_list(8, "Amoxicillin and clavulanic acid", "625 mg")
CHILD = Taker("Ravi", age_years=Decimal(2))


@pytest.mark.parametrize(
    ("line", "taker", "sentence"),
    [
        ((PARACETAMOL, "2", "QID"), Taker("A"), None),
        ((PARACETAMOL, "2", "4H"), Taker("A"), "6,000 mg of paracetamol a day; the highest dose is 4,000 mg."),
        ((PARACETAMOL, "3", "1-1-1"), Taker("A"), "4,500 mg of paracetamol a day; the highest dose is 4,000 mg."),
        ((PARACETAMOL, "2", "QID"), Taker("A", weight_kg=Decimal(38)), "the highest dose for 38 kg is 2,850 mg."),
        ((SYRUP_250, "5", "QID"), CHILD, "the highest dose for about 12 kg (not weighed) is 900 mg."),
        ((SYRUP_250, "4", "QID"), CHILD, None),
        ((on_the_list(12, "Montelukast", "10 mg"), "2", "OD"), CHILD, "the highest dose for adults is 10 mg."),
        ((on_the_list(13, "Loperamide", "2 mg"), "1", "BD"), CHILD, "for about 12 kg (not weighed) is 2.76 mg."),
        (
            (on_the_list(11, "Digoxin", "125 mcg"), "1", "TDS"),
            Taker("A", age_years=Decimal(70)),
            "0.375 mg of digoxin a day; the highest dose from 65 years on is 0.25 mg.",
        ),
        ((on_the_list(10, "Albendazole", "400 mg"), "1", "STAT"), CHILD, None),
        ((AMOXICLAV, "1", "TDS"), Taker("A"), None),
        (
            (AMOXICLAV, "2", "TDS"),
            Taker("A"),
            "3,750 mg of amoxicillin and clavulanic acid a day; the highest dose is 3,375",
        ),
        ((on_the_list(6, "Co-trimoxazole", "160/800 mg"), "1", "BD"), Taker("A"), None),
        ((on_the_list(6, "Co-trimoxazole", "160/800 mg"), "2", "BD"), Taker("A"), "3,840 mg of sulfamethoxazole and"),
        ((on_the_list(6, "Co-trimoxazole", "200/40 mg per 5 ml", SYRUP), "5", "BD"), CHILD, None),
        (
            (on_the_list(6, "Co-trimoxazole", "200/40 mg per 5 ml", SYRUP), "10", "BD"),
            CHILD,
            "the highest dose for about 12 kg (not weighed) is 864 mg.",
        ),
        ((on_the_list(7, "Alendronic acid", "70 mg"), "1", "QW"), Taker("A"), None),
        ((on_the_list(7, "Alendronic acid", "70 mg"), "1", "OD"), Taker("A"), "350 mg of alendronic acid a week"),
        ((on_the_list(7, "Alendronic acid", "10 mg"), "1", "OD"), Taker("A"), None),
        ((on_the_list(4, "Methotrexate"), "3", "1-0-0"), Taker("A"), "methotrexate is taken once a week"),
        (
            (on_the_list(3, "Escitalopram", "10 mg"), "2", "OD"),
            Taker("A", age_years=Decimal(70)),
            "from 65 years on is",
        ),
        ((on_the_list(3, "Escitalopram", "10 mg"), "2", "OD"), Taker("A", age_years=Decimal(50)), None),
        ((on_the_list(4, "Methotrexate", "2.5 mg"), "3", "OD"), Taker("A"), "methotrexate is taken once a week"),
        ((on_the_list(4, "Methotrexate", "2.5 mg"), "3", "QW"), Taker("A"), None),
        ((on_the_list(5, "Diclofenac", "1 %", MedicineForm.CREAM), "99", "QID", Route.TOPICAL), Taker("A"), None),
    ],
)
def test_a_day_must_not_hold_more_than_the_highest_dose(line, taker, sentence):
    found = warned(line, taker=taker)

    assert bool(found) == bool(sentence)
    assert all(kind is WarningKind.DOSE and sentence in text for kind, text in found)


def test_the_same_substance_in_two_medicines_is_reckoned_together():
    cold = on_the_list(9, "Paracetamol + Phenylephrine", "500 mg + 10 mg", name="Coldact")

    found = dict(warned((PARACETAMOL, "2", "TDS"), (cold, "1", "QID")))

    assert "5,000 mg of paracetamol a day" in found[WarningKind.DOSE]
    assert found[WarningKind.DUPLICATE] == "Coldact: Paracetamol 500 mg has the same paracetamol in it."


@pytest.mark.parametrize(
    ("generic", "years", "sentence"),
    [
        ("Acetylsalicylic acid", 15, "not under 16 years (aspirin: Reye's syndrome)."),
        ("Doxycycline", 7, "not under 8 years"),
        ("Nitrofurantoin", "0.1", "not under 3 months"),
        ("Codeine", 12, None),
    ],
)
def test_some_medicines_are_not_for_children(generic, years, sentence):
    found = warned((on_the_list(1, generic), "1", "OD"), taker=Taker("Ravi", age_years=Decimal(years)))

    assert [text for _, text in found if sentence] == ([] if sentence is None else [found[0][1]])
    assert sentence is None or (found[0][0] is WarningKind.AGE and sentence in found[0][1])


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("Warfarin", "Ibuprofen", "with Warfarin : bleeding"),
        ("Clarithromycin", "Simvastatin", "muscles break down"),
        ("Sildenafil", "Isosorbide mononitrate", "the pressure may collapse"),
        ("Ferrous ascorbate and folic acid", "Levothyroxine", "four hours apart"),
        ("Sertraline", "Tramadol", "serotonin syndrome"),
        ("Azathioprine", "Febuxostat", "the bone marrow fails"),
        ("Ergotamine", "Clarithromycin", "vessels close"),
        ("Ciprofloxacin", "Calcium carbonate", "hours apart"),
        ("Risedronic acid", "Ferrous sulphate", "hours apart"),
        ("Metronidazole", "Warfarin", "the INR rises"),
    ],
)
def test_known_interactions_are_told_whichever_comes_first(one, other, sentence):
    first, second = on_the_list(1, one), on_the_list(2, other)

    for lines in (((first, "1", "OD"), (second, "1", "OD")), ((second, "1", "OD"), (first, "1", "OD"))):
        assert WarningKind.INTERACTION in dict(warned(*lines))
    assert sentence in warned((first, "1", "OD"), (second, "1", "OD"))[0][1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fluconazole", "Pantoprazole"),
        ("Theophylline", "Azithromycin"),
        ("Clopidogrel", "Pantoprazole"),
        ("Rosuvastatin", "Clarithromycin"),
        ("Amlodipine", "Telmisartan"),
        ("Metformin", "Glimepiride"),
        ("Paracetamol", "Cetirizine"),
        ("Levothyroxine", "Rosuvastatin calcium"),
    ],
)
def test_what_goes_together_is_told_nobody(one, other):
    assert warned((on_the_list(1, one), "1", "OD"), (on_the_list(2, other), "1", "OD")) == []


def test_a_cream_does_not_meet_a_tablet_and_two_of_a_class_do():
    gel, tablet = on_the_list(1, "Diclofenac", "1 %", MedicineForm.CREAM), on_the_list(2, "Diclofenac", "50 mg")
    ibuprofen = on_the_list(3, "Ibuprofen", "400 mg")

    assert warned((gel, "2", "BD", Route.TOPICAL), (tablet, "1", "BD")) == []
    assert warned((tablet, "1", "BD"), (ibuprofen, "1", "BD")) == [
        (
            WarningKind.DUPLICATE,
            "Ibuprofen 400 mg: Diclofenac 50 mg is of the same class, anti-inflammatory painkiller (NSAID).",
        )
    ]


@pytest.mark.parametrize(
    ("allergies", "generic", "sentence"),
    [
        ("penicillin", "Cefixime", "is allergic to penicillin, and a few who are react to it too."),
        ("penicillin", "Amoxicillin", "is allergic to penicillin, and it is a penicillin."),
        ("Crocin, acetaminophen", "Paracetamol", "is allergic to acetaminophen."),
        ("brufen; painkillers such as ibuprofen", "Naproxen", "is allergic to ibuprofen"),
        ("sulpha", "Sulfamethoxazole and trimethoprim", "is allergic to sulpha"),
        ("cefixime gave hives", "Cefuroxime", "is allergic to cefixime, and it is a cephalosporin."),
        ("amox", "Cloxacillin", "is allergic to amox, and it is a penicillin."),
        ("Azithromycin", "Clarithromycin", "is allergic to azithromycin, and it is a macrolide"),
        ("Septrin", "Sulfadiazine", "is allergic to septrin, and it is a sulfonamide."),
        ("Zifi", "Cefixime", "is allergic to zifi, and cefixime is in it."),
        ("zifi", "Cefuroxime", "is allergic to zifi, and it is a cephalosporin."),
        ("Phenytoin", "Carbamazepine", "is allergic to phenytoin, and it is an aromatic anticonvulsant."),
        ("milk, silver, vitamins and salts", "Calcium carbonate", None),
        ("Omeprazole", "Aripiprazole", None),
        ("Nil", "Paracetamol", None),
        ("None reported, allergic to dust only", "Amoxicillin", None),
        ("No known drug allergies", "Paracetamol", None),
        ("dust, pollen, cats", "Amoxicillin", None),
    ],
)
def test_an_allergy_is_known_by_substance_synonym_and_class(allergies, generic, sentence):
    taker = Taker("Asha Rao", allergies, brands=(("zifi", "Cefixime"),))
    found = warned((on_the_list(1, generic), "1", "OD"), taker=taker)

    assert [kind for kind, _ in found] == ([WarningKind.ALLERGY] if sentence else [])
    assert sentence is None or sentence in found[0][1]
