"""What is usual at an age, what was measured before, and values in another unit."""

from decimal import Decimal
from itertools import pairwise

import pytest

from core import billing, visits
from core.errors import Invalid, NotPermitted
from core.measurements import Measurements
from core.models import Vitals
from core.reference_ranges import Reading, band, bmi_class, reading
from tests.factories import a_patient, a_visit, an_invoice

WEEK, MONTHS_8, YEARS_5, ADULT, OLD = 7 / 365.25, 8 / 12, 5.4, 40.0, 91.0


@pytest.mark.parametrize(
    ("name", "value", "age", "expected"),
    [
        ("pulse_bpm", 130, MONTHS_8, Reading.USUAL),
        ("pulse_bpm", 130, ADULT, Reading.ABOVE),
        ("pulse_bpm", 131, OLD, Reading.FAR_ABOVE),
        ("pulse_bpm", 40, ADULT, Reading.FAR_BELOW),
        ("respiration_bpm", 40, MONTHS_8, Reading.USUAL),
        ("respiration_bpm", 40, YEARS_5, Reading.FAR_ABOVE),
        ("respiration_bpm", 11, ADULT, Reading.BELOW),
        ("temperature_c", Decimal("36.2"), WEEK, Reading.BELOW),
        ("temperature_c", Decimal("38.0"), WEEK, Reading.FAR_ABOVE),
        ("temperature_c", Decimal("38.0"), ADULT, Reading.ABOVE),
        ("temperature_c", Decimal("37.9"), OLD, Reading.USUAL),
        ("systolic_mmhg", 102, YEARS_5, Reading.USUAL),
        ("systolic_mmhg", 103, YEARS_5, Reading.ABOVE),
        ("systolic_mmhg", 79, YEARS_5, Reading.BELOW),
        ("systolic_mmhg", 69, MONTHS_8, Reading.BELOW),
        ("systolic_mmhg", 139, ADULT, Reading.USUAL),
        ("systolic_mmhg", 180, ADULT, Reading.FAR_ABOVE),
        ("diastolic_mmhg", 80, 13.0, Reading.ABOVE),
        ("diastolic_mmhg", 30, MONTHS_8, None),
        ("oxygen_saturation_pct", 94, WEEK, Reading.BELOW),
        ("oxygen_saturation_pct", 89, OLD, Reading.FAR_BELOW),
        ("weight_kg", Decimal(70), ADULT, None),
        ("pulse_bpm", 70, None, None),
    ],
)
def test_what_is_usual_depends_on_the_age(name, value, age, expected):
    assert reading(name, value, age) == expected


@pytest.mark.parametrize("name", ["pulse_bpm", "respiration_bpm", "systolic_mmhg", "diastolic_mmhg"])
def test_bands_follow_each_other_without_a_leap_from_birth_to_old_age(name):
    limits = [band(name, months / 12) for months in range(1200)]

    for one, other in pairwise(limits):
        assert one.low is None or one.alarm_low is None or one.alarm_low < one.low
        for before, after in ((one.low, other.low), (one.high, other.high)):
            assert before is None or after is None or abs(before - after) <= 20


@pytest.mark.parametrize(
    ("bmi", "age", "expected"),
    [
        ("18.4", 20, "underweight"),
        ("18.5", 40, "normal"),
        ("25.0", 40, "overweight"),
        ("30.0", 40, "obese I"),
        ("40.0", 91, "obese III"),
        ("17.0", 19.9, None),
        ("17.0", None, None),
    ],
)
def test_only_adults_have_a_class_of_bmi(bmi, age, expected):
    assert bmi_class(Decimal(bmi), age) == expected


@pytest.mark.parametrize(
    ("measured", "sentence"),
    [
        ({"oxygen_saturation_pct": Decimal("0.98")}, r"0.98 looks like a fraction: write 98 \(%\)"),
        ({"systolic_mmhg": 16}, "16 is too low for mmHg. If it is kPa, write 120; if it is cmHg, write 160"),
        ({"temperature_c": Decimal(372)}, r"without its point: write 37.2 \(°C\)"),
        ({"weight_kg": Decimal(12500)}, r"12500 looks like grams: write 12.50 \(kg\)"),
        ({"height_cm": Decimal(19)}, r"19 looks like inches: write 48 \(cm\)"),
        ({"height_cm": Decimal(1720)}, r"1720 looks like millimetres: write 172.0 \(cm\)"),
        ({"pulse_bpm": Decimal("72.5")}, "The pulse is a whole number, not 72.5"),
    ],
)
def test_another_unit_is_named_and_nothing_is_saved(session, doctor, measured, sentence):
    visit = a_visit(session, doctor)

    with pytest.raises(Invalid, match=sentence):
        visits.record_vitals(session, doctor, visit.visit_id, Measurements(**measured))
    assert visits.get(session, doctor, visit.visit_id).vitals == ()


def test_pounds_and_inches_are_asked_about_and_taken_when_said_again(session, doctor):
    visit_id = a_visit(session, doctor, a_patient(session, age_years=40)).visit_id
    visits.record_vitals(session, doctor, visit_id, Measurements(weight_kg=Decimal(70), height_cm=Decimal(172)))
    heavy = Measurements(weight_kg=Decimal(154), height_cm=Decimal(68))

    with pytest.raises(visits.Doubtful) as asked:
        visits.record_vitals(session, doctor, visit_id, heavy)
    assert asked.value.problems == {
        "weight_kg": "Is 154 really kg? The last weight was 70 kg, and 154 pounds are 69.9 kg.",
        "height_cm": "Is the height really 68 cm? 68 inches are 173 cm.",
    }

    taken = visits.record_vitals(session, doctor, visit_id, heavy, sure=True)
    assert taken.measured.weight_kg == 154


def test_a_child_that_has_doubled_its_weight_is_not_asked_about(session, doctor):
    visit_id = a_visit(session, doctor, a_patient(session, age_years=1)).visit_id
    visits.record_vitals(session, doctor, visit_id, Measurements(weight_kg=Decimal("3.2"), height_cm=Decimal(50)))

    visits.record_vitals(session, doctor, visit_id, Measurements(weight_kg=Decimal("7.05"), height_cm=Decimal(67)))


def test_trends_are_the_latest_values_in_order_without_those_struck_out(session, doctor, frozen_clock):
    asha = a_patient(session)
    for day, pulse in ((1, 70), (2, 200), (3, 74)):
        frozen_clock(2025, 3, day)
        visit = a_visit(session, doctor, asha)
        visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=pulse))
        visits.add_note(session, doctor, visit.visit_id, "Seen")
        visits.complete(session, doctor, visit.visit_id)
    wrong = session.query(Vitals).filter_by(pulse_bpm=200).one()
    wrong.struck_at, wrong.struck_by_id, wrong.strike_reason = wrong.recorded_at, doctor.user_id, "Another patient's"
    session.flush()

    course = visits.vital_trends(session, doctor, asha.patient_id)

    assert {name: [(p.measured_on.day, p.value) for p in points] for name, points in course.items()} == {
        "pulse_bpm": [(1, 70), (3, 74)]
    }
    assert visits.latest(course) == Measurements(pulse_bpm=74)


def test_a_doctor_sees_what_is_owed_and_nothing_of_the_bills(session, doctor, pharmacist, admin):
    asha = a_patient(session)
    an_invoice(session, price="300.00", patient=asha)
    an_invoice(session, price="120.50", patient=asha)
    an_invoice(session, price="50.00", patient=asha, paid=True)
    billing.cancel(session, admin, an_invoice(session, price="99.00", patient=asha).invoice_id, "Twice")

    assert billing.owed_by(session, doctor, asha.patient_id) == billing.Owed(Decimal("420.50"), 2)
    with pytest.raises(NotPermitted, match="may not see what a patient owes"):
        billing.owed_by(session, pharmacist, asha.patient_id)
    with pytest.raises(NotPermitted, match="may not see bills"):
        billing.list_of_patient(session, doctor, asha.patient_id)
