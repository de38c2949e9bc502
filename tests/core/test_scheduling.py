from datetime import date, time

import pytest
from sqlalchemy import event, select

from core import clock, patients, scheduling
from core.errors import Invalid, NotFound
from core.models import AppointmentState, AuditEvent, SlotState
from core.patients import PatientDetails, Sex
from core.permissions import Role
from tests.factories import a_patient, a_slot, a_user, an_appointment

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def test_a_booked_slot_shows_who_comes(session, receptionist, doctor):
    asha = a_patient(session, "Asha Rao", phone="9876543210")
    slot_id = a_slot(session, doctor)

    booked = scheduling.book(session, receptionist, slot_id, asha.patient_id)

    [slot] = scheduling.list_slots(session, receptionist, MONDAY)
    assert (slot.state, slot.appointment_id, slot.appointment_state) == (
        SlotState.BOOKED,
        booked.appointment_id,
        AppointmentState.BOOKED,
    )
    assert (slot.patient_name, slot.mrn, slot.phone) == ("Asha Rao", asha.mrn, "+919876543210")
    assert scheduling.list_appointments(session, receptionist, MONDAY) == [booked]
    assert scheduling.next_free(session, receptionist, doctor.user_id) == []


def test_a_taken_slot_is_refused(session, receptionist, doctor):
    slot_id = a_slot(session, doctor)
    scheduling.book(session, receptionist, slot_id, a_patient(session).patient_id)

    with pytest.raises(scheduling.SlotTaken, match=r"9:00.AM on 3 March has just been taken"):
        scheduling.book(session, receptionist, slot_id, a_patient(session, "Vikram Sen").patient_id)


def test_a_past_slot_is_refused(session, receptionist, doctor, frozen_clock):
    slot_id = a_slot(session, doctor)
    frozen_clock(2025, 3, 3, 9, 0)

    with pytest.raises(scheduling.PastSlot, match="has passed"):
        scheduling.book(session, receptionist, slot_id, a_patient(session).patient_id)


def test_a_closed_slot_is_refused(session, receptionist, doctor):
    slot_id = a_slot(session, doctor)
    scheduling.block(session, receptionist, doctor.user_id, *clock.day_bounds(MONDAY))

    with pytest.raises(scheduling.SlotClosed):
        scheduling.book(session, receptionist, slot_id, a_patient(session).patient_id)


def test_an_archived_patient_is_not_booked_or_moved(session, receptionist, doctor):
    asha, later = a_patient(session), a_slot(session, doctor, starts=time(11))
    booked = scheduling.book(session, receptionist, a_slot(session, doctor), asha.patient_id)
    patients.archive(session, receptionist, asha.patient_id)

    with pytest.raises(patients.AlreadyArchived):
        scheduling.book(session, receptionist, later, asha.patient_id)
    with pytest.raises(patients.AlreadyArchived):
        scheduling.reschedule(session, receptionist, booked.appointment_id, later)


def test_a_patient_is_not_in_two_rooms_at_once(session, receptionist, doctor):
    asha, other = a_patient(session, "Asha Rao"), a_user(session, Role.DOCTOR)
    scheduling.book(session, receptionist, a_slot(session, doctor), asha.patient_id)

    with pytest.raises(scheduling.AlreadyBooked, match=r"Asha Rao already has an appointment at 9:00.AM on 3 March"):
        scheduling.book(session, receptionist, a_slot(session, other, starts=time(9, 15)), asha.patient_id)

    assert scheduling.book(session, receptionist, a_slot(session, other, starts=time(9, 45)), asha.patient_id)


def test_a_new_patient_is_registered_and_booked_or_neither(session, receptionist, doctor):
    slot_id = a_slot(session, doctor)
    booked = scheduling.register_and_book(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE), slot_id)

    assert (booked.patient_name, booked.slot_id) == ("Asha Rao", slot_id)
    with pytest.raises(scheduling.SlotTaken), session.begin_nested():
        scheduling.register_and_book(session, receptionist, PatientDetails("Vikram Sen", Sex.MALE), slot_id)
    assert patients.search(session, receptionist, "Vikram") == []


def test_an_unknown_slot_or_patient_is_refused(session, receptionist, doctor):
    with pytest.raises(NotFound, match="There is no slot 999"):
        scheduling.book(session, receptionist, 999, a_patient(session).patient_id)
    with pytest.raises(NotFound, match="There is no patient 999"):
        scheduling.book(session, receptionist, a_slot(session, doctor), 999)


def test_a_cancelled_appointment_gives_its_slot_to_someone_else(session, receptionist, doctor):
    appointment = an_appointment(session, doctor)

    cancelled = scheduling.cancel(session, receptionist, appointment.appointment_id, "Travelling")
    scheduling.book(session, receptionist, appointment.slot_id, a_patient(session, "Vikram Sen").patient_id)

    assert (cancelled.state, cancelled.reason) == (AppointmentState.CANCELLED, "Travelling")
    listed = scheduling.list_appointments(session, receptionist, MONDAY)
    assert [record.state for record in listed] == [AppointmentState.CANCELLED, AppointmentState.BOOKED]
    assert scheduling.list_slots(session, receptionist, MONDAY)[0].patient_name == "Vikram Sen"


def test_a_cancellation_says_why_and_the_trail_does_not(session, receptionist, doctor):
    appointment = an_appointment(session, doctor)

    with pytest.raises(Invalid, match="The reason is missing"):
        scheduling.cancel(session, receptionist, appointment.appointment_id, "  ")
    scheduling.cancel(session, receptionist, appointment.appointment_id, "Chickenpox")

    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (last.event, last.changes) == ("appointment.cancelled", {"state": ["BOOKED", "CANCELLED"]})


def test_a_no_show_frees_the_slot_but_not_before_its_time(session, receptionist, doctor, frozen_clock):
    appointment = an_appointment(session, doctor, "Asha Rao")

    with pytest.raises(scheduling.NotYetDue, match=r"Asha Rao is booked for 9:00.AM on 3 March and may still come"):
        scheduling.mark_no_show(session, receptionist, appointment.appointment_id)

    frozen_clock(2025, 3, 3, 9, 20)
    missed = scheduling.mark_no_show(session, receptionist, appointment.appointment_id)
    assert missed.state is AppointmentState.NO_SHOW
    assert scheduling.list_slots(session, receptionist, MONDAY)[0].state is SlotState.FREE


def test_a_rescheduled_appointment_leaves_its_old_slot_free(session, receptionist, doctor):
    appointment = an_appointment(session, doctor)
    later = a_slot(session, doctor, TUESDAY)

    moved = scheduling.reschedule(session, receptionist, appointment.appointment_id, later)

    assert (moved.appointment_id, moved.slot_id) == (appointment.appointment_id, later)
    free = scheduling.next_free(session, receptionist, doctor.user_id)
    assert [slot.slot_id for slot in free] == [appointment.slot_id]


def test_an_appointment_is_moved_by_less_than_its_length(session, receptionist, doctor):
    appointment, other = an_appointment(session, doctor), a_user(session, Role.DOCTOR)

    assert scheduling.reschedule(
        session, receptionist, appointment.appointment_id, a_slot(session, other, starts=time(9, 15))
    )


def test_an_appointment_is_not_moved_to_a_taken_slot(session, receptionist, doctor):
    appointment = an_appointment(session, doctor)
    taken = an_appointment(session, doctor, "Vikram Sen", starts=time(10))

    for slot_id in (taken.slot_id, appointment.slot_id):
        with pytest.raises(scheduling.SlotTaken):
            scheduling.reschedule(session, receptionist, appointment.appointment_id, slot_id)


@pytest.mark.parametrize("step", ["cancel", "mark_no_show", "reschedule", "mark_arrived"])
def test_an_appointment_that_is_over_is_not_changed(session, receptionist, doctor, step):
    appointment = an_appointment(session, doctor, "Asha Rao")
    scheduling.cancel(session, receptionist, appointment.appointment_id, "Travelling")
    more = {"cancel": ["Travelling"], "reschedule": [a_slot(session, doctor, TUESDAY)]}.get(step, [])

    with pytest.raises(scheduling.NotBooked, match=r"The appointment of Asha Rao at 9:00.AM on 3 March was cancelled"):
        getattr(scheduling, step)(session, receptionist, appointment.appointment_id, *more)


def test_a_patient_arrives_on_the_day_of_the_appointment(session, receptionist, doctor, frozen_clock):
    appointment = an_appointment(session, doctor, "Asha Rao")

    with pytest.raises(scheduling.NotToday, match="Asha Rao is booked for 3 March, not today"):
        scheduling.mark_arrived(session, receptionist, appointment.appointment_id)

    frozen_clock(2025, 3, 3, 8, 50)
    arrived = scheduling.mark_arrived(session, receptionist, appointment.appointment_id)
    assert (arrived.state, arrived.slot.doctor_id) == (AppointmentState.ARRIVED, doctor.user_id)
    with pytest.raises(scheduling.NotBooked, match="has arrived already"):
        scheduling.cancel(session, receptionist, appointment.appointment_id, "Travelling")


def test_an_unknown_appointment_is_refused(session, receptionist):
    with pytest.raises(NotFound, match="There is no appointment 999"):
        scheduling.cancel(session, receptionist, 999, "Travelling")


def test_the_day_is_read_in_one_statement_however_full_it_is(session, receptionist, doctor):
    for hour in (9, 10, 11):
        an_appointment(session, doctor, starts=time(hour))
    statements = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))

    assert len(scheduling.list_slots(session, receptionist, MONDAY)) == 3
    assert len(scheduling.list_appointments(session, receptionist, MONDAY)) == 3
    assert len(statements) == 2
