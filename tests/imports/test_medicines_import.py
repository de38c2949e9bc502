from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import db, inventory
from core.errors import Invalid, NotPermitted
from core.imports import descriptions
from core.imports import medicines as importing
from core.models import Medicine, MedicineForm
from tests import factories
from tests.imports.files import csv_of, needs_real_files, real, told

HEADER = "old_code,description,type,pieces_per_pack,reorder_level,price"
F = MedicineForm


def rows(*lines):
    return csv_of(HEADER, *lines)


def listed(session):
    return session.scalars(select(Medicine).order_by(Medicine.id)).all()


def count(session):
    return session.scalar(select(func.count()).select_from(Medicine))


@pytest.mark.parametrize(
    ("description", "form", "unit", "strength", "pack_size", "generic"),
    [
        ("Acetazolamide 250mg Tab", F.TABLET, "tablet", "250 mg", 1, "Acetazolamide"),
        ("Amoxycillin 250mg Caps", F.CAPSULE, "capsule", "250 mg", 1, "Amoxycillin"),
        ("Cotrimoxazole 200+40mg/5ml Susp 100ml", F.SYRUP, "bottle", "200+40 mg/5 ml", 100, "Cotrimoxazole"),
        ("Paracetamol 120mg/5ml 100ml", F.SYRUP, "bottle", "120 mg/5 ml", 100, "Paracetamol"),
        ("Gentamicin 0.3% eye/ear drops 10ml", F.DROPS, "bottle", "0.3%", 10, "Gentamicin"),
        ("Hydrocortisone 1% Cream 15g", F.CREAM, "tube", "1%", 15, "Hydrocortisone"),
        ("Whitfield Oinment 200g", F.CREAM, "tube", "", 200, "Whitfield"),
        ("Tetracycline eye ointment 1% 3.5g", F.CREAM, "tube", "1%", 1, "Tetracycline"),
        ("Diazepam 5mg / ml 2ml Amp", F.INJECTION, "ampoule", "5 mg/ml", 1, "Diazepam"),
        ("Gentamicin 40mg/ml 2ml", F.INJECTION, "ampoule", "40 mg/ml", 1, "Gentamicin"),
        ("Dextrose 5% IV 500ml", F.INJECTION, "bottle", "5%", 1, "Dextrose"),
        ("Water for Injection 10ml Vial", F.INJECTION, "vial", "", 1, "Water for Injection"),
        ("Beclamethasone 50mcg Innhaler", F.INHALER, "inhaler", "50 mcg", 1, "Beclamethasone"),
        ("Oral Rehydration Salt (ORS)", F.SACHET, "sachet", "", 1, ""),
        ("Clotrimazole 500mg Pessaries", F.SUPPOSITORY, "pessary", "500 mg", 1, "Clotrimazole"),
        ("Lignocaine 2% Adrenaline Dent.cartridges", F.INJECTION, "cartridge", "2%", 1, ""),
        ("Betamethasone 0.1% Neomycin 0.35 %eye drops 7.5ml", F.DROPS, "bottle", "0.1% + 0.35%", 1, ""),
        ("Paracetamol 500 MG", None, "piece", "500 mg", 1, "Paracetamol"),
        ("Soap Blue Bar 550g", None, "piece", "", 1, ""),
        ("Ultrasound Gel 5Ltr", None, "piece", "", 1, ""),
    ],
)
def test_a_description_tells_form_strength_and_pack(description, form, unit, strength, pack_size, generic):
    expected = descriptions.Described(form, unit, strength, pack_size, generic)

    assert descriptions.read(description) == expected


def test_a_drug_is_added_as_the_pharmacist_would_have_typed_it(session, admin):
    outcome = importing.save(session, admin, rows("98,Acetazolamide 250mg Tab,drug,11,40,30"))

    (medicine,) = listed(session)
    assert (outcome.added, outcome.rejected, outcome.notes) == (1, [], [])
    assert (medicine.name, medicine.form, medicine.unit) == ("Acetazolamide 250mg Tab", F.TABLET, "tablet")
    assert (medicine.generic, medicine.strength) == ("Acetazolamide", "250 mg")
    assert (medicine.price, medicine.reorder_level, medicine.import_key) == (Decimal("30.00"), 40, "import:98")
    assert outcome.remarks == [
        "Prices were taken as those of one unit, not of a pack; pieces_per_pack was not used.",
    ]


def test_what_is_no_medicine_is_stock_all_the_same(session, admin):
    importing.save(
        session, admin, rows("356,Tablet Counting Tray,surgery,90,0,40", "20,Sodium Flouride,laboratory,5,0,40")
    )

    assert {(item.form, item.unit, item.generic) for item in listed(session)} == {(F.OTHER, "piece", "")}


def test_columns_of_their_own_come_before_the_description(session, admin):
    data = csv_of(
        "Item name;Form;Strength;Generic name;Unit;Price per pack;Pack size;Min stock;GST;Controlled",
        "Calpol;Tablets;500 mg;Paracetamol;strip;1.234,50;10;20;12%;yes",
        "Odd one;goo;;;;5,00;1;;;",
    )
    outcome = importing.save(session, admin, data)

    calpol, odd = listed(session)
    assert (calpol.form, calpol.strength, calpol.generic, calpol.unit) == (F.TABLET, "500 mg", "Paracetamol", "strip")
    assert (calpol.price, calpol.reorder_level) == (Decimal("123.45"), 20)
    assert (calpol.tax_percent, calpol.is_controlled) == (Decimal(12), True)
    assert (odd.form, told(outcome.notes)) == (F.OTHER, [(3, "Form", "not understood: kept as Other")])


def test_every_rejected_row_is_named_and_the_others_are_taken(session, admin):
    outcome = importing.save(
        session,
        admin,
        rows(
            "1,Aspirin 300mg Tab,drug,2,0,16",
            "2,-,drug,2,0,16",
            "3,Atenolol 50mg Tab,drug,2,0,",
            "4,Atenolol 100mg Tab,drug,2,0,-5",
            "5,Bisacodyl 5mg Tab,drug,2,-10,5",
            "6,Charcoal 250mg Tab,drug,2,1.5,much",
            "7,ASPIRIN 300mg tab,drug,2,0,16",
            "1,Folic Acid 1mg Tab,drug,2,0,16",
            f"8,{'x' * 10_000},drug,2,0,16",
            "9,Digoxin 0.25 mg Tab,drug,2,0,99999999",
        ),
    )

    assert (outcome.added, outcome.rejected_rows, count(session)) == (1, 9, 1)
    assert told(outcome.rejected) == [
        (3, "description", "The name is missing."),
        (4, "price", "The price is missing."),
        (5, "price", "The price must be between 0 and 9,999,999.99."),
        (6, "reorder_level", "This must be at least 0."),
        (7, "price", "This is not a number."),
        (7, "reorder_level", "This is not a whole number."),
        (8, "description", "This stands on line 2 too."),
        (9, "old_code", "This stands on line 2 too."),
        (10, "description", "The name is too long: 10,000 characters, at most 200."),
        (11, "price", "The price must be between 0 and 9,999,999.99."),
    ]


def test_a_price_out_of_line_or_of_nothing_is_worth_a_note(session, admin):
    usual = [f"{n},Aspirin {n} mg Tab,drug,2,0,30" for n in range(1, 6)]
    outcome = importing.save(
        session, admin, rows(*usual, "6,Frusemide 40mg Tab,drug,2,0,885", "7,Salt 1g Tab,drug,2,0,0")
    )

    assert told(outcome.notes) == [
        (7, "price", "more than 15 times the usual price of this file: worth a look"),
        (8, "price", "the price is 0"),
    ]


def test_a_second_run_adds_nothing(session, admin):
    data = rows("1,Aspirin 300mg Tab,drug,2,0,16", ",Atenolol 50mg Tab,drug,2,0,10")
    importing.save(session, admin, data)

    again = importing.save(session, admin, data)

    assert (again.added, again.already_there, count(session)) == (0, 2, 2)


def test_a_medicine_typed_in_by_hand_is_there_already(session, admin):
    factories.a_medicine(session, "aspirin 300MG tab")

    assert importing.save(session, admin, rows("1,Aspirin 300mg Tab,drug,2,0,16")).already_there == 1


def test_the_same_code_of_another_program_is_no_silent_skip(session, admin):
    importing.save(session, admin, rows("1,Aspirin 300mg Tab,drug,2,0,16"))
    other = rows("1,Atenolol 50mg Tab,drug,2,0,10")

    refused, named = importing.save(session, admin, other), importing.save(session, admin, other, source="old hospital")

    assert (refused.added, refused.rejected_rows, named.added) == (0, 1, 1)
    assert refused.rejected[0].reason.startswith("An earlier import used this code for Aspirin 300mg Tab.")


def test_a_preview_says_the_same_and_writes_nothing(session, admin):
    data = rows("1,Aspirin 300mg Tab,drug,2,0,16", "2,-,drug,2,0,16", "3,Soap,drug,2,0,16")

    preview = importing.preview(session, admin, data)

    assert count(session) == 0
    saved = importing.save(session, admin, data)
    assert (list(preview.rejected), list(preview.notes)) == (saved.rejected, saved.notes)


def test_an_unexpected_failure_half_way_leaves_nothing(committed, monkeypatch):
    add, calls = inventory.add_medicine, []

    def fail_at_the_second(*args):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return add(*args)

    monkeypatch.setattr(inventory, "add_medicine", fail_at_the_second)
    data = rows("1,Aspirin 300mg Tab,drug,2,0,16", "2,Atenolol 50mg Tab,drug,2,0,10")

    with pytest.raises(RuntimeError), db.transaction() as session:
        importing.save(session, factories.an_admin(session), data)

    with db.transaction() as session:
        assert count(session) == 0


def test_only_an_administrator_imports(session, pharmacist):
    for step in (importing.preview, importing.save):
        with pytest.raises(NotPermitted, match="may not import records"):
            step(session, pharmacist, rows())


def test_a_file_of_something_else_is_refused(session, admin):
    with pytest.raises(Invalid, match=r"no column for the name \(name\) and the price \(price, pack_price\)"):
        importing.save(session, admin, csv_of("dob,sex", "1990-09-03,F"))


@needs_real_files
def test_the_real_list_is_taken_whole(session, admin):
    outcome = importing.save(session, admin, real("medicines"))

    assert (outcome.rows, outcome.added, outcome.rejected) == (415, 415, [])
    notes = {note.reason: 0 for note in outcome.notes}
    for note in outcome.notes:
        notes[note.reason] += 1
    assert notes == {
        "no form is named: kept as Other, counted in pieces": 24,
        "more than 15 times the usual price of this file: worth a look": 1,
    }
    forms = dict(session.execute(select(Medicine.form, func.count()).group_by(Medicine.form)).all())
    assert forms[F.OTHER] == 25 + 28 + 168 + 24  # chemical, laboratory, surgery, and drugs that name no form
    assert importing.save(session, admin, real("medicines")).already_there == 415
