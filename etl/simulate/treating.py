"""One day in the clinic: tokens in the order of arrival, visits as the queue gives them, bills afterwards."""

from collections.abc import Sequence
from datetime import date
from heapq import heapreplace

from core.analytics.replay import Arrival, Outcome, serve
from core.billing.lines import Charge, Discount, invoice_line
from core.models import AppointmentState, InvoiceLine, LineKind, Token, TokenCounter, TokenState
from core.token_queue import HEAD_START, Range
from etl.simulate.coming import Coming, Patients
from etl.simulate.moments import Making
from etl.simulate.money import Books
from etl.simulate.room import Room, Treated
from etl.simulate.staff import AtWork
from etl.simulate.waits import Waits

_SHORTEST = 0.3  # of a doctor's usual visit


def treat(
    making: Making, patients: Patients, books: Books, waits: Waits, room: Room, day: date, doctors: Sequence[AtWork]
) -> None:
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
            seen.append(room.visit(patients, day, by_id[outcome.doctor], one, outcome, token))
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


def _cash_desk(making: Making, books: Books, day: date, seen: Sequence[Treated]) -> None:
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
    charge = Charge(LineKind.SERVICE, service.name, service.price, service.tax_percent, service.id, basis="Price list")
    if coming.person.age(day) >= 65 and making.rng.random() < 0.5:
        return invoice_line(charge, 1, Discount(service.price / 10, "Senior citizen"))
    return invoice_line(charge)
