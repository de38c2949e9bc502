"""Which medicine and which batches a line of a bill gets: in the clinic's order, or as the pharmacist chose.

Another medicine may be handed over for a line where it is the same generic, strength, form and pack at the price that
was charged. A batch chosen by hand comes first, the rest in order.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import clinic, clock, fields, inventory
from core.dispensing.waiting import DispensedItem, Owed
from core.errors import Conflict, NotFound
from core.inventory import Pick
from core.models import Batch, InvoiceLine, Medicine, StockOrder
from core.permissions import Actor, Permission, require
from core.words import date_in_words, say

Chosen = Mapping[int, int]  # by the id of a line: of the other medicine, or of the batch


class NoSubstitute(Conflict):
    def __init__(self, medicine: str, instead: str) -> None:
        super().__init__(
            say(
                "{instead} is not handed over for {medicine}: only the same generic, strength, form and pack is.",
                instead=instead,
                medicine=medicine,
            )
        )


class OtherPrice(Conflict):
    def __init__(self, medicine: str, instead: str, charged: Decimal, price: Decimal) -> None:
        self.charged, self.price = charged, price
        super().__init__(
            say(
                "{instead} costs {price:,} with its tax and {medicine} was charged at {charged:,}. Send the "
                "patient to the cash desk, where the bill is changed to it.",
                instead=instead,
                price=price,
                medicine=medicine,
                charged=charged,
            )
        )


class OnBillAlready(Conflict):
    def __init__(self, instead: str) -> None:
        super().__init__(say("{instead} is handed over for another line of this bill already.", instead=instead))


class WrongPack(Conflict):
    """The batch in hand is not for this line, or nothing of it may be handed over."""


@dataclass(frozen=True)
class Wish:
    """What one line gets, and the batch that was chosen by hand."""

    line: InvoiceLine
    medicine: Medicine
    batch_id: int | None

    @property
    def is_instead(self) -> bool:
        return self.medicine.id != self.line.medicine_id


@dataclass(frozen=True)
class Substitute:
    """`price` is of one unit without tax. Where it is not `same_price` as charged, the bill must be changed first."""

    medicine_id: int
    medicine: str
    unit: str
    on_hand: int
    price: Decimal
    tax_percent: Decimal
    same_price: bool


def substitutes(session: Session, actor: Actor, line_id: int) -> list[Substitute]:
    """What could be handed over for a line instead: on the shelf, those of the same price first. Raises NotFound."""
    require(actor, Permission.DISPENSE)
    line, medicine = _line(session, line_id)
    others = inventory.alike(session, medicine)
    shelf = inventory.usable_batches(session, [other.id for other in others], clock.today())
    found = [
        Substitute(
            *(other.id, other.name, other.unit, sum(batch.on_hand for batch in shelf[other.id])),
            *(other.price, other.tax_percent, _same_price(line, other)),
        )
        for other in others
        if shelf.get(other.id)
    ]
    return sorted(found, key=lambda one: (not one.same_price, one.price, one.medicine.lower()))


def planned(
    session: Session, actor: Actor, owed: Sequence[Owed], instead: Chosen | None = None, by_hand: Chosen | None = None
) -> list[DispensedItem]:
    """What would be taken for it now, batch by batch. Nothing is kept back.

    Raises NoSubstitute, OtherPrice, OnBillAlready or WrongPack.
    """
    require(actor, Permission.DISPENSE)
    wanted = wishes(session, lines_of(session, owed), instead or {}, by_hand or {})
    shelf = inventory.usable_batches(session, [wish.medicine.id for wish in wanted], clock.today())
    order = clinic.profile(session).stock_order
    picks = [(wish, pick) for wish in wanted for pick in picked(session, wish, shelf, order)]
    return list(itertools.starmap(taken, picks))


def taken(wish: Wish, pick: Pick) -> DispensedItem:
    """As the patient is given it to read."""
    medicine, batch = wish.medicine, pick.batch
    instead_of = wish.line.description if wish.is_instead else ""
    return DispensedItem(medicine.name, medicine.unit, batch.number, batch.expires_on, pick.quantity, instead_of)


def lines_of(session: Session, owed: Sequence[Owed]) -> Sequence[InvoiceLine]:
    """With their medicines."""
    ids = [line.line_id for line in owed]
    with_medicines = select(InvoiceLine).options(joinedload(InvoiceLine.medicine))
    return session.scalars(with_medicines.where(InvoiceLine.id.in_(ids)).order_by(InvoiceLine.id)).all()


def wishes(session: Session, lines: Iterable[InvoiceLine], instead: Chosen, by_hand: Chosen) -> list[Wish]:
    """For lines that have been read with their medicines. Raises NoSubstitute, OtherPrice or OnBillAlready."""
    chosen = select(Medicine).where(Medicine.id.in_(set(instead.values())))
    others = {one.id: one for one in session.scalars(chosen)} if instead else {}
    wanted = [_wish(session, line, others, instead.get(line.id), by_hand.get(line.id)) for line in lines]
    given: set[int] = set()
    for wish in wanted:
        if wish.medicine.id in given:
            raise OnBillAlready(wish.medicine.name)
        given.add(wish.medicine.id)
    return wanted


def picked(session: Session, wish: Wish, shelf: Mapping[int, Sequence[Batch]], order: StockOrder) -> list[Pick]:
    """The batches for what is owed, less where there is less. Raises WrongPack."""
    there, owed = shelf.get(wish.medicine.id, ()), wish.line.owed
    in_hand = [batch for batch in there if batch.id == wish.batch_id]
    if wish.batch_id is not None and not in_hand:
        raise why_not(session, wish.batch_id, wish.medicine)
    first = inventory.plan(in_hand, owed, order)
    rest = owed - sum(pick.quantity for pick in first)
    return first + inventory.plan([batch for batch in there if batch not in in_hand], rest, order)


def why_not(session: Session, batch_id: int, medicine: Medicine) -> WrongPack:
    """The refusal that says why nothing of a batch is handed over for a medicine. Raises NotFound."""
    batch = session.get(Batch, batch_id, options=[joinedload(Batch.medicine)], populate_existing=True)
    if batch is None:
        raise NotFound("batch", batch_id)
    if batch.medicine_id != medicine.id:
        return WrongPack(
            say(
                "Batch {number} is {medicine}, not {wanted}.",
                number=batch.number,
                medicine=batch.medicine.name,
                wanted=medicine.name,
            )
        )
    if batch.blocked_at:
        return WrongPack(
            say(
                "Batch {number} is blocked: {reason}. Put it aside.",
                number=batch.number,
                reason=batch.block_reason,
            )
        )
    if batch.expires_on < clock.today():
        return WrongPack(
            say(
                "Batch {number} expired on {day}. Put it aside.",
                number=batch.number,
                day=date_in_words(batch.expires_on),
            )
        )
    return WrongPack(
        say("By the books nothing is left of batch {number}. Count it before it is handed over.", number=batch.number)
    )


def _wish(
    session: Session,
    line: InvoiceLine,
    others: Mapping[int, Medicine],
    instead_id: int | None,
    batch_id: int | None,
) -> Wish:
    medicine = line.medicine
    assert medicine is not None
    if instead_id is None or instead_id == medicine.id:
        return Wish(line, medicine, batch_id)
    other = others.get(instead_id)
    if other is None:
        raise NotFound("medicine", instead_id)
    if other not in inventory.alike(session, medicine):
        raise NoSubstitute(medicine.name, other.name)
    if not _same_price(line, other):
        raise OtherPrice(medicine.name, other.name, _taxed(line.unit_price, line.tax_percent), _taxed(*_price(other)))
    return Wish(line, other, batch_id)


def _line(session: Session, line_id: int) -> tuple[InvoiceLine, Medicine]:
    found = session.execute(
        select(InvoiceLine, Medicine)
        .join(Medicine, Medicine.id == InvoiceLine.medicine_id)
        .where(InvoiceLine.id == line_id)
    ).one_or_none()
    if found is None:
        raise NotFound("line of a medicine", line_id)
    line, medicine = found
    return line, medicine


def _same_price(line: InvoiceLine, other: Medicine) -> bool:
    return _price(other) == (line.unit_price, line.tax_percent)


def _price(medicine: Medicine) -> tuple[Decimal, Decimal]:
    return medicine.price, medicine.tax_percent


def _taxed(price: Decimal, tax_percent: Decimal) -> Decimal:
    """Of one unit, to be read; a bill rounds its lines and not its units."""
    return fields.to_cents(price * (1 + tax_percent / 100))
