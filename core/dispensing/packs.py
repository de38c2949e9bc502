"""The pack in the pharmacist's hand: for which line of the open bill it is, and whether its turn has come."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import clinic, clock, inventory
from core.clinic import Profile
from core.dispensing.choosing import Chosen, Wish, WrongPack, lines_of, picked, why_not, wishes
from core.dispensing.waiting import Owed
from core.errors import quoted
from core.models import Batch, InvoiceLine, Medicine, StockOrder
from core.permissions import Actor, Permission, require
from core.words import later, say

_OUT_OF_TURN = {
    StockOrder.FIFO: later("Batch {number} is not the next in turn: {first} came earlier."),
    StockOrder.FEFO: later("Batch {number} is not the next in turn: {first} expires earlier."),
}


@dataclass(frozen=True)
class Pack:
    """`medicine_id` is not the line's where the pack is a substitute; without `batch_id` the code names no batch."""

    line_id: int
    medicine_id: int
    batch_id: int | None
    medicine: str
    batch_number: str


def pack(session: Session, actor: Actor, owed: Sequence[Owed], code: str) -> Pack:
    """What a scan of a pack means for what is owed. Raises WrongPack, or what `wishes` or a wrong code refuses."""
    require(actor, Permission.DISPENSE)
    scan = inventory.scanned(session, actor, code)
    if not scan.is_known:
        raise WrongPack(say("No batch and no medicine has the code {code}.", code=quoted(code)))
    lines = lines_of(session, owed)
    held = {batch.medicine_id: batch.medicine for batch in scan.batches}
    held |= {scan.medicine.medicine_id: scan.medicine.name} if scan.medicine else {}
    for medicine_id, name in held.items():
        if line := _line_for(session, lines, medicine_id):
            (wish,) = wishes(session, [line], {line.id: medicine_id}, {})
            batches = [batch.batch_id for batch in scan.batches if batch.medicine_id == medicine_id]
            batch_id = _usable(session, wish, batches)
            number = next((batch.number for batch in scan.batches if batch.batch_id == batch_id), "")
            return Pack(line.id, medicine_id, batch_id, name, number)
    names = " / ".join(held.values())
    raise WrongPack(say("{medicine} is not on this bill, and stands in for nothing on it.", medicine=names))


def shelf_of(session: Session, actor: Actor, medicine_id: int) -> list[tuple[int, str]]:
    """The batches of a medicine that may be handed over, the next in turn first: their ids and words to choose by."""
    require(actor, Permission.DISPENSE)
    there = inventory.usable_batches(session, [medicine_id], clock.today()).get(medicine_id, [])
    profile = clinic.profile(session)
    picks = inventory.plan(there, sum(batch.on_hand for batch in there), profile.stock_order)
    return [(pick.batch.id, _in_words(pick.batch, profile)) for pick in picks]


def _in_words(batch: Batch, profile: Profile) -> str:
    there, day = say("{count:,} there", count=batch.on_hand), profile.day(batch.expires_on)
    return " · ".join((batch.number, there, say("expires {day}", day=day)))


def out_of_turn(session: Session, actor: Actor, owed: Sequence[Owed], instead: Chosen, by_hand: Chosen) -> list[str]:
    """A sentence for each batch chosen by hand that is not the next to leave."""
    require(actor, Permission.DISPENSE)
    order = clinic.profile(session).stock_order
    chosen = wishes(session, [line for line in lines_of(session, owed) if line.id in by_hand], instead, by_hand)
    shelf = inventory.usable_batches(session, [wish.medicine.id for wish in chosen], clock.today())
    said = []
    for wish in chosen:
        mine = picked(session, wish, shelf, order)
        in_turn = inventory.plan(shelf.get(wish.medicine.id, []), 1, order)
        if in_turn and mine and in_turn[0].batch.id != wish.batch_id:
            numbers = {"number": mine[0].batch.number, "first": in_turn[0].batch.number}
            said.append(say(_OUT_OF_TURN[order], **numbers))
    return said


def _line_for(session: Session, lines: Sequence[InvoiceLine], medicine_id: int) -> InvoiceLine | None:
    """The medicine's own line, or else one for which it may stand in."""
    own = next((line for line in lines if line.medicine_id == medicine_id), None)
    others = {other.id for other in inventory.alike(session, session.get_one(Medicine, medicine_id))}
    return own or next((line for line in lines if line.medicine_id in others), None)


def _usable(session: Session, wish: Wish, batch_ids: Sequence[int]) -> int | None:
    """The first of them that may be handed over, none where the code named none. Raises WrongPack."""
    shelf = inventory.usable_batches(session, [wish.medicine.id], clock.today())
    there = {batch.id for batch in shelf.get(wish.medicine.id, [])}
    usable = next((batch_id for batch_id in batch_ids if batch_id in there), None)
    if batch_ids and usable is None:
        raise why_not(session, batch_ids[0], wish.medicine)
    return usable
