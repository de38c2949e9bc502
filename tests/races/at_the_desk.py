"""Races of the desk: slots, tokens, calls, leave and records that become one."""

from datetime import date, time

from sqlalchemy import func, select

from core import clock, day_end, idempotency, patients, scheduling, token_queue
from core.idempotency import once
from core.models import Token
from core.patients import AlreadyArchived, CannotMerge, CannotUndo, PatientDetails, Sex
from core.permissions import Role
from core.scheduling import Leave
from core.token_queue import issuing
from tests import factories
from tests.races.table import does, race

MONDAY = date(2025, 3, 3)


def _last_and_one(session):
    return 1 + (session.scalar(select(func.max(Token.number))) or 0)


def desk(session):
    """Somebody at the desk, a doctor, and two patients."""
    ravi, sen = (factories.a_user(session, role) for role in (Role.RECEPTION, Role.DOCTOR))
    return ravi, sen, *(factories.a_patient(session, name).patient_id for name in ("Asha Rao", "Vikram Sen"))


@race("SELECT count(*) = 1 FROM appointments", scheduling.SlotTaken)
def the_last_slot_is_booked_twice(session):
    ravi, sen, asha, vikram = desk(session)
    slot = factories.a_slot(session, sen)
    return does(scheduling.book, ravi, slot, asha), does(scheduling.book, ravi, slot, vikram)


@race("SELECT count(*) = 1 FROM appointments", scheduling.AlreadyBooked)
def one_patient_is_booked_at_two_desks(session):
    ravi, sen, asha, _ = desk(session)
    one, other = (factories.a_slot(session, doctor) for doctor in (sen, factories.a_user(session, Role.DOCTOR)))
    return does(scheduling.book, ravi, one, asha), does(scheduling.book, ravi, other, asha)


@race("SELECT count(*) = 0 FROM appointments", scheduling.SlotClosed)
def a_slot_is_booked_while_leave_closes_it(session):
    ravi, sen, asha, _ = desk(session)
    slot = factories.a_slot(session, sen)
    leave = does(scheduling.add_leave, ravi, sen.user_id, Leave(MONDAY, MONDAY, "Ill"))
    return leave, does(scheduling.book, ravi, slot, asha)


@race("SELECT count(*) = 1 FROM absences", scheduling.AlreadyOnLeave)
def leave_is_added_at_two_desks(session):
    ravi, sen, *_ = desk(session)
    factories.a_slot(session, sen)
    half = Leave(MONDAY, MONDAY, "Dentist", time(9), time(10))
    return (
        does(scheduling.add_leave, ravi, sen.user_id, Leave(MONDAY, MONDAY, "Ill")),
        does(scheduling.add_leave, ravi, sen.user_id, half),
    )


@race(
    "SELECT (SELECT count(*) FROM slots WHERE state = 'BOOKED') = 1"
    " AND (SELECT count(*) FROM appointments WHERE state = 'BOOKED') = 1"
)
def an_appointment_is_moved_to_two_slots(session):
    ravi, sen, asha, _ = desk(session)
    first, *others = (factories.a_slot(session, sen, starts=time(hour)) for hour in (9, 10, 11))
    booked = scheduling.book(session, ravi, first, asha).appointment_id
    one, other = (does(scheduling.reschedule, ravi, booked, slot) for slot in others)
    return one, other


@race("SELECT count(*) = 0 FROM tokens", scheduling.NotBooked)
def somebody_is_checked_in_whose_appointment_is_cancelled(session):
    ravi, sen, asha, _ = desk(session)
    slot = factories.a_slot(session, sen, clock.today(), time(11))
    booked = scheduling.book(session, ravi, slot, asha).appointment_id
    return does(scheduling.cancel, ravi, booked, "Ill"), does(token_queue.check_in, ravi, booked)


@race("SELECT count(DISTINCT number) = 2 FROM tokens", careless=(issuing, "_next_number", _last_and_one))
def two_desks_give_a_number(session):
    ravi, _, asha, vikram = desk(session)
    return does(token_queue.walk_in, ravi, asha), does(token_queue.walk_in, ravi, vikram)


@race("SELECT count(*) = 1 FROM tokens", token_queue.AlreadyInQueue)
def one_patient_gets_a_token_at_two_desks(session):
    ravi, _, asha, _ = desk(session)
    return does(token_queue.walk_in, ravi, asha), does(token_queue.walk_in, ravi, asha)


@race("SELECT count(*) = 1 FROM tokens WHERE state = 'CALLED'", token_queue.StillServing)
def doctor_and_desk_call_somebody(session):
    ravi, sen, *people = desk(session)
    one, other = (token_queue.walk_in(session, ravi, who, sen.user_id).token_id for who in people)
    return does(token_queue.call, sen, one, sen.user_id), does(token_queue.call, ravi, other, sen.user_id)


@race("SELECT count(*) = 1 FROM patients", careless=(idempotency, "_claim", lambda *_: True))
def one_form_is_sent_twice(session):
    ravi = factories.a_user(session, Role.RECEPTION)
    sent = does(once("the form", patients.register), ravi, PatientDetails("Asha Rao", Sex.FEMALE))
    return sent, sent


@race("SELECT count(*) = 1 FROM patient_merges", CannotMerge)
def one_pair_is_merged_twice(session):
    ravi, _, asha, double = desk(session)
    return does(patients.merge, ravi, asha, double), does(patients.merge, ravi, asha, double)


@race("SELECT count(*) = 1 FROM patients WHERE archived_at IS NULL", CannotMerge)
def a_pair_is_merged_crosswise(session):
    ravi, _, asha, double = desk(session)
    return does(patients.merge, ravi, asha, double), does(patients.merge, ravi, double, asha)


@race("SELECT count(*) = 1 FROM audit_events WHERE event = 'patient.merge_undone'", CannotUndo)
def one_merge_is_undone_twice(session):
    ravi, _, asha, double = desk(session)
    merged = patients.merge(session, ravi, asha, double).merge_id
    return does(patients.undo_merge, ravi, merged), does(patients.undo_merge, ravi, merged)


@race(
    "SELECT count(*) = 0 FROM appointments JOIN patients ON patients.id = patient_id WHERE archived_at IS NOT NULL",
    AlreadyArchived,
)
def somebody_is_booked_whose_record_is_merged_away(session):
    ravi, sen, asha, double = desk(session)
    slot = factories.a_slot(session, sen)
    return does(patients.merge, ravi, asha, double), does(scheduling.book, ravi, slot, double)


@race("SELECT count(*) = 1 FROM audit_events WHERE event = 'day.ended' AND changes->'no_shows'->>1 = '1'")
def the_day_is_ended_twice(session):
    _, sen, *_ = desk(session)
    factories.a_token(session, "Waits", sen)
    admin = factories.an_admin(session)
    return does(day_end.end_day, admin, clock.today()), does(day_end.end_day, admin, clock.today())
