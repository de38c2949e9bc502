"""The pharmacy's shelves: what there is, runs low or expires, deliveries, and every medicine with its batches."""

import streamlit as st

from core.permissions import Permission
from pages import ui
from pages.ui import (
    batch_steps,
    counting,
    goods_file,
    medicine_form,
    one_order,
    orders,
    receiving,
    scanning,
    stock_lists,
    stock_value,
    suppliers,
)
from pages.ui.stock_address import number_in_address, part_in_address, show
from pages.ui.stock_medicine import one_medicine

ui.page("Stock", Permission.MANAGE_STOCK)

PARTS = {
    "On hand": stock_lists.on_hand,
    "Running low": stock_lists.running_low,
    "Expiring": stock_lists.expiring,
    "Orders": orders.orders,
    "Receive": receiving.receive,
    "From a file": goods_file.goods_file,
    "Suppliers": suppliers.suppliers,
    "Count": counting.count,
    "Value": stock_value.value,
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

part = part_in_address() if part_in_address() in PARTS else next(iter(PARTS))


def switched() -> None:
    show(st.session_state[f"view:{part}"])


st.segmented_control(
    "View",
    list(PARTS),
    default=part,
    required=True,
    key=f"view:{part}",
    on_change=switched,
    label_visibility="collapsed",
)
if medicine_id := number_in_address("medicine"):
    one_medicine(medicine_id)
else:
    PARTS[part]()
for dialogs in DIALOGS:
    dialogs()
