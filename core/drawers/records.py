"""What is told of drawers, and who may be told."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core.fields import NOTHING
from core.models import DayClose, PaymentMethod
from core.permissions import Actor, Permission, allowed


class Kind(StrEnum):
    """Why money came or went."""

    PAYMENT = "PAYMENT"
    ADVANCE = "ADVANCE"
    REFUND = "REFUND"
    ADVANCE_PAID_OUT = "ADVANCE_PAID_OUT"


@dataclass(frozen=True)
class Moved:
    """How often and how much, of one kind by one method; less than nothing is what went out."""

    kind: Kind
    method: PaymentMethod
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Close:
    """A drawer that was counted. `pieces` are (value, how many), largest first; CENT may stand for the rest."""

    close_id: int
    cashier_id: int
    cashier: str
    day: date
    closed_at: datetime
    closed_by: str
    opened_with: Decimal
    taken: Decimal
    expected: Decimal
    counted: Decimal
    left_in_drawer: Decimal
    pieces: tuple[tuple[Decimal, int], ...]
    other_methods: dict[PaymentMethod, Decimal]
    explanation: str
    audit_length: int
    audit_head: str

    @property
    def difference(self) -> Decimal:
        """What was found too much; less than nothing: what is missing."""
        return self.counted - self.expected

    @property
    def handed_in(self) -> Decimal:
        return self.counted - self.left_in_drawer


@dataclass(frozen=True)
class Drawer:
    """One cashier's money of one day. `opened_with` is what the close before it left in the drawer."""

    cashier_id: int
    cashier: str
    day: date
    opened_with: Decimal
    moved: tuple[Moved, ...]
    close: Close | None

    @property
    def taken(self) -> Decimal:
        """Cash that came in less cash that went out."""
        return sum((row.amount for row in self.moved if row.method is PaymentMethod.CASH), NOTHING)

    @property
    def expected(self) -> Decimal:
        return self.opened_with + self.taken

    @property
    def other_methods(self) -> dict[PaymentMethod, Decimal]:
        found: dict[PaymentMethod, Decimal] = {}
        for row in self.moved:
            if row.method is not PaymentMethod.CASH:
                found[row.method] = found.get(row.method, Decimal(0)) + row.amount
        return found


@dataclass(frozen=True)
class OpenDay:
    """A day on which a cashier moved money, and that is not closed."""

    cashier_id: int
    cashier: str
    day: date


def permission_for(person: Actor, cashier_id: int) -> Permission:
    """The own drawer goes with taking money; anybody's needs a permission of its own."""
    own = cashier_id == person.user_id and not allowed(person, Permission.CLOSE_DRAWERS)
    return Permission.TAKE_PAYMENT if own else Permission.CLOSE_DRAWERS


def close_record(close: DayClose, cashier: str, closed_by: str) -> Close:
    pieces = sorted(((Decimal(value), int(count)) for value, count in close.denominations.items()), reverse=True)
    return Close(
        close_id=close.id,
        cashier_id=close.cashier_id,
        cashier=cashier,
        day=close.closed_on,
        closed_at=close.closed_at,
        closed_by=closed_by,
        opened_with=close.opened_with,
        taken=close.taken,
        expected=close.expected,
        counted=close.counted,
        left_in_drawer=close.left_in_drawer,
        pieces=tuple(pieces),
        other_methods={PaymentMethod(method): Decimal(amount) for method, amount in close.other_methods.items()},
        explanation=close.explanation,
        audit_length=close.audit_length,
        audit_head=close.audit_head,
    )
