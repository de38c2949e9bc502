"""Beginning a stock-take, counting batches, saying why they differ, and giving it up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, Invalid, NotFound, check
from core.inventory.medicines import count_problem
from core.inventory.stock_takes.records import LineRecord, StockTakeRecord, lines, number_of, shown
from core.models import Batch, StockTake, StockTakeLine, StockTakeState
from core.permissions import Actor, Permission, require
from core.words import later, say

WHY_DIFFERENT = (
    later("Miscounted before"),
    later("Handed over without a bill"),
    later("Lost"),
    later("Damaged and thrown away"),
    later("Found"),
)
LONGEST_REASON = 400  # as the note of a movement


class AlreadyCounting(Conflict):
    def __init__(self, stock_take_id: int) -> None:
        self.stock_take_id = stock_take_id
        super().__init__(
            say(
                "Stock-take {number} is going on. Count in it, post it or give it up first.",
                number=number_of(stock_take_id),
            )
        )


_OVER = {
    StockTakeState.POSTED: later("Stock-take {number} is posted: nothing is counted in it any more."),
    StockTakeState.CANCELLED: later("Stock-take {number} is cancelled: nothing is counted in it any more."),
}


class NotOpen(Conflict):
    def __init__(self, stock_take_id: int, state: StockTakeState) -> None:
        super().__init__(say(_OVER[state], number=number_of(stock_take_id)))


@dataclass(frozen=True)
class Counted:
    """`counted` units lie on the shelf. `reason` says why the books differ, and may come later."""

    batch_id: int
    counted: int
    reason: str = ""


def start(session: Session, actor: Actor, note: str = "") -> StockTakeRecord:
    """`note` says what is counted: "everything", "shelf A". Raises AlreadyCounting or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    note = fields.line(note)
    check(note=fields.length_problem(note, say("What is counted")))
    values = {"state": StockTakeState.OPEN, "note": note, "started_at": clock.now(), "started_by_id": actor.user_id}
    # The index on what is open decides between two people who begin at once.
    begun = session.scalar(insert(StockTake).values(values).on_conflict_do_nothing().returning(StockTake))
    if begun is None:
        raise AlreadyCounting(session.scalars(select(StockTake.id).where(StockTake.state == StockTakeState.OPEN)).one())
    audit.record(session, actor, audit.CREATE, "stock_take.started", begun, {"note": (None, note)})
    return shown(session, begun.id)


def count(
    session: Session, actor: Actor, stock_take_id: int, batch_id: int, counted: int, reason: str = ""
) -> LineRecord:
    """What lies on the shelf of one batch; counted again, the new count stands. Raises NotOpen, NotFound or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    _count(session, actor, stock_take_id, [Counted(batch_id, counted, reason)])
    (line,) = lines(session, stock_take_id, batch_id)
    return line


def count_several(session: Session, actor: Actor, stock_take_id: int, counts: Sequence[Counted]) -> StockTakeRecord:
    """As `count`, all of them or none."""
    require(actor, Permission.MANAGE_STOCK)
    _count(session, actor, stock_take_id, counts)
    return shown(session, stock_take_id)


def explain(session: Session, actor: Actor, stock_take_id: int, reasons: Mapping[int, str]) -> StockTakeRecord:
    """Why batches, by their ids, differ from the books. Raises NotOpen, NotFound (not counted) or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    stock_take = open_stock_take(session, stock_take_id)
    cleaned = {batch_id: fields.line(reason) for batch_id, reason in reasons.items()}
    check(**{f"reason_{batch_id}": _reason_problem(reason) for batch_id, reason in cleaned.items()})
    counted = _lines(session, stock_take_id, cleaned)
    told: audit.Changes = {}
    for batch_id, reason in cleaned.items():
        if batch_id not in counted:
            raise NotFound("count of batch", batch_id)
        told |= {f"batch {batch_id}": (counted[batch_id].reason, reason)}
        counted[batch_id].reason = reason
    audit.record(session, actor, audit.UPDATE, "stock_take.explained", stock_take, told)
    return shown(session, stock_take_id)


def take_out(session: Session, actor: Actor, stock_take_id: int, batch_id: int) -> StockTakeRecord:
    """The batch is not counted after all. Raises NotOpen or NotFound."""
    require(actor, Permission.MANAGE_STOCK)
    stock_take = open_stock_take(session, stock_take_id)
    line = _lines(session, stock_take_id, [batch_id]).get(batch_id)
    if line is None:
        raise NotFound("count of batch", batch_id)
    session.delete(line)
    audit.record(session, actor, audit.UPDATE, "stock_take.taken_out", stock_take, {"batch_id": (batch_id, None)})
    return shown(session, stock_take_id)


def cancel(session: Session, actor: Actor, stock_take_id: int) -> StockTakeRecord:
    """The books stay as they are. Raises NotOpen."""
    require(actor, Permission.MANAGE_STOCK)
    stock_take = open_stock_take(session, stock_take_id, alone=True)
    end(session, actor, stock_take, StockTakeState.CANCELLED, {})
    return shown(session, stock_take_id)


def open_stock_take(session: Session, stock_take_id: int, *, alone: bool = False) -> StockTake:
    """Locked: people count in it together, and whoever ends it is alone. Raises NotFound or NotOpen."""
    locking = {"read": not alone}
    stock_take = session.get(StockTake, stock_take_id, with_for_update=locking, populate_existing=True)
    if stock_take is None:
        raise NotFound("stock-take", number_of(stock_take_id))
    if stock_take.state is not StockTakeState.OPEN:
        raise NotOpen(stock_take_id, stock_take.state)
    return stock_take


def end(session: Session, actor: Actor, stock_take: StockTake, state: StockTakeState, told: audit.Changes) -> None:
    require(actor, Permission.MANAGE_STOCK)
    changes = audit.assign(stock_take, state=state, ended_at=clock.now(), ended_by_id=actor.user_id)
    changes = {"state": changes["state"], **told}
    audit.record(session, actor, audit.UPDATE, f"stock_take.{state.lower()}", stock_take, changes)


def locked_batches(session: Session, batch_ids: Iterable[int]) -> dict[int, Batch]:
    """By id, in the order of their ids, as the counter locks them."""
    rows = select(Batch).where(Batch.id.in_(batch_ids)).order_by(Batch.id).with_for_update()
    return {batch.id: batch for batch in session.scalars(rows.execution_options(populate_existing=True))}


def _count(session: Session, actor: Actor, stock_take_id: int, counts: Sequence[Counted]) -> None:
    stock_take = open_stock_take(session, stock_take_id)
    batches = locked_batches(session, [each.batch_id for each in counts])
    _check_counts(counts, batches)
    before = _lines(session, stock_take_id, batches)
    for each in sorted(counts, key=lambda each: each.batch_id):
        line = before.get(each.batch_id)
        if line is None:
            line = StockTakeLine(stock_take_id=stock_take_id, batch_id=each.batch_id, booked=0, counted=0, reason="")
            session.add(line)
        _write(line, each, batches[each.batch_id].on_hand, actor)
    told = [{"batch_id": each.batch_id, "counted": each.counted} for each in counts]
    audit.record(session, actor, audit.UPDATE, "stock_take.counted", stock_take, {"counts": (None, told)})


def _write(line: StockTakeLine, each: Counted, booked: int, actor: Actor) -> None:
    """A reason given for another difference does not explain this one."""
    same = line.counted - line.booked == each.counted - booked
    line.reason = fields.line(each.reason) or (line.reason if same else "")
    line.booked, line.counted = booked, each.counted
    line.counted_at, line.counted_by_id = clock.now(), actor.user_id


def _check_counts(counts: Sequence[Counted], batches: Mapping[int, Batch]) -> None:
    if not counts:
        raise Invalid({"counted": say("Nothing was counted.")})
    often = Counter(each.batch_id for each in counts)
    problems: dict[str, str | None] = {}
    for each in counts:
        if each.batch_id not in batches:
            raise NotFound("batch", each.batch_id)
        number = batches[each.batch_id].number
        twice = say("Batch {number} stands there twice.", number=number) if often[each.batch_id] > 1 else None
        what = say("The count of batch {number}", number=number)
        problems[f"counted_{each.batch_id}"] = twice or count_problem(each.counted, what, least=0)
        problems[f"reason_{each.batch_id}"] = _reason_problem(fields.line(each.reason))
    check(**problems)


def _reason_problem(reason: str) -> str | None:
    return fields.length_problem(reason, say("The reason"), LONGEST_REASON)


def _lines(session: Session, stock_take_id: int, batch_ids: Iterable[int]) -> dict[int, StockTakeLine]:
    """Those of some batches, locked in the order of the batches."""
    rows = (
        select(StockTakeLine)
        .where(StockTakeLine.stock_take_id == stock_take_id, StockTakeLine.batch_id.in_(batch_ids))
        .order_by(StockTakeLine.batch_id)
        .with_for_update()
    )
    return {line.batch_id: line for line in session.scalars(rows.execution_options(populate_existing=True))}
