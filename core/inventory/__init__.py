"""Medicines, the batches they arrive in, and every unit that comes or goes.

What is on hand is the sum of a batch's movements. Expired or blocked stock is not stock: it is never offered, planned
or handed over.
"""

from core.inventory.blocking import AlreadyBlocked, NotBlocked, block, unblock
from core.inventory.correcting import NotExpired, NothingLeft, NotThatMany, adjust, write_off_expired
from core.inventory.ledger import MovementRecord, movements
from core.inventory.levels import Expiring, StockLevel, StockState, expiring, low_stock, stock_on_hand
from core.inventory.medicines import (
    MedicineDetails,
    MedicineExists,
    MedicineRecord,
    MedicineWithdrawn,
    add_medicine,
    change_medicine,
    get_medicines,
    list_medicines,
    medicines_matching,
    reinstate,
    search_medicines,
    tax_problem,
    withdraw,
)
from core.inventory.moving import move
from core.inventory.planning import Pick, lock_usable_batches, plan, usable_batches
from core.inventory.receiving import Delivery, DuplicateBatch, list_suppliers, printed_expiry, receive
from core.inventory.shelf import BatchRecord, BatchState, batches, units_held, usable
from core.models import MedicineForm, MovementReason

__all__ = [
    "AlreadyBlocked",
    "BatchRecord",
    "BatchState",
    "Delivery",
    "DuplicateBatch",
    "Expiring",
    "MedicineDetails",
    "MedicineExists",
    "MedicineForm",
    "MedicineRecord",
    "MedicineWithdrawn",
    "MovementReason",
    "MovementRecord",
    "NotBlocked",
    "NotExpired",
    "NotThatMany",
    "NothingLeft",
    "Pick",
    "StockLevel",
    "StockState",
    "add_medicine",
    "adjust",
    "batches",
    "block",
    "change_medicine",
    "expiring",
    "get_medicines",
    "list_medicines",
    "list_suppliers",
    "lock_usable_batches",
    "low_stock",
    "medicines_matching",
    "move",
    "movements",
    "plan",
    "printed_expiry",
    "receive",
    "reinstate",
    "search_medicines",
    "stock_on_hand",
    "tax_problem",
    "unblock",
    "units_held",
    "usable",
    "usable_batches",
    "withdraw",
    "write_off_expired",
]
