from datetime import date, time
from decimal import Decimal
from itertools import count

import pytest

from core import billing, dispensing, patients, quality, scheduling, token_queue, visits
from core.errors import NotFound, NotPermitted
from core.measurements import Measurements
from core.models import Clinic, Sex
from core.patients import PatientDetails
from core.permissions import Role
from core.quality import CHECKS
from core.scheduling import Leave
from tests.factories import (
    a_batch,
    a_completed_visit,
    a_medicine,
    a_patient,
    a_token,
    a_user,
    a_visit,
    an_admin,
    an_appointment,
    an_invoice,
    pay,
)
from tests.statements import count_statements

ADULT = date(1980, 5, 1)
_numbers = count(1)


@pytest.fixture
def found(session):
    """Call with the name of a check: what it finds, as an administrator sees it."""
    return lambda name: quality.records(session, an_admin(session), quality.find(name))


@pytest.fixture
def counts(session):
    """What the scoreboard counts, by check; those that found nothing are left out."""

    def counted(actor=None):
        scores = quality.scoreboard(session, actor or an_admin(session))
        return {score.check.name: score.found for score in scores if score.found}

    return counted


def a_whole_patient(session, name="Asha Rao", **details):
    """A patient of whom nothing is missing."""
    usual = {"phone": f"98765{next(_numbers):05d}", "birth_date": ADULT}
    return a_patient(session, name, **(usual | details))


def a_signed_visit_without_code(session, doctor, patient=None):
    visit = a_visit(session, doctor, patient or a_whole_patient(session))
    visits.add_note(session, doctor, visit.visit_id, "Came for a certificate.")
    visits.complete(session, doctor, visit.visit_id)
    return visit


def measured(session, doctor, patient, **vitals):
    """A completed, coded visit with these vitals."""
    visit = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.record_vitals(session, doctor, visit.visit_id, Measurements(**vitals))
    visits.complete(session, doctor, visit.visit_id)
    return visit


def test_an_empty_clinic_has_nothing_to_mend(session, admin, counts):
    assert counts() == {}
    assert all(score.share == 0 for score in quality.scoreboard(session, admin))


def test_a_clinic_that_does_its_work_has_nothing_to_mend(session, doctor, frozen_clock, counts):
    medicine = a_medicine(session, generic="Amoxicillin")
    a_batch(session, medicine, 100)
    visit = measured(
        session, doctor, a_whole_patient(session), systolic_mmhg=120, diastolic_mmhg=80,
        weight_kg=Decimal(70), height_cm=Decimal(172), temperature_c=Decimal(37), pulse_bpm=72,
        oxygen_saturation_pct=98,
    )  # fmt: skip
    pay(session, billing.invoice_visit(session, an_admin(session), visit.visit_id))
    frozen_clock(day=20)

    assert counts() == {}


def test_a_completed_visit_without_a_code_is_found(session, doctor, found):
    a_completed_visit(session, doctor, a_whole_patient(session, "Vikram Sen"))
    visit = a_signed_visit_without_code(session, doctor)

    [one] = found("uncoded")
    assert (one.record_id, one.title, one.detail, one.on, one.staff_id) == (
        visit.visit_id,
        f"Asha Rao · {visit.patient.mrn}",
        "Dr Sen",
        date(2025, 3, 1),
        doctor.user_id,
    )


def test_a_doctor_sees_the_own_visits_first(session, doctor):
    other = a_user(session, Role.DOCTOR)
    own = a_signed_visit_without_code(session, doctor)
    theirs = a_signed_visit_without_code(session, other, a_whole_patient(session, "Vikram Sen"))

    def listed(actor):
        return [one.record_id for one in quality.records(session, actor, quality.find("uncoded"))]

    assert listed(doctor) == [own.visit_id, theirs.visit_id]
    assert listed(other) == [theirs.visit_id, own.visit_id]


def test_a_visit_is_left_open_once_its_day_is_over(session, doctor, frozen_clock, found, counts):
    visit = a_visit(session, doctor, a_whole_patient(session))
    assert counts() == {}

    frozen_clock(day=2)
    assert [one.record_id for one in found("left-open")] == [visit.visit_id]
    assert found("tokens") == []  # the doctor ends both at once


def test_a_visit_without_a_bill_is_found_the_day_after(session, doctor, receptionist, frozen_clock, found, counts):
    visit = a_completed_visit(session, doctor, a_whole_patient(session))
    assert counts() == {}

    frozen_clock(day=2)
    assert [one.record_id for one in found("unbilled")] == [visit.visit_id]

    bill = billing.invoice_visit(session, receptionist, visit.visit_id)
    assert found("unbilled") == []
    billing.cancel(session, receptionist, bill.invoice_id, "Wrong patient")
    assert [one.record_id for one in found("unbilled")] == [visit.visit_id]


@pytest.mark.parametrize(
    ("vitals", "told"),
    [
        ({"systolic_mmhg": 125, "diastolic_mmhg": 120}, "Blood pressure 125/120 mmHg"),
        ({"weight_kg": Decimal(20), "height_cm": Decimal(180)}, "20 kg at 180 cm: BMI 6.2"),
        ({"weight_kg": Decimal(180), "height_cm": Decimal("152.5")}, "180 kg at 152.5 cm: BMI 77.4"),
        ({"temperature_c": Decimal("43.6")}, "Temperature 43.6 °C"),
        ({"pulse_bpm": 240}, "Pulse 240 per minute"),
        ({"oxygen_saturation_pct": 45}, "Oxygen saturation 45 %"),
    ],
)
def test_vitals_that_contradict_each_other_are_found(session, doctor, found, vitals, told):
    visit = measured(session, doctor, a_whole_patient(session), **vitals)

    [one] = found("vitals")
    assert (one.record_id, one.detail) == (visit.visit_id, f"{told} · Dr Sen")


def test_a_measurement_corrected_in_the_same_visit_is_no_contradiction(session, doctor, found):
    visit = a_visit(session, doctor, a_whole_patient(session))
    for height in (Decimal(72), Decimal(172)):
        visits.record_vitals(
            session, doctor, visit.visit_id, Measurements(weight_kg=Decimal(70), height_cm=height), sure=True
        )

    assert found("vitals") == []


def test_an_adult_does_not_grow_and_a_child_does(session, doctor, frozen_clock, found):
    adult, child = a_whole_patient(session), a_whole_patient(session, "Anu Rao", birth_date=date(2015, 1, 1))
    for patient in (adult, child):
        measured(session, doctor, patient, height_cm=Decimal(140))
    frozen_clock(month=5)
    for patient in (adult, child):
        measured(session, doctor, patient, height_cm=Decimal(146))

    assert [(one.patient_id, one.detail) for one in found("vitals")] == [
        (adult.patient_id, "Height 140 cm, then 146 cm · Dr Sen")
    ]


@pytest.mark.parametrize(("month", "told"), [(3, ["Weight 90 kg, then 60 kg · Dr Sen"]), (5, [])])
def test_a_weight_that_falls_by_a_third_within_a_month_is_found(session, doctor, frozen_clock, found, month, told):
    patient = a_whole_patient(session)
    measured(session, doctor, patient, weight_kg=Decimal(90))
    frozen_clock(month=month, day=20)
    measured(session, doctor, patient, weight_kg=Decimal(60))

    assert [one.detail for one in found("vitals")] == told


def test_a_token_is_left_open_once_its_day_is_over(session, doctor, receptionist, frozen_clock, found):
    waiting, left = a_token(session, "Asha Rao"), a_token(session, "Vikram Sen", doctor)
    token_queue.mark_no_show(session, receptionist, left.token_id)
    assert found("tokens") == []

    frozen_clock(day=2)
    [one] = found("tokens")
    assert (one.record_id, one.detail, one.on) == (waiting.token_id, "Token 1", date(2025, 3, 1))


def test_an_appointment_still_booked_is_found_once_its_day_is_over(session, doctor, receptionist, frozen_clock, found):
    booked = an_appointment(session, doctor, day=date(2025, 3, 3))
    missed = an_appointment(session, doctor, "Vikram Sen", day=date(2025, 3, 3), starts=time(10))
    frozen_clock(day=3, hour=12)
    scheduling.mark_no_show(session, receptionist, missed.appointment_id)
    assert found("bookings") == []

    frozen_clock(day=4)
    [one] = found("bookings")
    assert (one.record_id, one.detail, one.on) == (booked.appointment_id, "Dr Sen", date(2025, 3, 3))


def test_whoever_is_booked_while_the_doctor_is_away_is_found_until_moved(session, doctor, receptionist, found):
    monday = date(2025, 3, 3)
    for name, hour in (("Asha Rao", 9), ("Vikram Sen", 11)):
        booked = an_appointment(session, doctor, name, monday, time(hour))
    scheduling.add_leave(session, receptionist, doctor.user_id, Leave(monday, monday, "", time(11, 15), time(12)))

    [one] = found("away")
    assert (one.record_id, one.detail, one.on) == (booked.appointment_id, "Dr Sen · 11:00", monday)

    scheduling.cancel(session, receptionist, booked.appointment_id, "Doctor away")
    assert found("away") == []


def test_nobody_waits_for_a_day_that_is_over(session, receptionist, doctor, found, frozen_clock):
    asha = a_whole_patient(session)
    wish = scheduling.add_to_list(session, receptionist, asha.patient_id, doctor.user_id, date(2025, 3, 3))
    frozen_clock(day=3, hour=20)
    assert found("wishes") == []

    frozen_clock(day=4)
    [one] = found("wishes")
    assert (one.record_id, one.detail, one.on) == (wish.entry_id, "Dr Sen", date(2025, 3, 3))
    scheduling.take_off_list(session, receptionist, wish.entry_id)
    assert found("wishes") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Lakshmi Sharma", "Laxmi Sharma"),
        ("Deepak Menon", "Dipak Menon"),
        ("Pooja Rao", "rao puja"),
        ("Mrs. Asha Rao", "ASHA  RAO"),
        ("Joseph D’Souza", "Joseph D Souza"),
        ("Asha", "Asha Rao"),
        ("Jayalakshmi Iyer", "Jaya Laxmi Iyer"),
        ("Mohd Aslam", "Muhammad Aslam"),
        ("लक्ष्मी शर्मा", "लक्ष्मी शर्मा"),
    ],
)
def test_two_records_with_one_phone_and_much_the_same_name_are_likely_one_person(session, found, first, second):
    one = a_patient(session, first, phone="9876543210", age_years=40)
    other = a_patient(session, second, phone="9876543210", birth_date=date(1984, 1, 1))

    [pair] = found("duplicates")
    assert (pair.record_id, pair.other_id) == (one.patient_id, other.patient_id)
    assert pair.detail == f"Same phone as {other.name} · {other.mrn}"


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Anu Rao"},
        {"name": "Asha Rao", "phone": "9811111111"},
        {"name": "Asha Rao", "birth_date": date(2010, 1, 1)},
        {"name": "Asha Rao", "sex": Sex.MALE},
    ],
    ids=["a sister", "a namesake", "a daughter of the same name", "a brother of the same name"],
)
def test_a_family_and_a_namesake_are_no_duplicates(session, found, other):
    a_patient(session, "Asha Rao", phone="9876543210", birth_date=ADULT)
    usual = {"phone": "9876543210", "birth_date": date(1984, 5, 1)}
    a_patient(session, **(usual | other))

    assert found("duplicates") == []


def test_one_name_and_one_birth_date_are_likely_one_person_whatever_the_phone(session, found):
    one = a_whole_patient(session, "Lakshmi Sharma", phone="9876543210")
    other = a_whole_patient(session, "Laxmi Sharma", phone="9811111111")
    a_patient(session, "Lakshmi Sharma", age_years=44)

    [pair] = found("duplicates")
    assert pair.detail == f"Same birth date as Laxmi Sharma · {other.mrn}"
    assert (pair.record_id, pair.other_id) == (one.patient_id, other.patient_id)


def test_a_pair_is_listed_once_and_not_once_one_of_it_is_archived(session, receptionist, found):
    one, other = (a_whole_patient(session, phone="9876543210") for _ in range(2))
    assert [(pair.record_id, pair.other_id) for pair in found("duplicates")] == [(one.patient_id, other.patient_id)]

    patients.archive(session, receptionist, other.patient_id)
    assert found("duplicates") == []


def test_what_nobody_asked_a_patient_is_named(session, receptionist, found):
    bare = a_patient(session, "Asha Rao", sex=Sex.UNKNOWN)
    a_whole_patient(session, "Vikram Sen")

    assert [(one.record_id, one.detail) for one in found("incomplete")] == [
        (bare.patient_id, "No birth date, phone, sex")
    ]
    told = PatientDetails("Asha Rao", Sex.FEMALE, phone="9876543210", age_years=40)
    patients.amend(session, receptionist, bare.patient_id, told)
    assert found("incomplete") == []


def test_medicines_handed_over_and_not_paid_for_are_found_the_day_after(session, pharmacist, frozen_clock, found):
    session.get_one(Clinic, 1).dispense_unpaid = True
    medicine = a_medicine(session)
    a_batch(session, medicine, 100)
    bill = an_invoice(session, (medicine, 10), price="300.00")
    an_invoice(session, (medicine, 10), patient=a_patient(session, "Not handed over"))
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    assert found("unpaid-medicines") == []

    frozen_clock(day=2)
    [one] = found("unpaid-medicines")
    assert (one.record_id, one.detail) == (bill.invoice_id, f"Bill {bill.number}: 345.00 not paid")

    pay(session, bill)
    assert found("unpaid-medicines") == []


def test_medicines_paid_for_and_owed_for_a_week_are_found(session, pharmacist, frozen_clock, found):
    medicine = a_medicine(session)
    bill = an_invoice(session, (medicine, 10), paid=True)
    an_invoice(session, paid=True, patient=a_patient(session, "No medicines"))
    frozen_clock(day=8)
    assert found("owed-medicines") == []

    frozen_clock(day=9)
    assert [one.record_id for one in found("owed-medicines")] == [bill.invoice_id]
    a_batch(session, medicine, 100)
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    assert found("owed-medicines") == []


def test_a_medicine_without_price_or_generic_is_found(session, found):
    bare = a_medicine(session, "Bandage", price="0")
    a_medicine(session, "Amoxicillin 500 mg", generic="Amoxicillin")
    nameless = a_medicine(session, "Cough syrup")

    assert [(one.record_id, one.detail) for one in found("medicines")] == [
        (bare.medicine_id, "No price, generic name"),
        (nameless.medicine_id, "No generic name"),
    ]


def test_an_expired_batch_with_something_left_is_found(session, pharmacist, frozen_clock, found):
    medicine = a_medicine(session)
    batch = a_batch(session, medicine, 40, expires="2025-03-31")
    frozen_clock(day=31)
    assert found("expired") == []

    frozen_clock(month=4)
    [one] = found("expired")
    assert (one.record_id, one.other_id) == (medicine.medicine_id, batch.batch_id)
    assert (one.title, one.detail) == (medicine.name, f"Batch {batch.number}: 40 on hand")


def test_a_batch_that_cost_nothing_is_found(session, found):
    medicine = a_medicine(session)
    a_batch(session, medicine, 40)
    free = a_batch(session, medicine, 10, unit_cost="0")

    assert [one.other_id for one in found("costless")] == [free.batch_id]


def test_what_lies_more_than_a_year_back_is_not_looked_at(session, doctor, frozen_clock, counts):
    a_signed_visit_without_code(session, doctor)
    frozen_clock(year=2026, month=3, day=1)
    assert counts() == {"uncoded": 1, "unbilled": 1}

    frozen_clock(year=2026, month=3, day=2)
    assert counts() == {}


def test_the_worst_comes_first_and_says_of_how_many(session, doctor, admin):
    a_signed_visit_without_code(session, doctor)
    a_completed_visit(session, doctor, a_whole_patient(session, "Vikram Sen"))
    a_medicine(session, "Cough syrup")

    first, second = quality.scoreboard(session, admin)[:2]
    assert (first.check.name, first.found, first.among, first.share) == ("medicines", 1, 1, 1.0)
    assert (second.check.name, second.found, second.among, second.share) == ("uncoded", 1, 2, 0.5)


def test_each_role_counts_what_it_may_see_and_analysts_count_everything(session, doctor, receptionist, pharmacist):
    def named(actor):
        return {score.check.name for score in quality.scoreboard(session, actor)}

    assert named(doctor) == {
        *("uncoded", "left-open", "vitals", "tokens", "bookings", "away", "wishes"),
        *("duplicates", "incomplete", "medicines", "expired", "costless"),
    }
    assert named(receptionist) == {
        *("unbilled", "unpaid-medicines", "tokens", "bookings", "away", "wishes", "duplicates", "incomplete"),
    }
    assert named(pharmacist) == {"owed-medicines", "medicines", "expired", "costless"}
    for role in (Role.MANAGER, Role.ANALYST):
        assert named(a_user(session, role)) == {check.name for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_an_analyst_sees_no_record(session, check):
    with pytest.raises(NotPermitted):
        quality.records(session, a_user(session, Role.ANALYST), check)


def test_a_manager_sees_stock_and_no_patient(session):
    manager = a_user(session, Role.MANAGER)
    a_medicine(session, "Cough syrup")

    assert len(quality.records(session, manager, quality.find("medicines"))) == 1
    for name in ("uncoded", "duplicates", "unbilled", "tokens"):
        with pytest.raises(NotPermitted):
            quality.records(session, manager, quality.find(name))


def test_the_front_desk_reads_no_vitals(session, receptionist):
    with pytest.raises(NotPermitted, match="read clinical records"):
        quality.records(session, receptionist, quality.find("vitals"))


def test_there_is_no_such_check(session):
    with pytest.raises(NotFound, match="no check nonsense"):
        quality.find("nonsense")


def test_no_more_records_are_read_than_asked_for(session, admin):
    for number in range(3):
        a_medicine(session, f"Syrup {number}")

    assert len(quality.records(session, admin, quality.find("medicines"), limit=2)) == 2


def test_the_scoreboard_costs_one_statement_per_check(session, admin, doctor):
    def statements():
        return count_statements(session, lambda: quality.scoreboard(session, admin))

    before = statements()
    for name in ("Asha Rao", "Vikram Sen"):
        a_signed_visit_without_code(session, doctor, a_whole_patient(session, name))

    assert statements() == before == len(CHECKS)
