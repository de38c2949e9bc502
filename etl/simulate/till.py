"""Money as it comes and goes: payments, credit notes, advances, and the cashiers' drawers, counted every evening."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from core.billing.numbers import written_number
from core.drawers import denominations, has_rest
from core.fields import CENT, NOTHING
from core.models import (
    Advance,
    AdvanceReason,
    CreditNote,
    CreditNoteCounter,
    DayClose,
    Patient,
    Payment,
    PaymentMethod,
)
from core.permissions import Actor
from etl.simulate.bills import Bill
from etl.simulate.moments import Making
from etl.simulate.rows import as_json

_CLOSING = 1300  # minutes of the day
_DIFFERS = 0.04  # of the drawers
_WHYS = ("Change given wrongly", "There were no small coins", "Not found, counted twice", "Taxi paid, slip is attached")
_SLIPS = (PaymentMethod.CARD, PaymentMethod.UPI, PaymentMethod.TRANSFER, PaymentMethod.INSURANCE)


@dataclass(slots=True)
class _Drawer:
    cashier: Actor
    taken: Decimal = NOTHING
    last: datetime | None = None
    others: dict[str, Decimal] = field(default_factory=dict)


class Till:
    def __init__(self, making: Making, dice: Random) -> None:
        self.making, self._dice, self._profile = making, dice, making.setting.profile
        self._credited: dict[int, int] = {}
        self._advances: dict[int, Decimal] = defaultdict(lambda: NOTHING)
        self._moved_on: dict[int, date] = {}  # the last day on which a patient's advance changed
        self._drawers: dict[tuple[date, int], _Drawer] = {}
        self._left: dict[int, Decimal] = {}
        self._float, self._coin = making.setting.prices.fee(Decimal(1000)), making.setting.prices.fee(Decimal(10))

    def advance(self, patient: int) -> Decimal:
        return self._advances[patient]

    def advance_before(self, patient: int, day: date) -> Decimal:
        """What a patient has from days before: it is known at the desk."""
        return self._advances[patient] if self._moved_on.get(patient, day) < day else NOTHING

    def pay(self, bill: Bill, at: datetime, amount: Decimal, method: PaymentMethod) -> None:
        day = self.making.day_of(at)
        payment = self.making.rows.add(
            Payment,
            invoice_id=bill.number,
            amount=amount,
            method=method.value,
            reference=self._reference(method),
            received_on=day,
            received_at=at,
            received_by_id=bill.desk.user_id,
        )
        if method is PaymentMethod.ADVANCE:
            self._move(bill.patient, -amount, AdvanceReason.APPLIED, at, bill.desk, payment=payment)
        else:
            self._drawer(bill.desk, at, method, amount)

    def credit(self, bill: Bill, at: datetime, amount: Decimal, method: PaymentMethod, reason: str) -> int:
        """Give money back for a bill, or keep it for the patient. Returns the id of the credit note."""
        day = self.making.day_of(at)
        year = self._profile.financial_year(day)
        sequence = self._credited[year] = self._credited.get(year, 0) + 1
        note = self.making.rows.add(
            CreditNote,
            number=f"CN-{written_number(self._profile, year, sequence)}",
            financial_year=year,
            sequence=sequence,
            invoice_id=bill.number,
            amount=amount,
            method=method.value,
            reason=reason,
            refunded_on=day,
            refunded_at=at,
            refunded_by_id=bill.desk.user_id,
        )
        if method is PaymentMethod.ADVANCE:
            self._move(bill.patient, amount, AdvanceReason.CREDITED, at, bill.desk, note=note)
        else:
            self._drawer(bill.desk, at, method, -amount)
        return note

    def take_ahead(self, patient: int, desk: Actor, at: datetime, amount: Decimal, method: PaymentMethod) -> None:
        self._move(patient, amount, AdvanceReason.RECEIVED, at, desk, method=method)
        self._drawer(desk, at, method, amount)
        self._told(patient, desk, at, "advance.received")

    def pay_out(self, patient: int, desk: Actor, at: datetime) -> None:
        """All of it, in cash."""
        amount = self._advances[patient]
        if amount > 0:
            self._move(patient, -amount, AdvanceReason.PAID_OUT, at, desk, method=PaymentMethod.CASH)
            self._drawer(desk, at, PaymentMethod.CASH, -amount)
            self._told(patient, desk, at, "advance.paid_out")

    def close(self, today: date) -> None:
        """Every drawer of these days is counted, a few are out by a note or a coin."""
        for place, (day, cashier) in enumerate(sorted(key for key in self._drawers if key[0] <= today)):
            drawer = self._drawers.pop((day, cashier))
            at = self.making.at(today, _CLOSING + 4 * place)
            self._close(drawer, day, max(at, drawer.last + timedelta(minutes=2)) if drawer.last else at)

    def finish(self) -> None:
        for year, last in self._credited.items():
            self.making.rows.add(CreditNoteCounter, financial_year=year, last_number=last)

    def _move(
        self,
        patient: int,
        change: Decimal,
        reason: AdvanceReason,
        at: datetime,
        desk: Actor,
        *,
        method: PaymentMethod | None = None,
        payment: int | None = None,
        note: int | None = None,
    ) -> None:
        day = self.making.day_of(at)
        self._advances[patient] += change
        self._moved_on[patient] = day
        self.making.rows.add(
            Advance,
            patient_id=patient,
            change=change,
            reason=reason.value,
            method=method.value if method else None,
            payment_id=payment,
            credit_note_id=note,
            moved_on=day,
            moved_at=at,
            moved_by_id=desk.user_id,
        )

    def _told(self, patient: int, desk: Actor, at: datetime, event: str) -> None:
        self.making.rows.note(at, desk, event, (Patient, patient), {"advance": self._advances[patient]})

    def _drawer(self, desk: Actor, at: datetime, method: PaymentMethod, amount: Decimal) -> None:
        drawer = self._drawers.setdefault((self.making.day_of(at), desk.user_id), _Drawer(desk))
        drawer.last = max(at, drawer.last or at)
        if method is PaymentMethod.CASH:
            drawer.taken += amount
        else:
            drawer.others[method.value] = drawer.others.get(method.value, NOTHING) + amount

    def _close(self, drawer: _Drawer, day: date, at: datetime) -> None:
        by = drawer.cashier
        opened = self._left.get(by.user_id, NOTHING)
        expected = opened + drawer.taken
        wrong = (
            self._coin * self._dice.choice((-10, -5, -2, -1, 1, 2, 5)) if self._dice.random() < _DIFFERS else NOTHING
        )
        counted = max(expected + wrong, NOTHING)
        left = self._left[by.user_id] = min(counted, self._float)
        close = self.making.rows.add(
            DayClose,
            cashier_id=by.user_id,
            closed_on=day,
            closed_at=at,
            closed_by_id=by.user_id,
            opened_with=opened,
            taken=drawer.taken,
            expected=expected,
            counted=counted,
            left_in_drawer=left,
            denominations=as_json(dict(_pieces(counted, self._profile.currency))),
            other_methods=as_json({method: str(amount) for method, amount in drawer.others.items()}),
            explanation=self._dice.choice(_WHYS) if counted != expected else "",
            audit_length=0,
        )
        self.making.rows.note(at, by, "drawer.closed", (DayClose, close), {"counted": counted}, days=[day])

    def _reference(self, method: PaymentMethod) -> str:
        return f"{self._dice.randrange(10**12):012d}" if method in _SLIPS else ""


def _pieces(amount: Decimal, currency: str) -> Iterator[tuple[str, int]]:
    """The fewest notes and coins."""
    for value in (*denominations(currency), *([CENT] if has_rest(currency) else [])):
        pieces, amount = divmod(amount, value)
        if pieces:
            yield f"{value:f}", int(pieces)
