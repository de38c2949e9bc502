"""What is missing or contradictory in visits, vitals, the queue and the calendar."""

from datetime import date, time
from decimal import Decimal

import pytest

from core import billing, scheduling, token_queue, visits
from core.measurements import Measurements
from core.scheduling import Leave
from tests.core.quality.people import a_signed_visit_without_code, a_whole_patient, measured
from tests.factories import a_completed_visit, a_token, a_visit, an_appointment


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


def test_what_lies_more_than_a_year_back_is_not_looked_at(session, doctor, frozen_clock, counts):
    a_signed_visit_without_code(session, doctor)
    frozen_clock(year=2026, month=3, day=1)
    assert counts() == {"uncoded": 1, "unbilled": 1}

    frozen_clock(year=2026, month=3, day=2)
    assert counts() == {}
