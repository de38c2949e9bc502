"""Orders: what is due, as a grid that becomes an order; what is on the way, the late ones marked; what is over."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import streamlit as st

from core import buying, clock, inventory
from core.buying import ForSupplier, OrderLine, OrderRecord, SupplierRecord
from core.words import later, say, say_count
from pages.ui.messages import flash
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, day_format, empty, money, plain
from pages.ui.stock import order_lines
from pages.ui.stock.one_order import marks, one_order
from pages.ui.stock.stock_address import number_in_address, show
from pages.ui.work import act, form_key, reading, refusals_shown

TO_ORDER, ON_THE_WAY, OVER = "To order", "On the way", "Over"


def orders() -> None:
    if order_id := number_in_address("order"):
        one_order(order_id)
        return
    actor = current_actor()
    with reading() as session:
        on_the_way = buying.list_orders(session, actor)
    views = {TO_ORDER: say("To order"), ON_THE_WAY: _on_the_way(on_the_way), OVER: say("Over")}
    view = st.segmented_control(
        say("Orders"), list(views), default=TO_ORDER, required=True, key="orders_view", label_visibility="collapsed",
        format_func=views.__getitem__,
    )  # fmt: skip
    if view == TO_ORDER:
        _to_order()
    elif view == ON_THE_WAY:
        _list(on_the_way, say("Nothing is on the way."))
    else:
        with reading() as session:
            over = buying.list_orders(session, actor, is_open=False)
        _list(over, say("No order is over yet."))


def _on_the_way(orders: Sequence[OrderRecord]) -> str:
    late = sum(order.is_late for order in orders)
    told = later("On the way: {count:,}, {late:,} late") if late else later("On the way: {count:,}")
    return say(told, count=len(orders), late=late)


def _list(found: Sequence[OrderRecord], sentence: str) -> None:
    if not found:
        empty(sentence, "local_shipping")
    for order in found:
        told = plain(" · ".join(filter(None, _facts(order))))
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            head = f"**{plain(order.supplier)}** {order.number} {marks(order)}"
            st.markdown(f"{head}  \n:small[:gray[{told}]]", width="stretch")
            st.markdown(f"**{plain(money(order.total))}**", width="content")
            about = {"order": order.order_id}
            if not order.ended_on:
                st.button(say("Receive"), key=f"receive_{order.order_id}", icon=":material/add_box:", on_click=show,
                          args=["Receive"], kwargs=about)  # fmt: skip
            st.button(say("Open"), key=f"open_{order.order_id}", on_click=show, args=["Orders"], kwargs=about)


def _facts(order: OrderRecord) -> list[str]:
    to_come = sum(line.left > 0 for line in order.lines)
    facts = [
        say("ordered {day}", day=clinic_day(order.ordered_on)),
        say("expected {day}", day=clinic_day(order.expected_on)),
        say_count(len(order.lines), "{count:,} line", "{count:,} lines"),
    ]
    if order.ended_on:
        return [*facts, say("ended {day}", day=clinic_day(order.ended_on)), order.end_reason]
    return [*facts, say("{count:,} still to come", count=to_come)] if order.came else facts


def _to_order() -> None:
    actor = current_actor()
    with reading() as session:
        due = {group.supplier_id: group for group in buying.suggest(session, actor)}
        suppliers = {found.supplier_id: found for found in buying.list_suppliers(session, actor)}
        medicines = {found.medicine_id: found.name for found in inventory.list_medicines(session, actor)}
    if not suppliers:
        empty(say("No suppliers yet. Add whom you buy from under Suppliers."), "local_shipping")
        return
    in_order = sorted(suppliers, key=lambda supplier_id: supplier_id not in due)
    supplier_id = st.selectbox(
        say("Supplier"),
        in_order,
        format_func=lambda one: _supplier_label(suppliers[one], due.get(one)),
        key="order_from",
    )
    unplaced = due[None].lines if None in due else ()
    group = due.get(supplier_id)
    if not group and not unplaced:
        st.caption(say("Nothing is due from this supplier. Rows can be added all the same."))
    form = form_key("order")
    lines = order_lines.suggested(group.lines if group else (), unplaced, medicines, f"{form}_{supplier_id}")
    _send(suppliers[supplier_id], lines, form)


def _supplier_label(supplier: SupplierRecord, due: ForSupplier | None) -> str:
    told = say("{count:,} due", count=len(due.lines)) if due else say("nothing due")
    return f"{supplier.name} · {told}"


def _send(supplier: SupplierRecord, lines: Sequence[OrderLine], form: str) -> None:
    left, right = st.columns([1, 3])
    usual = clock.today() + timedelta(days=supplier.lead_days)
    expected_on = left.date_input(
        say("Expected on"), usual, key=f"{form}_{supplier.supplier_id}_expected", format=day_format()
    )
    note = right.text_input(say("Note"), key=f"{form}_note", placeholder=say("Printed on the order"))
    total = sum((line.quantity * line.unit_cost for line in lines if line.unit_cost.is_finite()), Decimal(0))
    label = say_count(
        len(lines), "Order {count:,} line, {total}", "Order {count:,} lines, {total}", total=plain(money(total))
    )
    sent = st.button(
        label, key=form, type="primary", icon=":material/send:", shortcut="Ctrl+Enter", width="stretch",
        disabled=not lines,
    )  # fmt: skip
    if sent:
        with refusals_shown():
            placed = act("order", buying.order, supplier.supplier_id, lines, expected_on, note)
            show("Orders", order=placed.order_id)
            flash(say("{number}: ordered from {supplier}", number=placed.number, supplier=placed.supplier), icon="send")
