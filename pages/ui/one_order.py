"""One order: its lines, what came of them, its paper, and how it is changed or ended."""

from functools import partial

import streamlit as st

from core import buying, inventory
from core.buying import OrderRecord
from core.errors import NotFound
from pages.ui import order_lines, order_paper
from pages.ui.dialog import close_dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.session import clinic, current_actor
from pages.ui.show import badge, clinic_day, empty, money, plain, table
from pages.ui.stock_address import show
from pages.ui.work import act, form_key, reading, refusals_shown

LATE = " :red-badge[:material/schedule: Late]"


def one_order(order_id: int) -> None:
    actor = current_actor()
    st.button("All orders", icon=":material/arrow_back:", type="tertiary", on_click=show, args=["Orders"])
    try:
        with reading() as session:
            order = buying.get(session, actor, order_id)
            supplier = buying.get_supplier(session, actor, order.supplier_id)
    except NotFound:
        empty("There is no such order.")
        return
    _heading(order)
    with st.container(horizontal=True):
        if not order.ended_on:
            _steps(order)
        st.download_button(
            "Paper", partial(order_paper.pdf, order, supplier), f"{order.number}.pdf", "application/pdf",
            icon=":material/picture_as_pdf:", on_click="ignore",
        )  # fmt: skip
    _lines(order)


def order_dialogs() -> None:
    """Whichever of them is open."""
    if order := opened("orders.change"):
        _change(order)
    if order := opened("orders.end"):
        _end(order)


def _heading(order: OrderRecord) -> None:
    facts = [
        f"Ordered {clinic_day(order.ordered_on)} by {order.ordered_by}",
        f"expected {clinic_day(order.expected_on)}",
    ]
    facts += [f"ended {clinic_day(order.ended_on)}"] if order.ended_on else []
    facts += [part for part in (order.end_reason, order.note) if part]
    with st.container(horizontal=True, vertical_alignment="center"):
        late = LATE if order.is_late else ""
        name = f"### {plain(order.supplier)} {badge(order.state)}{late}"
        st.markdown(f"{name}\n:gray[{plain(' · '.join([order.number, *facts]))}]", width="stretch")
        st.metric("Ordered for", money(order.total), width="content")


def _steps(order: OrderRecord) -> None:
    about = {"order": order.order_id}
    st.button("Receive", type="primary", icon=":material/add_box:", on_click=show, args=["Receive"], kwargs=about)
    st.button("Change", icon=":material/edit:", on_click=open_dialog, args=["orders.change", order])
    word = "Close: the rest will not come" if order.came else "Cancel"
    st.button(word, icon=":material/cancel:", on_click=open_dialog, args=["orders.end", order])


def _lines(order: OrderRecord) -> None:
    rows: list[dict[str, object]] = [
        {
            "Medicine": line.medicine,
            "Ordered": line.quantity,
            "Came": line.received,
            "To come": line.left,
            "Unit": line.unit,
            "Cost": float(line.unit_cost),
            "Sum": float(line.quantity * line.unit_cost),
        }
        for line in order.lines
    ]
    counts = {name: st.column_config.NumberColumn(format="localized") for name in ("Ordered", "Came", "To come")}
    sums = {
        name: st.column_config.NumberColumn(f"{name}, {clinic().currency}", format="%.2f") for name in ("Cost", "Sum")
    }
    table(rows, "", columns={"Medicine": st.column_config.TextColumn(width=300), **counts, **sums})


@st.dialog("Change the order", width="large", icon=":material/edit:", on_dismiss=close_dialog)
def _change(order: OrderRecord) -> None:
    name = f"change_order_{order.order_id}"
    form = form_key(name)
    with reading() as session:
        medicines = {found.medicine_id: found.name for found in inventory.list_medicines(session, current_actor())}
    lines = order_lines.changed(order.lines, medicines, f"{form}_lines")
    left, right = st.columns([1, 2])
    expected_on = left.date_input("Expected", order.expected_on, key=f"{form}_expected")
    note = right.text_input("Note", order.note, key=f"{form}_note")
    if st.button("Save", key=form, type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, buying.change, order.order_id, lines, expected_on, note)
            close_dialog()
            flash(f"{order.number} changed", icon="edit")


@st.dialog("End the order", icon=":material/cancel:", on_dismiss=close_dialog)
def _end(order: OrderRecord) -> None:
    name = f"end_order_{order.order_id}"
    verb = buying.close_short if order.came else buying.cancel
    rest = "What is still to come will not come any more." if order.came else "Nothing of it will come."
    st.markdown(f"**{order.number}** from {plain(order.supplier)}. {rest}")
    with st.form(form_key(name), border=False):
        reason = st.text_input("Why", placeholder="Not made any more, ordered elsewhere …")
        word = "Close the order" if order.came else "Cancel the order"
        sent = st.form_submit_button(word, type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            ended = act(name, verb, order.order_id, reason)
            close_dialog()
            flash(f"{order.number} {'closed' if ended.came else 'cancelled'}", icon="cancel")
