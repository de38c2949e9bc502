"""A line of a prescription: its quantity, its frequency, its directions in words."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from core import dosage, prescriptions
from core.models import MedicineForm, Route
from core.prescriptions import Directions
from tests.factories import a_medicine, a_visit, an_item


@pytest.mark.parametrize(
    ("dose", "frequency", "days", "pack", "expected"),
    [
        ("1", "OD", 5, 1, 5),
        ("2", "QID", 3, 1, 24),
        ("0.5", "BD", 5, 1, 5),
        ("0.5", "OD", 5, 1, 3),
        ("1", "6H", 2, 1, 8),
        ("1", "5H", 1, 1, 5),
        ("1", "STAT", 5, 1, 1),
        ("1", "HS", 10, 1, 10),
        ("1", "SOS", 4, 1, 4),
        ("5", "TDS", 5, 100, 1),
        ("10", "TDS", 5, 100, 2),
        ("2", "BD", 7, 15, 2),
        ("1", "1-0-1", 5, 1, 10),
        ("1", "2-0-½", 5, 1, 13),
        ("0.5", "1-1-1-1", 3, 1, 6),
        ("1", "QW", 28, 1, 4),
        ("1", "QW", 30, 1, 5),
        ("1", "EOD", 7, 1, 4),
    ],
)
def test_the_quantity_is_whole_units_and_enough(dose, frequency, days, pack, expected):
    assert dosage.quantity(Decimal(dose), frequency, days, pack) == expected


def test_the_quantity_is_never_short_and_never_a_whole_pack_too_much():
    rng = Random(3)
    for _ in range(500):
        often = rng.choice([*dosage.FREQUENCIES, "1-0-1", "½-0-2", "1-1-1-1", "6H"])
        dose, days, pack = Decimal(rng.randint(1, 40)) / 4, rng.randint(1, 60), rng.choice([1, 15, 60, 100, 200])
        needed = Fraction(dose) * dosage.intakes(often, days)
        units = dosage.quantity(dose, often, days, pack)
        assert (units - 1) * pack < needed <= units * pack, (dose, often, days, pack)


def test_syrup_is_handed_over_in_bottles(session, doctor):
    syrup = a_medicine(session, "Paracetamol syrup", form=MedicineForm.SYRUP, unit="bottle", pack_size=60)
    item = an_item(session, syrup, dose=Decimal(5), duration_days=5)

    issued = prescriptions.prescribe(session, doctor, a_visit(session, doctor).visit_id, [item])

    assert issued.items[0].quantity == 2
    assert issued.items[0].in_words == "5 ml, three times a day, for 5 days, after food"


def test_a_quantity_written_by_hand_is_kept(session, doctor):
    item = an_item(session, quantity=20)

    assert prescriptions.prescribe(session, doctor, a_visit(session, doctor).visit_id, [item]).items[0].quantity == 20


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("tds", "TDS"),
        (" b.d. ", "BD"),
        ("6h", "6H"),
        ("q8h", "8H"),
        ("12-hourly", "12H"),
        ("06H", "6H"),
        ("1 - 0 - 1", "1-0-1"),
        ("1/2–0–½", "½-0-½"),
        ("3/4-0-1/4", "¾-0-¼"),
    ],
)
def test_a_frequency_is_kept_in_one_spelling(typed, kept):
    assert dosage.frequency(typed) == kept


@pytest.mark.parametrize("typed", ["", "often", "0H", "25H", "H", "0-0-0", "1-0", "10-0-10", "1-1-1-1-1", "6", "٦H\0"])
def test_what_is_no_frequency_is_noticed(typed):
    assert dosage.frequency(typed) is None


@pytest.mark.parametrize(
    ("directions", "words"),
    [
        (("0.5", MedicineForm.TABLET, "tablet", Route.ORAL, "OD", 1), "half a tablet, once a day, for 1 day"),
        (("1.50", MedicineForm.TABLET, "tablet", Route.ORAL, "HS", 7), "1.5 tablets, at bedtime, for 7 days"),
        (("2", MedicineForm.DROPS, "bottle", Route.EYE, "6H", 5), "2 drops in the eye, every 6 hours, for 5 days"),
        (("100", MedicineForm.CREAM, "tube", Route.TOPICAL, "BD", 5), "100 g on the skin, twice a day, for 5 days"),
        (
            ("1", MedicineForm.INJECTION, "ampoule", Route.INTRAMUSCULAR, "STAT", 1),
            "1 ampoule into the muscle, once, at once",
        ),
        (("2", MedicineForm.INHALER, "inhaler", Route.INHALED, "SOS", 30), "2 puffs inhaled, when needed, for 30 days"),
        (("1", MedicineForm.SACHET, "sachet", Route.ORAL, "1H", 2), "1 sachet, every hour, for 2 days"),
        (
            ("1", MedicineForm.TABLET, "tablet", Route.ORAL, "1-1-1", 5),
            "1 tablet in the morning, at noon and at night, for 5 days",
        ),
        (
            ("1", MedicineForm.TABLET, "tablet", Route.ORAL, "2-0-½", 5),
            "2 tablets in the morning and half a tablet at night, for 5 days",
        ),
        (("2.5", MedicineForm.TABLET, "tablet", Route.ORAL, "QW", 28), "2.5 tablets, once a week, for 28 days"),
    ],
)
def test_directions_in_words(directions, words):
    dose, *rest = directions

    assert prescriptions.in_words(Directions(Decimal(dose), *rest)) == words
