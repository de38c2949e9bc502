"""The day's queue: tokens are issued, called, skipped, brought back, transferred, finished.

Redis proposes, PostgreSQL disposes. PostgreSQL owns the numbers (a counter row, unique per clinic day) and the states;
Redis holds the order of those who wait and says who is next; a conditional update in PostgreSQL decides. A stale
proposal is dropped and the next one taken; without Redis the same order comes from PostgreSQL. So no number is given
twice, nobody is called twice and nobody is forgotten, whatever is wiped or killed.
"""

from core.models import Priority, TokenState
from core.token_queue.board import (
    Awaited,
    NowCalling,
    PublicBoard,
    board,
    get,
    list_of_patient,
    list_seen,
    public_board,
    waits,
)
from core.token_queue.calling import (
    PUT_BACK_WITHIN,
    CalledTooLongAgo,
    StillServing,
    TokenOfAnotherDay,
    WaitsForAnother,
    call,
    call_next,
    put_back,
)
from core.token_queue.expecting import Coverage, Expected, expected_waits
from core.token_queue.forecast import Range
from core.token_queue.issuing import AlreadyInQueue, check_in, register_and_walk_in, walk_in
from core.token_queue.learning import learn, learn_if_due
from core.token_queue.line import astray, forget, is_up, reconcile, refill
from core.token_queue.news import announce, listen, may_hear
from core.token_queue.records import TokenCard
from core.token_queue.rooms import change_room
from core.token_queue.rule import HEAD_START
from core.token_queue.steps import (
    NotYourQueue,
    VisitOpen,
    WrongTokenState,
    bring_back,
    finish,
    mark_no_show,
    recall,
    set_priority,
    skip,
    transfer,
)

__all__ = [
    "HEAD_START",
    "PUT_BACK_WITHIN",
    "AlreadyInQueue",
    "Awaited",
    "CalledTooLongAgo",
    "Coverage",
    "Expected",
    "NotYourQueue",
    "NowCalling",
    "Priority",
    "PublicBoard",
    "Range",
    "StillServing",
    "TokenCard",
    "TokenOfAnotherDay",
    "TokenState",
    "VisitOpen",
    "WaitsForAnother",
    "WrongTokenState",
    "announce",
    "astray",
    "board",
    "bring_back",
    "call",
    "call_next",
    "change_room",
    "check_in",
    "expected_waits",
    "finish",
    "forget",
    "get",
    "is_up",
    "learn",
    "learn_if_due",
    "list_of_patient",
    "list_seen",
    "listen",
    "mark_no_show",
    "may_hear",
    "public_board",
    "put_back",
    "recall",
    "reconcile",
    "refill",
    "register_and_walk_in",
    "set_priority",
    "skip",
    "transfer",
    "waits",
    "walk_in",
]
