"""The waiting list of a day that is full: who would take a slot that becomes free, first come first.

A wish is settled by a booked slot of its day, by taking it off the list, and by the end of the day. Whoever adds or
settles one has locked its patient; its own row is the last lock taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from core import audit, clock, fields, patients, users
from core.errors import Conflict, NotFound, check
from core.models import Appointment, Patient, Slot, SlotState, User, WaitingListEntry
from core.permissions import Actor, Permission, require
from core.scheduling.opening import MOST_DAYS_AHEAD
from core.scheduling.records import OPEN, day_in_words, moment_in_words
from core.words import later, say

LONGEST_NOTE = 200
ANYONE = later("any doctor")


class AlreadyWaiting(Conflict):
    def __init__(self, patient: Patient, day: date, doctor: str) -> None:
        name, when = patient.name, day_in_words(day)
        super().__init__(say("{name} already waits for {doctor} on {day}.", name=name, doctor=doctor, day=when))


class StillFree(Conflict):
    """The day is not full."""

    def __init__(self, session: Session, slot: Slot, doctor: str) -> None:
        self.slot_id = slot.id
        time = moment_in_words(session, slot.starts_at)
        super().__init__(say("{doctor} is still free at {time}. Book that slot instead.", doctor=doctor, time=time))


class HasSlot(Conflict):
    def __init__(self, session: Session, patient: Patient, slot: Slot, doctor: str) -> None:
        self.slot_id = slot.id
        name, time = patient.name, moment_in_words(session, slot.starts_at)
        super().__init__(say("{name} already has {doctor} at {time}.", name=name, doctor=doctor, time=time))


class NotWaiting(Conflict):
    """Somebody has settled the wish, or the record became part of another, while the list was on the screen."""

    def __init__(self, patient: Patient, day: date) -> None:
        name, when = patient.name, day_in_words(day)
        super().__init__(say("{name} does not wait for {day} any more.", name=name, day=when))


@dataclass(frozen=True)
class WaitingRecord:
    """`doctor_id` is None, and `doctor_name` empty, for those who would go to anyone."""

    entry_id: int
    wanted_on: date
    added_at: datetime
    note: str
    doctor_id: int | None
    doctor_name: str
    patient_id: int
    patient_name: str
    mrn: str
    phone: str

    def takes(self, doctor_id: int, day: date) -> bool:
        """Whether a slot of this doctor on this day would do."""
        return self.wanted_on == day and self.doctor_id in (None, doctor_id)


def add_to_list(
    session: Session, actor: Actor, patient_id: int, doctor_id: int | None, day: date, note: str = ""
) -> WaitingRecord:
    """Put a patient on the list of a full day, for one doctor or for any.

    Raises AlreadyWaiting, HasSlot, StillFree, patients.AlreadyArchived, NotFound or Invalid.
    """
    require(actor, Permission.BOOK)
    note = fields.line(note)
    check(day=_day_problem(day), note=fields.length_problem(note, say("The note"), LONGEST_NOTE))
    doctor = say(ANYONE) if doctor_id is None else users.working_doctor(session, doctor_id).name
    patient = patients.locked(session, patient_id)
    if patient.archived_at:
        raise patients.AlreadyArchived(patient.mrn)
    _refuse_twice(session, patient, doctor_id, day, doctor)
    _refuse_free_slot(session, doctor_id, day)
    entry = WaitingListEntry(patient_id=patient_id, doctor_id=doctor_id, wanted_on=day, added_at=clock.now(), note=note)
    session.add(entry)
    changes: audit.Changes = {"wanted_on": (None, day), "doctor_id": (None, doctor_id)}
    audit.record(session, actor, audit.CREATE, "waiting.added", entry, changes, days={day})
    return _record(session, entry.id)


def take_off_list(session: Session, actor: Actor, entry_id: int) -> WaitingRecord:
    """Take a wish off the list, without a slot. Raises NotWaiting."""
    require(actor, Permission.BOOK)
    entry = locked(session, entry_id)
    _close(session, actor, entry, "waiting.withdrawn")
    return _record(session, entry_id)


def list_waiting(
    session: Session, actor: Actor, day: date, doctor_id: int | None = None, days: int = 1
) -> list[WaitingRecord]:
    """Who waits for a clinic day, or for several from it on; whoever was added first is first.

    Of one doctor also those who would go to anyone.
    """
    require(actor, Permission.SEE_SCHEDULE)
    open_ones = _wishes().where(
        WaitingListEntry.settled_at.is_(None),
        WaitingListEntry.wanted_on.between(day, clock.days_after(day, days - 1)),
    )
    if doctor_id is not None:
        open_ones = open_ones.where(_would_take(doctor_id))
    return [_to_record(row) for row in session.execute(open_ones)]


def end_waiting(session: Session, actor: Actor, day: date) -> int:
    """For the end of a day, within its transaction: nobody waits for a day that is over. Returns how many did."""
    require(actor, Permission.END_DAY)
    over = _open(session, WaitingListEntry.wanted_on <= day)
    for entry in over:
        _close(session, actor, entry, "waiting.expired")
    return len(over)


def locked(session: Session, entry_id: int) -> WaitingListEntry:
    """A wish that is still open, its patient locked until commit. Raises NotFound or NotWaiting."""
    entry = session.get(WaitingListEntry, entry_id)
    if entry is None:
        raise NotFound(later("entry on the waiting list"), entry_id)
    patient = patients.locked(session, entry.patient_id)
    session.refresh(entry)  # while we waited it may have been settled, or given to another record
    if entry.settled_at or entry.patient_id != patient.id:
        raise NotWaiting(patient, entry.wanted_on)
    return entry


def settle_by(session: Session, actor: Actor, appointment: Appointment, slot: Slot) -> None:
    """For booking, once it holds patient and slot: what the patient wished for that day is answered."""
    require(actor, Permission.BOOK)
    day = clock.day_of(slot.starts_at)
    mine = (WaitingListEntry.patient_id == appointment.patient_id, WaitingListEntry.wanted_on == day)
    for entry in _open(session, *mine, _would_take(slot.doctor_id)):
        settle(session, actor, entry, appointment.id)


def settle(session: Session, actor: Actor, entry: WaitingListEntry, appointment_id: int) -> None:
    require(actor, Permission.BOOK)
    _close(session, actor, entry, "waiting.settled", appointment_id)


def _day_problem(day: date) -> str | None:
    if day < clock.today():
        return say("{day} has passed.", day=day_in_words(day))
    if (day - clock.today()).days > MOST_DAYS_AHEAD:
        return say("Nobody can wait for a day more than a year ahead.")
    return None


def _refuse_twice(session: Session, patient: Patient, doctor_id: int | None, day: date, doctor: str) -> None:
    """On the list already, or booked on that day: with this doctor, or with anyone where any will do."""
    same = WaitingListEntry.doctor_id.is_not_distinct_from(doctor_id)
    if _open(session, WaitingListEntry.patient_id == patient.id, WaitingListEntry.wanted_on == day, same):
        raise AlreadyWaiting(patient, day, doctor)
    booked = (
        _slots_of(day, doctor_id)
        .join(Appointment, Appointment.slot_id == Slot.id)
        .where(Appointment.patient_id == patient.id, Appointment.state.in_(OPEN))
    )
    if found := session.execute(booked).first():
        raise HasSlot(session, patient, *found)


def _refuse_free_slot(session: Session, doctor_id: int | None, day: date) -> None:
    free = _slots_of(day, doctor_id).where(
        Slot.state == SlotState.FREE, Slot.starts_at > clock.now(), User.disabled_at.is_(None)
    )
    if found := session.execute(free).first():
        raise StillFree(session, *found)


def _slots_of(day: date, doctor_id: int | None) -> Select[Slot, str]:
    """The slots of a day by time with their doctor's name, of one doctor or of all."""
    starts, ends = clock.day_bounds(day)
    found = select(Slot, User.name).join(User, User.id == Slot.doctor_id).order_by(Slot.starts_at, Slot.id)
    found = found.where(Slot.starts_at >= starts, Slot.starts_at < ends)
    return found if doctor_id is None else found.where(Slot.doctor_id == doctor_id)


def _open(session: Session, *which: ColumnElement[bool]) -> Sequence[WaitingListEntry]:
    """The open wishes among these, their rows locked."""
    found = select(WaitingListEntry).where(WaitingListEntry.settled_at.is_(None), *which).order_by(WaitingListEntry.id)
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).all()


def _would_take(doctor_id: int) -> ColumnElement[bool]:
    return or_(WaitingListEntry.doctor_id.is_(None), WaitingListEntry.doctor_id == doctor_id)


def _close(
    session: Session, actor: Actor, entry: WaitingListEntry, event: str, appointment_id: int | None = None
) -> None:
    changes = audit.assign(entry, settled_at=clock.now(), appointment_id=appointment_id)
    audit.record(session, actor, audit.UPDATE, event, entry, changes, days={entry.wanted_on})


def _wishes() -> Select[*tuple[object, ...]]:
    """In the order of the list; columns in the order of WaitingRecord's fields."""
    return (
        select(
            *(WaitingListEntry.id, WaitingListEntry.wanted_on, WaitingListEntry.added_at, WaitingListEntry.note),
            *(WaitingListEntry.doctor_id, func.coalesce(User.name, "")),
            *(Patient.id, Patient.name, Patient.mrn, Patient.phone),
        )
        .join(Patient, Patient.id == WaitingListEntry.patient_id)
        .outerjoin(User, User.id == WaitingListEntry.doctor_id)
        .order_by(WaitingListEntry.wanted_on, WaitingListEntry.added_at, WaitingListEntry.id)
    )


def _to_record(row: Row[*tuple[object, ...]]) -> WaitingRecord:
    return WaitingRecord(*row)  # type: ignore[arg-type]


def _record(session: Session, entry_id: int) -> WaitingRecord:
    session.flush()
    return _to_record(session.execute(_wishes().where(WaitingListEntry.id == entry_id)).one())
