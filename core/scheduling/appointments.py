"""Book, move and close appointments."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, selectinload

from core import audit, clock, fields, patients, users
from core.errors import Conflict, NotFound, check
from core.models import Appointment, AppointmentState, Patient, Slot, SlotState
from core.patients import PatientDetails
from core.permissions import Actor, Permission, require
from core.scheduling import waiting
from core.scheduling.leave import give_back
from core.scheduling.records import (
    OPEN,
    AppointmentRecord,
    appointment_record,
    appointments,
    day_in_words,
    moment_in_words,
    to_appointment,
)
from core.words import later, say

_LEFT = later("Left unseen")  # kept in English, said where it is shown
_NOT_BOOKED = {
    AppointmentState.ARRIVED: later("The appointment of {name} at {time} has arrived already."),
    AppointmentState.COMPLETED: later("The appointment of {name} at {time} was seen already."),
    AppointmentState.CANCELLED: later("The appointment of {name} at {time} was cancelled."),
    AppointmentState.NO_SHOW: later("The appointment of {name} at {time} was marked as a no-show."),
}


class SlotTaken(Conflict):
    def __init__(self, session: Session, slot: Slot) -> None:
        time = moment_in_words(session, slot.starts_at)
        super().__init__(say("The slot at {time} has just been taken. Choose another.", time=time))


class SlotClosed(Conflict):
    def __init__(self, session: Session, slot: Slot) -> None:
        time = moment_in_words(session, slot.starts_at)
        super().__init__(say("The slot at {time} is closed. Choose another.", time=time))


class PastSlot(Conflict):
    def __init__(self, session: Session, slot: Slot) -> None:
        time = moment_in_words(session, slot.starts_at)
        super().__init__(say("The slot at {time} has passed. Choose a later one.", time=time))


class AlreadyBooked(Conflict):
    def __init__(self, session: Session, patient: Patient, other: Slot) -> None:
        self.slot_id = other.id
        name, time = patient.name, moment_in_words(session, other.starts_at)
        super().__init__(say("{name} already has an appointment at {time}.", name=name, time=time))


class NotBooked(Conflict):
    """The appointment is over, or its patient is in the queue already."""

    def __init__(self, session: Session, appointment: Appointment) -> None:
        self.state = appointment.state
        name, time = appointment.patient.name, moment_in_words(session, appointment.slot.starts_at)
        super().__init__(say(_NOT_BOOKED[self.state], name=name, time=time))


class NotToday(Conflict):
    def __init__(self, appointment: Appointment) -> None:
        self.day = clock.day_of(appointment.slot.starts_at)
        name, day = appointment.patient.name, day_in_words(self.day)
        super().__init__(say("{name} is booked for {day}, not today.", name=name, day=day))


class NotYetDue(Conflict):
    def __init__(self, session: Session, appointment: Appointment) -> None:
        name, time = appointment.patient.name, moment_in_words(session, appointment.slot.starts_at)
        super().__init__(say("{name} is booked for {time} and may still come.", name=name, time=time))


def book(session: Session, actor: Actor, slot_id: int, patient_id: int) -> AppointmentRecord:
    """Raises SlotTaken, SlotClosed, PastSlot, AlreadyBooked or patients.AlreadyArchived."""
    require(actor, Permission.BOOK)
    patient = patients.locked(session, patient_id)
    slot = _locked_slots(session, [slot_id])[slot_id]
    _check_bookable(session, slot, patient)
    slot.state = SlotState.BOOKED
    appointment = Appointment(slot_id=slot_id, patient_id=patient_id, booked_by_id=actor.user_id, booked_at=clock.now())
    session.add(appointment)
    changes: audit.Changes = {"slot_id": (None, slot_id), "starts_at": (None, slot.starts_at)}
    audit.record(session, actor, audit.CREATE, "appointment.booked", appointment, changes)
    waiting.settle_by(session, actor, appointment, slot)
    return appointment_record(session, appointment.id)


def register_and_book(
    session: Session, actor: Actor, details: PatientDetails, slot_id: int, *, anyway: bool = False
) -> AppointmentRecord:
    """A new patient with an appointment, both or neither. Raises patients.MayBeKnown, unless `anyway`."""
    require(actor, Permission.BOOK)
    if not anyway:
        patients.refuse_known(session, actor, details)
    card = patients.register(session, actor, details)
    return book(session, actor, slot_id, card.patient_id)


def book_from_list(session: Session, actor: Actor, entry_id: int, slot_id: int) -> AppointmentRecord:
    """A slot for somebody on the waiting list. Refusals as in `book`, and NotWaiting."""
    require(actor, Permission.BOOK)
    entry = waiting.locked(session, entry_id)
    booked = book(session, actor, slot_id, entry.patient_id)
    if entry.settled_at is None:  # the slot is another doctor's, or of another day: it will do
        waiting.settle(session, actor, entry, booked.appointment_id)
    return booked


def reschedule(session: Session, actor: Actor, appointment_id: int, slot_id: int) -> AppointmentRecord:
    """Move a booked appointment to another slot; the old one is given back, and a reminder has to be given again.

    Refusals as in `book`, and NotBooked.
    """
    require(actor, Permission.BOOK)
    appointment = _locked_booked(session, appointment_id)
    patient = patients.locked(session, appointment.patient_id)
    slots = _locked_slots(session, [appointment.slot_id, slot_id])
    _check_bookable(session, slots[slot_id], patient, moving=appointment_id)
    give_back(session, slots[appointment.slot_id])
    slots[slot_id].state = SlotState.BOOKED
    changes = audit.assign(appointment, slot_id=slot_id, reminded_at=None)
    audit.record(session, actor, audit.UPDATE, "appointment.rescheduled", appointment, changes)
    waiting.settle_by(session, actor, appointment, slots[slot_id])
    return appointment_record(session, appointment_id)


def cancel(session: Session, actor: Actor, appointment_id: int, reason: str) -> AppointmentRecord:
    """The slot is given back: free again, unless the doctor is away. Raises NotBooked or Invalid."""
    require(actor, Permission.BOOK)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason")))
    appointment = _locked_booked(session, appointment_id)
    return _give_back(session, actor, appointment, AppointmentState.CANCELLED, reason)


def mark_no_show(session: Session, actor: Actor, appointment_id: int) -> AppointmentRecord:
    """The patient did not come. Raises NotBooked, or NotYetDue before the time of the appointment."""
    require(actor, Permission.BOOK)
    appointment = _locked_booked(session, appointment_id)
    if appointment.slot.starts_at > clock.now():
        raise NotYetDue(session, appointment)
    return _give_back(session, actor, appointment, AppointmentState.NO_SHOW)


def mark_arrived(session: Session, actor: Actor, appointment_id: int) -> Appointment:
    """For checking in, within its transaction: the appointment, locked, with slot and patient.

    Raises NotBooked or NotToday.
    """
    require(actor, Permission.ISSUE_TOKENS)
    appointment = _locked_booked(session, appointment_id)
    if clock.day_of(appointment.slot.starts_at) != clock.today():
        raise NotToday(appointment)
    changes = audit.assign(appointment, state=AppointmentState.ARRIVED)
    audit.record(session, actor, audit.UPDATE, "appointment.arrived", appointment, changes)
    return appointment


def mark_completed(session: Session, actor: Actor, appointment_id: int) -> None:
    """For finishing a token or a visit, within its transaction. One that is not ARRIVED is left as it is."""
    require(actor, Permission.CALL_PATIENTS)
    appointment = locked(session, appointment_id)
    if appointment.state is AppointmentState.ARRIVED:
        changes = audit.assign(appointment, state=AppointmentState.COMPLETED)
        audit.record(session, actor, audit.UPDATE, "appointment.completed", appointment, changes)


def mark_left(session: Session, actor: Actor, appointment_id: int) -> None:
    """For ending a token or a visit, within its transaction: the patient came and left unseen. Why is for doctors."""
    require(actor, Permission.CALL_PATIENTS)
    appointment = locked(session, appointment_id)
    if appointment.state is AppointmentState.ARRIVED:
        _give_back(session, actor, appointment, AppointmentState.CANCELLED, _LEFT)


def get_appointment(session: Session, actor: Actor, appointment_id: int) -> AppointmentRecord:
    """Raises NotFound."""
    require(actor, Permission.SEE_SCHEDULE)
    found = session.execute(appointments().where(Appointment.id == appointment_id)).one_or_none()
    if found is None:
        raise NotFound("appointment", appointment_id)
    return to_appointment(found)


def list_appointments(
    session: Session, actor: Actor, day: date, doctor_id: int | None = None
) -> list[AppointmentRecord]:
    """Every appointment of a clinic day by time, cancelled ones too."""
    require(actor, Permission.SEE_SCHEDULE)
    starts, ends = clock.day_bounds(day)
    rows = session.execute(_between(), {"starts": starts, "ends": ends})
    found = [to_appointment(row) for row in rows]
    return found if doctor_id is None else [booked for booked in found if booked.doctor_id == doctor_id]


@cache
def _between() -> Select[*tuple[object, ...]]:
    """Made once: to make it takes longer than PostgreSQL takes to answer."""
    return appointments().where(Slot.starts_at >= bindparam("starts"), Slot.starts_at < bindparam("ends"))


def list_of_patient(session: Session, actor: Actor, patient_id: int, limit: int = 20) -> list[AppointmentRecord]:
    """Somebody's appointments, the latest first, cancelled ones too."""
    require(actor, Permission.SEE_SCHEDULE)
    latest = appointments().where(Appointment.patient_id == patient_id).order_by(None)
    latest = latest.order_by(Slot.starts_at.desc(), Appointment.id.desc()).limit(limit)
    return [to_appointment(row) for row in session.execute(latest)]


def locked(session: Session, appointment_id: int) -> Appointment:
    """The appointment with slot and patient loaded, itself locked until commit. Raises NotFound."""
    # In statements of their own: joined ones would be those of before the wait, and none if the appointment moved.
    with_both = (selectinload(Appointment.slot), selectinload(Appointment.patient))
    appointment = session.get(
        Appointment, appointment_id, options=with_both, with_for_update=True, populate_existing=True
    )
    if appointment is None:
        raise NotFound("appointment", appointment_id)
    return appointment


def _locked_booked(session: Session, appointment_id: int) -> Appointment:
    appointment = locked(session, appointment_id)
    if appointment.state is not AppointmentState.BOOKED:
        raise NotBooked(session, appointment)
    return appointment


def _locked_slots(session: Session, slot_ids: Iterable[int]) -> dict[int, Slot]:
    wanted = set(slot_ids)
    found = select(Slot).where(Slot.id.in_(wanted)).order_by(Slot.id).with_for_update()
    slots = {slot.id: slot for slot in session.scalars(found.execution_options(populate_existing=True))}
    if missing := wanted - slots.keys():
        raise NotFound("slot", min(missing))
    return slots


def _check_bookable(session: Session, slot: Slot, patient: Patient, moving: int | None = None) -> None:
    """The slot and the patient are locked, so what is seen here holds until commit."""
    if patient.archived_at:
        raise patients.AlreadyArchived(patient.mrn)
    users.working_doctor(session, slot.doctor_id)
    if slot.starts_at <= clock.now():
        raise PastSlot(session, slot)
    if slot.state is SlotState.CLOSED:
        raise SlotClosed(session, slot)
    if slot.state is SlotState.BOOKED:
        raise SlotTaken(session, slot)
    overlapping = (
        select(Slot)
        .join(Appointment, Appointment.slot_id == Slot.id)
        .where(
            Appointment.patient_id == patient.id,
            Appointment.id.is_distinct_from(moving),
            Appointment.state.in_(OPEN),
            Slot.starts_at < slot.ends_at,
            Slot.ends_at > slot.starts_at,
        )
    )
    if other := session.scalars(overlapping).first():
        raise AlreadyBooked(session, patient, other)


def _give_back(
    session: Session, actor: Actor, appointment: Appointment, state: AppointmentState, reason: str = ""
) -> AppointmentRecord:
    """Close an appointment that will not take place."""
    give_back(session, _locked_slots(session, [appointment.slot_id])[appointment.slot_id])
    changes = audit.assign(appointment, state=state)
    appointment.reason = reason  # free text stays out of the trail
    event = f"appointment.{'missed' if state is AppointmentState.NO_SHOW else 'cancelled'}"
    audit.record(session, actor, audit.UPDATE, event, appointment, changes)
    return appointment_record(session, appointment.id)
