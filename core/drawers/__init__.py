"""The drawers of the cashiers: what should be in them, counted at the end of a day, and then locked."""

from core.drawers.closing import (
    AlreadyClosed,
    ClosedBeyond,
    Count,
    EarlierDayOpen,
    MoneyMoved,
    NotExplained,
    TooEarlyToClose,
    close,
)
from core.drawers.denominations import denominations, has_rest
from core.drawers.lock import DayClosed, still_open
from core.drawers.reading import closes, drawer, get_close, open_days
from core.drawers.records import Close, Drawer, Kind, Moved, OpenDay
from core.models import PaymentMethod

__all__ = [
    "AlreadyClosed",
    "Close",
    "ClosedBeyond",
    "Count",
    "DayClosed",
    "Drawer",
    "EarlierDayOpen",
    "Kind",
    "MoneyMoved",
    "Moved",
    "NotExplained",
    "OpenDay",
    "PaymentMethod",
    "TooEarlyToClose",
    "close",
    "closes",
    "denominations",
    "drawer",
    "get_close",
    "has_rest",
    "open_days",
    "still_open",
]
