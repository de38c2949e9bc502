"""Medicines, the batches they arrive in, and every unit that comes or goes.

What is on hand is the sum of a batch's movements. Expired or blocked stock is not stock: it is never offered, planned
or handed over.
"""

from core.inventory.alike import alike
from core.inventory.bin_card import BinCard, BinLine, bin_card
from core.inventory.blocking import AlreadyBlocked, NotBlocked, block, unblock
from core.inventory.correcting import WHY_ADJUSTED, NotThatMany, adjust
from core.inventory.leaving import (
    WHY_SENT_BACK,
    WHY_TRANSFERRED,
    WHY_WRITTEN_OFF,
    HasExpired,
    IsBlocked,
    NoSupplier,
    NotExpired,
    NothingExpired,
    NothingLeft,
    WrittenOff,
    send_back,
    transfer_out,
    write_off,
    write_off_all_expired,
    write_off_expired,
)
from core.inventory.ledger import MovementRecord, movements
from core.inventory.levels import Expiring, StockLevel, StockState, expiring, low_stock, stock_on_hand
from core.inventory.medicines import (
    BarcodeTaken,
    MedicineChangedMeanwhile,
    MedicineDetails,
    MedicineExists,
    MedicineRecord,
    MedicineWithdrawn,
    add_medicine,
    change_medicine,
    get_medicine,
    get_medicines,
    list_medicines,
    medicines_after,
    medicines_matching,
    reinstate,
    search_medicines,
    tax_problem,
    withdraw,
)
from core.inventory.moving import move
from core.inventory.pace import DAYS as PACE_DAYS
from core.inventory.pace import Pace, paces
from core.inventory.planning import Pick, lock_usable_batches, plan, usable_batches
from core.inventory.receiving import (
    BatchOfAnother,
    Delivery,
    DuplicateBatch,
    NotTheSameBatch,
    SupplierWithdrawn,
    printed_expiry,
    receive,
)
from core.inventory.scanning import Scan, give_barcode, scanned
from core.inventory.shelf import BatchRecord, BatchState, batches, locked_batch, units_held, usable
from core.inventory.valuation import Valuation, Valued, valuation
from core.models import MedicineForm, MovementReason

__all__ = [
    "PACE_DAYS",
    "WHY_ADJUSTED",
    "WHY_SENT_BACK",
    "WHY_TRANSFERRED",
    "WHY_WRITTEN_OFF",
    "AlreadyBlocked",
    "BarcodeTaken",
    "BatchOfAnother",
    "BatchRecord",
    "BatchState",
    "BinCard",
    "BinLine",
    "Delivery",
    "DuplicateBatch",
    "Expiring",
    "HasExpired",
    "IsBlocked",
    "MedicineChangedMeanwhile",
    "MedicineDetails",
    "MedicineExists",
    "MedicineForm",
    "MedicineRecord",
    "MedicineWithdrawn",
    "MovementReason",
    "MovementRecord",
    "NoSupplier",
    "NotBlocked",
    "NotExpired",
    "NotThatMany",
    "NotTheSameBatch",
    "NothingExpired",
    "NothingLeft",
    "Pace",
    "Pick",
    "Scan",
    "StockLevel",
    "StockState",
    "SupplierWithdrawn",
    "Valuation",
    "Valued",
    "WrittenOff",
    "add_medicine",
    "adjust",
    "alike",
    "batches",
    "bin_card",
    "block",
    "change_medicine",
    "expiring",
    "get_medicine",
    "get_medicines",
    "give_barcode",
    "list_medicines",
    "lock_usable_batches",
    "locked_batch",
    "low_stock",
    "medicines_after",
    "medicines_matching",
    "move",
    "movements",
    "paces",
    "plan",
    "printed_expiry",
    "receive",
    "reinstate",
    "scanned",
    "search_medicines",
    "send_back",
    "stock_on_hand",
    "tax_problem",
    "transfer_out",
    "unblock",
    "units_held",
    "usable",
    "usable_batches",
    "valuation",
    "withdraw",
    "write_off",
    "write_off_all_expired",
    "write_off_expired",
]
