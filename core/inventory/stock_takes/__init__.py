"""Counting what lies on the shelves, while work goes on.

A count is held beside what the books said at that very moment, and posting moves a batch by the difference: whatever is
handed over or received in between stays as it happened. One stock-take is open at a time; several people may count.
Every difference says why. What is not in the books is received, not counted.
"""

from core.inventory.stock_takes.counting import (
    WHY_DIFFERENT,
    AlreadyCounting,
    Counted,
    NotOpen,
    cancel,
    count,
    count_several,
    explain,
    start,
    take_out,
)
from core.inventory.stock_takes.posting import CountAgain, NothingCounted, Unexplained, post
from core.inventory.stock_takes.records import LineRecord, StockTakeRecord, Summary, get, list_, open_one
from core.models import StockTakeState

__all__ = [
    "WHY_DIFFERENT",
    "AlreadyCounting",
    "CountAgain",
    "Counted",
    "LineRecord",
    "NotOpen",
    "NothingCounted",
    "StockTakeRecord",
    "StockTakeState",
    "Summary",
    "Unexplained",
    "cancel",
    "count",
    "count_several",
    "explain",
    "get",
    "list_",
    "open_one",
    "post",
    "start",
    "take_out",
]
