from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from core import day_end, patients, scheduling
from core.errors import Invalid, NotFound, NotPermitted
from core.models import AuditEvent, WaitingListEntry
from core.permissions import Role
from tests.factories import a_patient, a_slot, a_user, an_appointment

MONDAY = date(2025, 3, 3)


@pytest.fixture
def waits(session, receptionist, doctor):
    """Call with a name: a new patient on Monday's list of Dr Sen (WaitingRecord)."""

    def add(name="Vikram Sen", day=MONDAY, doctor_id=doctor.user_id, note=""):
        patient = a_patient(session, name)
        return scheduling.add_to_list(session, receptionist, patient.patient_id, doctor_id, day, note)

    return add


@pytest.fixture
def listed(session, receptionist):
    """Call with a day: the names on its list."""

    def names(day=MONDAY, doctor_id=None, days=1):
        found = scheduling.list_waiting(session, receptionist, day, doctor_id, days)
        return [record.patient_name for record in found]

    return names


def ended(session, entry_id):
    """How a wish ended, in its events, and its appointment."""
    events = select(AuditEvent.event).where(
        AuditEvent.resource_type == "waiting_list", AuditEvent.resource_id == entry_id
    )
    entry = session.get_one(WaitingListEntry, entry_id, populate_existing=True)
    return session.scalars(events.order_by(AuditEvent.id)).all(), entry.appointment_id


def test_a_day_that_is_full_has_a_list_first_come_first(session, doctor, waits, listed, frozen_clock):
    an_appointment(session, doctor)
    waits("Vikram Sen", note="  Only in the\nmorning ")
    frozen_clock(minute=1)
    record = waits("Zeenat Aman", doctor_id=None)
    waits("Meera Nair", MONDAY + timedelta(days=1))

    assert listed() == listed(doctor_id=doctor.user_id) == ["Vikram Sen", "Zeenat Aman"]
    assert listed(doctor_id=a_user(session, Role.DOCTOR).user_id) == ["Zeenat Aman"]
    assert listed(days=7) == ["Vikram Sen", "Zeenat Aman", "Meera Nair"]
    assert (record.doctor_id, record.doctor_name) == (None, "")
    assert session.scalars(select(WaitingListEntry.note).order_by(WaitingListEntry.id)).first() == "Only in the morning"


def test_nobody_waits_while_a_slot_is_free(session, doctor, waits, frozen_clock):
    a_slot(session, doctor, starts=time(9))
    other = a_user(session, Role.DOCTOR)

    for doctor_id in (doctor.user_id, None):
        with pytest.raises(scheduling.StillFree, match=r"Dr Sen is still free at 9:00.AM on 3 March"):
            waits("Vikram Sen", doctor_id=doctor_id)
    assert waits("Zeenat Aman", doctor_id=other.user_id)
    frozen_clock(2025, 3, 3, 9, 1)
    assert waits("Meera Nair"), "the free slot has passed"


def test_nobody_waits_twice_or_with_a_slot_in_hand(session, receptionist, doctor, waits, listed):
    booked, record = an_appointment(session, doctor, "Asha Rao"), waits("Vikram Sen")

    with pytest.raises(scheduling.AlreadyWaiting, match="Vikram Sen already waits for Dr Sen on 3 March"):
        scheduling.add_to_list(session, receptionist, record.patient_id, doctor.user_id, MONDAY)
    for doctor_id in (doctor.user_id, None):
        with pytest.raises(scheduling.HasSlot, match=r"Asha Rao already has Dr Sen at 9:00.AM on 3 March"):
            scheduling.add_to_list(session, receptionist, booked.patient_id, doctor_id, MONDAY)
    assert listed() == ["Vikram Sen"]


def test_days_and_notes_that_nobody_could_mean_are_refused_at_once(session, waits, listed):
    with pytest.raises(Invalid) as refusal:
        waits(day=date(2025, 2, 28), note="x" * 10_000)

    assert list(refusal.value.problems.values()) == [
        "28 February has passed.",
        "The note is too long: 10,000 characters, at most 200.",
    ]
    with pytest.raises(Invalid, match="more than a year ahead"):
        waits(day=date.max)
    assert waits(note="Calls\x00 at 🙂").note == "Calls at 🙂"


def test_only_who_exists_waits_and_only_the_front_desk_adds(session, receptionist, pharmacist, doctor):
    asha = a_patient(session)
    patients.archive(session, receptionist, asha.patient_id)

    with pytest.raises(patients.AlreadyArchived):
        scheduling.add_to_list(session, receptionist, asha.patient_id, None, MONDAY)
    with pytest.raises(NotFound, match="There is no doctor 999"):
        scheduling.add_to_list(session, receptionist, asha.patient_id, 999, MONDAY)
    for actor in (pharmacist, doctor):
        with pytest.raises(NotPermitted):
            scheduling.add_to_list(session, actor, asha.patient_id, None, MONDAY)


def test_a_freed_slot_goes_to_somebody_on_the_list(session, receptionist, doctor, waits, listed):
    appointment, record = an_appointment(session, doctor), waits("Vikram Sen")
    scheduling.cancel(session, receptionist, appointment.appointment_id, "Travelling")

    booked = scheduling.book_from_list(session, receptionist, record.entry_id, appointment.slot_id)

    assert (booked.patient_name, booked.slot_id, listed()) == ("Vikram Sen", appointment.slot_id, [])
    assert ended(session, record.entry_id) == (["waiting.added", "waiting.settled"], booked.appointment_id)
    with pytest.raises(scheduling.NotWaiting, match="Vikram Sen does not wait for 3 March any more"):
        scheduling.book_from_list(session, receptionist, record.entry_id, appointment.slot_id)


def test_whoever_takes_another_doctor_or_day_waits_no_more(session, receptionist, waits, listed):
    record, other = waits("Vikram Sen"), a_user(session, Role.DOCTOR)
    slot_id = a_slot(session, other, MONDAY + timedelta(days=1))

    booked = scheduling.book_from_list(session, receptionist, record.entry_id, slot_id)

    assert ended(session, record.entry_id)[1] == booked.appointment_id
    assert listed() == []


def test_a_refused_slot_leaves_the_wish_on_the_list(session, receptionist, doctor, waits, listed):
    taken, record = an_appointment(session, doctor), waits("Vikram Sen")

    with pytest.raises(scheduling.SlotTaken), session.begin_nested():
        scheduling.book_from_list(session, receptionist, record.entry_id, taken.slot_id)
    assert listed() == ["Vikram Sen"]


def test_booking_and_moving_settle_what_was_wished_for_that_day(session, receptionist, doctor, waits, listed):
    tuesday = MONDAY + timedelta(days=1)
    first, any_doctor, elsewhere = (
        waits("Vikram Sen"),
        waits("Zeenat Aman", tuesday, doctor_id=None),
        waits("Meera Nair", doctor_id=a_user(session, Role.DOCTOR).user_id),
    )
    scheduling.book(session, receptionist, a_slot(session, doctor), first.patient_id)
    scheduling.book(session, receptionist, a_slot(session, doctor, starts=time(10)), elsewhere.patient_id)
    moved = scheduling.book(session, receptionist, a_slot(session, doctor, starts=time(11)), any_doctor.patient_id)
    assert (listed(), listed(tuesday)) == (["Meera Nair"], ["Zeenat Aman"])

    slot_id = a_slot(session, doctor, tuesday)
    scheduling.reschedule(session, receptionist, moved.appointment_id, slot_id)

    assert ended(session, any_doctor.entry_id)[1] == moved.appointment_id
    assert listed(tuesday) == []


def test_a_wish_is_taken_off_the_list_once(session, receptionist, waits, listed):
    record = waits("Vikram Sen")

    assert scheduling.take_off_list(session, receptionist, record.entry_id) == record
    assert (listed(), ended(session, record.entry_id)) == ([], (["waiting.added", "waiting.withdrawn"], None))
    with pytest.raises(scheduling.NotWaiting):
        scheduling.take_off_list(session, receptionist, record.entry_id)
    assert scheduling.add_to_list(session, receptionist, record.patient_id, record.doctor_id, MONDAY)


def test_the_end_of_a_day_ends_its_list_and_leaves_the_next(session, receptionist, waits, listed, frozen_clock):
    today, tomorrow = waits("Vikram Sen"), waits("Zeenat Aman", MONDAY + timedelta(days=1))
    frozen_clock(2025, 3, 3, 20)

    day_end.end_day(session, receptionist, MONDAY)

    assert ended(session, today.entry_id)[0] == ["waiting.added", "waiting.expired"]
    assert listed(days=2) == [tomorrow.patient_name]


def test_a_wish_goes_with_a_merged_record_and_comes_back_with_its_appointment(session, receptionist, doctor, waits):
    record, stays = waits("Vikram Sen"), a_patient(session, "Vikram Senn")
    done = patients.merge(session, receptionist, stays.patient_id, record.patient_id)
    booked = scheduling.book_from_list(session, receptionist, record.entry_id, a_slot(session, doctor))
    assert booked.patient_id == stays.patient_id

    patients.undo_merge(session, receptionist, done.merge_id)

    [appointment] = scheduling.list_appointments(session, receptionist, MONDAY)
    assert appointment.patient_id == record.patient_id
