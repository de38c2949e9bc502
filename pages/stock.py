"""The pharmacy's shelves: what there is, runs low or expires, deliveries, and every medicine with its batches."""

from core.permissions import Permission
from core.words import later, say
from pages import ui
from pages.ui import parts, scanning
from pages.ui.office import goods_file
from pages.ui.stock import (
    batch_steps,
    counting,
    medicine_form,
    one_order,
    orders,
    receiving,
    stock_lists,
    stock_value,
    suppliers,
)
from pages.ui.stock.stock_address import number_in_address
from pages.ui.stock.stock_medicine import one_medicine

ui.page(say("Stock"), Permission.MANAGE_STOCK)

PARTS = {
    later("On hand"): stock_lists.on_hand,
    later("Running low"): stock_lists.running_low,
    later("Expiring"): stock_lists.expiring,
    later("Orders"): orders.orders,
    later("Receive"): receiving.receive,
    later("From a file"): goods_file.goods_file,
    later("Suppliers"): suppliers.suppliers,
    later("Count"): counting.count,
    later("Value"): stock_value.value,
}
DIALOGS = (
    medicine_form.medicine_dialogs,
    one_order.order_dialogs,
    receiving.receiving_dialogs,
    suppliers.supplier_dialogs,
    scanning.scanning_dialogs,
    batch_steps.batch_dialogs,
    counting.counting_dialogs,
)

part = parts.chosen(list(PARTS))
if medicine_id := number_in_address("medicine"):
    one_medicine(medicine_id)
else:
    PARTS[part]()
for dialogs in DIALOGS:
    dialogs()
