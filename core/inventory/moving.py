"""The one place that writes what is on hand, and the movement that explains it."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Text, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core import clock
from core.models import Batch, MovementReason, StockMovement
from core.permissions import Actor, Permission, require

_OVER_THE_COUNTER = {MovementReason.DISPENSED, MovementReason.RETURNED}
# Names of parameters are none of columns: SQLAlchemy would set those, too.
_WHICH = func.unnest(
    bindparam("batch_ids", type_=ARRAY(BigInteger)),
    bindparam("changes", type_=ARRAY(BigInteger)),
    bindparam("notes", type_=ARRAY(Text)),
).table_valued("batch_id", "change", "said", with_ordinality="place")
_CHANGED = _WHICH.render_derived(name="changed")
_ON_HAND = (
    update(Batch)
    .where(Batch.id == _CHANGED.c.batch_id)
    .values(on_hand=Batch.on_hand + _CHANGED.c.change)
    .returning(Batch.id, _CHANGED.c.change, Batch.on_hand, _CHANGED.c.said, _CHANGED.c.place)
    .cte("moved")
)
_MOVE = insert(StockMovement).from_select(
    ["batch_id", "change", "on_hand_after", "reason", "note", "reference", "moved_at", "moved_by_id"],
    select(
        *(_ON_HAND.c.id, _ON_HAND.c.change, _ON_HAND.c.on_hand),
        *(bindparam("why", type_=StockMovement.reason.type), _ON_HAND.c.said),
        *(bindparam("paper", type_=Text), bindparam("at", type_=StockMovement.moved_at.type)),
        bindparam("by_id", type_=BigInteger),
    ).order_by(_ON_HAND.c.place),
    include_defaults=False,
)


def move(
    session: Session,
    actor: Actor,
    batch: Batch,
    change: int,
    reason: MovementReason,
    note: str = "",
    reference: str = "",
) -> None:
    """Change a locked or new batch by a signed number of units.

    `reference` is the number of the paper behind it: of the bill, the order, the delivery note, the stock-take.
    """
    require(actor, _permission(reason))
    move_all(session, actor, [(batch, change, note)], reason, reference)


def move_all(
    session: Session,
    actor: Actor,
    changes: Sequence[tuple[Batch, int, str]],
    reason: MovementReason,
    reference: str = "",
) -> None:
    """The same for several batches, each at most once with its note, for one reason. One statement."""
    require(actor, _permission(reason))
    session.flush()  # a batch may be new
    session.connection().execute(
        _MOVE,
        {
            "batch_ids": [batch.id for batch, _, _ in changes],
            "changes": [change for _, change, _ in changes],
            "notes": [note for _, _, note in changes],
            **{"why": reason, "paper": reference, "at": clock.now(), "by_id": actor.user_id},
        },
    )
    for batch, change, _ in changes:
        set_committed_value(batch, "on_hand", batch.on_hand + change)


def _permission(reason: MovementReason) -> Permission:
    return Permission.DISPENSE if reason in _OVER_THE_COUNTER else Permission.MANAGE_STOCK
