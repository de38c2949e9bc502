"""Medicines, the batches they arrive in, and every unit that comes or goes.

What is on hand is the sum of a batch's movements. Expired or blocked stock is not stock: it is never offered, planned
or handed over.
"""

from core.inventory.levels import Expiring, StockLevel, expiring, low_stock, stock_on_hand
from core.inventory.medicines import (
    MedicineDetails,
    MedicineExists,
    MedicineRecord,
    MedicineWithdrawn,
    add_medicine,
    change_medicine,
    list_medicines,
    medicines_matching,
    reinstate,
    search_medicines,
    tax_problem,
    withdraw,
)
from core.inventory.receiving import Delivery, DuplicateBatch, receive
from core.inventory.shelf import (
    BatchRecord,
    MovementRecord,
    NotExpired,
    NothingLeft,
    NotThatMany,
    Pick,
    adjust,
    batches,
    lock_usable_batches,
    move,
    movements,
    plan,
    usable,
    write_off_expired,
)

__all__ = [
    "BatchRecord",
    "Delivery",
    "DuplicateBatch",
    "Expiring",
    "MedicineDetails",
    "MedicineExists",
    "MedicineRecord",
    "MedicineWithdrawn",
    "MovementRecord",
    "NotExpired",
    "NotThatMany",
    "NothingLeft",
    "Pick",
    "StockLevel",
    "add_medicine",
    "adjust",
    "batches",
    "change_medicine",
    "expiring",
    "list_medicines",
    "lock_usable_batches",
    "low_stock",
    "medicines_matching",
    "move",
    "movements",
    "plan",
    "receive",
    "reinstate",
    "search_medicines",
    "stock_on_hand",
    "tax_problem",
    "usable",
    "withdraw",
    "write_off_expired",
]
