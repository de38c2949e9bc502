"""One day in the clinic: tokens in the order of arrival, visits as the queue gives them, bills afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heapreplace

from core import icd10
from core.analytics.replay import Arrival, Outcome, serve
from core.billing.lines import Charge, invoice_line, medicine_charge
from core.models import (
    AppointmentState,
    Diagnosis,
    InvoiceLine,
    LineKind,
    Prescription,
    PrescriptionItem,
    Token,
    TokenCounter,
    TokenState,
    Visit,
    VisitState,
    Vitals,
)
from core.prescriptions import ItemDetails
from core.prescriptions.issuing import written_number
from core.token_queue import HEAD_START, Range
from etl.simulate import clinical, demand
from etl.simulate.coming import Coming, Patients
from etl.simulate.moments import Making
from etl.simulate.money import Books
from etl.simulate.staff import AtWork
from etl.simulate.waits import Waits

_SHORTEST = 0.3  # of a doctor's usual visit


@dataclass(frozen=True, slots=True)
class _Seen:
    """A completed visit: when its patient leaves the room, and what is to be billed."""

    ended: float
    coming: Coming
    visit: int
    lines: list[InvoiceLine]


def treat(making: Making, patients: Patients, books: Books, waits: Waits, day: date, doctors: Sequence[AtWork]) -> None:
    """Everything between the first token and the last bill."""
    coming = patients.arrivals(day, doctors)
    by_id = {doctor.actor.user_id: doctor for doctor in doctors}
    arrivals = [_arrival(making, one) for one in coming]
    outcomes = serve(arrivals, {number: d.seat for number, d in by_id.items()})
    said = waits.said(day, arrivals, outcomes)
    seen = []
    for place, (one, outcome, told) in enumerate(zip(coming, outcomes, said, strict=True), 1):
        token = _token(making, day, place, one, outcome, told)
        if one.booking:
            booked = (one.booking, one.person, making.at(day, one.minute))
            if outcome.left:
                patients.note_left(*booked, making.at(day, outcome.ended))
            else:
                patients.note_appointment(*booked, AppointmentState.COMPLETED)
        if not outcome.left and outcome.doctor is not None:
            seen.append(_visit(making, patients, day, by_id[outcome.doctor], one, outcome, token))
    if coming:
        making.rows.add(TokenCounter, issued_on=day, last_number=len(coming))
    _cash_desk(making, books, day, seen)


def _arrival(making: Making, coming: Coming) -> Arrival:
    rng = making.rng
    head_start = HEAD_START[coming.priority].total_seconds() / 60
    length = max(_SHORTEST, rng.lognormvariate(-0.06, 0.35) * coming.complaint.pace)
    patience = 60 + rng.expovariate(1 / 150)
    return Arrival(coming.minute, coming.minute - head_start, coming.doctor, length, patience)


def _token(making: Making, day: date, place: int, coming: Coming, outcome: Outcome, said: Range | None) -> int:
    issued, rows = making.at(day, coming.minute), making.rows
    number = rows.add(
        Token,
        issued_on=day,
        number=place,
        patient_id=coming.person.number,
        doctor_id=outcome.doctor or coming.doctor,
        for_anyone=coming.doctor is None,
        appointment_id=coming.booking.number if coming.booking else None,
        priority=coming.priority.value,
        state=(TokenState.NO_SHOW if outcome.left else TokenState.FINISHED).value,
        place=issued - HEAD_START[coming.priority],
        issued_at=issued,
        called_at=None if outcome.called is None else making.at(day, outcome.called),
        finished_at=making.at(day, outcome.ended),
        said_p50=said.p50 if said else None,
        said_p90=said.p90 if said else None,
    )
    rows.note(issued, making.setting.desk[place % 2], "token.issued", (Token, number), {"number": place})
    return number


def _visit(
    making: Making, patients: Patients, day: date, doctor: AtWork, coming: Coming, outcome: Outcome, token: int
) -> _Seen:
    assert outcome.called is not None
    person, rows = coming.person, making.rows
    started, ended = making.at(day, outcome.called + 0.5), making.at(day, outcome.ended)
    conditions = coming.complaint.conditions
    again = _follow_up(making, patients, coming, day)
    visit = rows.add(
        Visit,
        patient_id=person.number,
        doctor_id=doctor.actor.user_id,
        token_id=token,
        state=VisitState.COMPLETED.value,
        started_at=started,
        completed_at=ended,
        follow_up_on=again,
    )
    _findings(making, doctor, coming, day, visit, started, ended)
    items = clinical.prescription(making.rng, person, day, conditions, making.setting)
    lines = [_consultation(making, doctor, coming, day), *_prescribe(making, doctor, visit, items, ended)]
    changes = {"state": VisitState.COMPLETED.value, "follow_up_on": again}
    rows.note(ended, doctor.actor, "visit.completed", (Visit, visit), changes, visit_id=visit)
    person.last_visit_at = ended
    person.last_seen[doctor.actor.user_id] = day
    return _Seen(outcome.ended, coming, visit, lines)


def _follow_up(making: Making, patients: Patients, coming: Coming, day: date) -> date | None:
    """On a day on which the clinic is open; chronic patients are always told to come again."""
    again = coming.complaint.again
    chronic = set(coming.complaint.conditions) <= set(coming.person.chronic)
    if not again or not (chronic or making.rng.random() < 0.6):
        return None
    on = day + timedelta(days=again + making.rng.randint(-2, 3))
    while not demand.is_open(on) or on <= day:
        on += timedelta(days=1)
    patients.expect(coming.person, on)
    return on


def _findings(
    making: Making, doctor: AtWork, coming: Coming, day: date, visit: int, started: datetime, ended: datetime
) -> None:
    rows, by = making.rows, doctor.actor.user_id
    conditions = coming.complaint.conditions
    if making.rng.random() < 0.93:
        measured = clinical.vitals(making.rng, coming.person, day, conditions)
        at = started + (ended - started) / 4
        rows.add(Vitals, visit_id=visit, recorded_at=at, recorded_by_id=by, **measured)
    for condition in conditions:
        code = icd10.find(condition.code)
        assert code is not None
        at = started + (ended - started) / 2
        rows.add(Diagnosis, visit_id=visit, code=code.code, text=code.title, recorded_at=at, recorded_by_id=by)


def _consultation(making: Making, doctor: AtWork, coming: Coming, day: date) -> InvoiceLine:
    """As `billing.invoice_visit` charges it: a follow-up is a visit to the same doctor within the clinic's days."""
    days, last = making.setting.profile.follow_up_days, coming.person.last_seen.get(doctor.actor.user_id)
    if days and last is not None and (day - last).days <= days:
        return invoice_line(Charge(LineKind.CONSULTATION, f"Follow-up, {doctor.actor.name}", doctor.follow_up_fee))
    return invoice_line(Charge(LineKind.CONSULTATION, f"Consultation, {doctor.actor.name}", doctor.fee))


def _prescribe(
    making: Making, doctor: AtWork, visit: int, items: Sequence[ItemDetails], ended: datetime
) -> list[InvoiceLine]:
    if not items:
        return []
    rows, at = making.rows, ended - timedelta(seconds=20)
    prescription = rows.take(Prescription)
    number = written_number(prescription)
    rows.add(
        Prescription, id=prescription, number=number, visit_id=visit, issued_at=at, issued_by_id=doctor.actor.user_id
    )
    which = (Prescription, prescription)
    rows.note(at, doctor.actor, "prescription.issued", which, {"number": number}, visit_id=visit)
    lines = []
    for item in items:
        assert item.quantity is not None
        written = rows.add(
            PrescriptionItem,
            prescription_id=prescription,
            medicine_id=item.medicine_id,
            dose=item.dose,
            route=item.route.value,
            frequency=item.frequency,
            duration_days=item.duration_days,
            quantity=item.quantity,
            instructions=item.instructions,
        )
        lines.append(invoice_line(medicine_charge(making.setting.by_id[item.medicine_id], written), item.quantity))
    return lines


def _cash_desk(making: Making, books: Books, day: date, seen: Sequence[_Seen]) -> None:
    """Two people make the bills in the order in which patients leave the rooms."""
    minutes = min(1.5, 800 / max(making.patients_per_day, 1))
    free = [0.0, 0.1]
    for one in sorted(seen, key=lambda one: (one.ended, one.visit)):
        starts = max(one.ended + 1.0, free[0])
        heapreplace(free, starts + minutes)
        at, desk = making.at(day, starts), making.setting.desk[one.visit % 2]
        books.bill(at, desk, one.coming.person.number, one.visit, one.lines)
        if making.rng.random() < 0.09:
            books.bill(at, desk, one.coming.person.number, None, [_service(making, one.coming, day)])


def _service(making: Making, coming: Coming, day: date) -> InvoiceLine:
    """Something from the price list, on a bill of its own; a little less for the old."""
    service = making.rng.choice(making.setting.services)
    charge = Charge(LineKind.SERVICE, service.name, service.price, service.tax_percent, service_id=service.id)
    if coming.person.age(day) >= 65 and making.rng.random() < 0.5:
        return invoice_line(charge, 1, service.price / 10, "Senior citizen")
    return invoice_line(charge)
