"""Suppliers, what is ordered from them and why, and what comes."""

from core.buying.arriving import receive
from core.buying.orders import NothingCame, OrderOver, SomethingCame, cancel, change, close_short, order
from core.buying.records import OrderLine, OrderLineRecord, OrderRecord, get, list_orders
from core.buying.suggesting import ForSupplier, Suggestion, suggest
from core.buying.suppliers import (
    SupplierDetails,
    SupplierExists,
    SupplierRecord,
    add_supplier,
    change_supplier,
    get_supplier,
    list_suppliers,
    reinstate_supplier,
    withdraw_supplier,
)
from core.models import PurchaseOrderState

__all__ = [
    "ForSupplier",
    "NothingCame",
    "OrderLine",
    "OrderLineRecord",
    "OrderOver",
    "OrderRecord",
    "PurchaseOrderState",
    "SomethingCame",
    "Suggestion",
    "SupplierDetails",
    "SupplierExists",
    "SupplierRecord",
    "add_supplier",
    "cancel",
    "change",
    "change_supplier",
    "close_short",
    "get",
    "get_supplier",
    "list_orders",
    "list_suppliers",
    "order",
    "receive",
    "reinstate_supplier",
    "suggest",
    "withdraw_supplier",
]
