"""One order: its lines, what came of them, its paper, and how it is changed or ended."""

from functools import partial

import streamlit as st

from core import buying, dosage, inventory
from core.buying import OrderRecord
from core.errors import NotFound
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.session import clinic, current_actor
from pages.ui.show import badge, clinic_day, day_format, empty, money, plain, table
from pages.ui.stock import order_lines, order_paper
from pages.ui.stock.stock_address import show
from pages.ui.work import act, form_key, reading, refusals_shown


def one_order(order_id: int) -> None:
    actor = current_actor()
    st.button(say("All orders"), icon=":material/arrow_back:", type="tertiary", on_click=show, args=["Orders"])
    try:
        with reading() as session:
            order = buying.get(session, actor, order_id)
            supplier = buying.get_supplier(session, actor, order.supplier_id)
    except NotFound:
        empty(say("There is no such order."))
        return
    _heading(order)
    with st.container(horizontal=True):
        if not order.ended_on:
            _steps(order)
        st.download_button(
            say("Paper"), partial(order_paper.pdf, order, supplier), f"{order.number}.pdf", "application/pdf",
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
        order.number,
        say("Ordered {day} by {person}", day=clinic_day(order.ordered_on), person=order.ordered_by),
        say("expected {day}", day=clinic_day(order.expected_on)),
        say("ended {day}", day=clinic_day(order.ended_on)) if order.ended_on else "",
        *(order.end_reason, order.note),
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        name = f"### {plain(order.supplier)} {marks(order)}"
        st.markdown(f"{name}\n:gray[{plain(' · '.join(filter(None, facts)))}]", width="stretch")
        st.metric(say("Ordered for"), money(order.total), width="content")


def marks(order: OrderRecord) -> str:
    """Its state, and whether it is late."""
    if order.closed_short:
        return f":gray-badge[:material/block: {say('Closed')}]"
    late = f" :red-badge[:material/schedule: {say('Late')}]" if order.is_late else ""
    return f"{badge(order.state)}{late}"


def _steps(order: OrderRecord) -> None:
    about = {"order": order.order_id}
    st.button(say("Receive"), type="primary", icon=":material/add_box:", on_click=show, args=["Receive"], kwargs=about)
    st.button(say("Change"), icon=":material/edit:", on_click=open_dialog, args=["orders.change", order])
    word = say("Close: the rest will not come") if order.came else say("Cancel")
    st.button(word, icon=":material/cancel:", on_click=open_dialog, args=["orders.end", order])


def _lines(order: OrderRecord) -> None:
    rows: list[dict[str, object]] = [
        {
            say("Medicine"): line.medicine,
            say("Ordered"): line.quantity,
            say("Came"): line.received,
            say("To come"): line.left,
            say("Unit"): dosage.counted(1, line.unit),
            say("Cost"): float(line.unit_cost),
            say("Sum"): float(line.quantity * line.unit_cost),
        }
        for line in order.lines
    ]
    counts = {
        name: st.column_config.NumberColumn(format="localized")
        for name in (say("Ordered"), say("Came"), say("To come"))
    }
    sums = {
        name: st.column_config.NumberColumn(f"{name}, {clinic().currency}", format="%.2f")
        for name in (say("Cost"), say("Sum"))
    }
    table(rows, "", columns={say("Medicine"): st.column_config.TextColumn(width=300), **counts, **sums})


@dialog(later("Change the order"), width="large", icon=":material/edit:", on_dismiss=close_dialog)
def _change(order: OrderRecord) -> None:
    name = f"change_order_{order.order_id}"
    form = form_key(name)
    with reading() as session:
        medicines = {found.medicine_id: found.name for found in inventory.list_medicines(session, current_actor())}
    lines = order_lines.changed(order.lines, medicines, f"{form}_lines")
    left, right = st.columns([1, 2])
    expected_on = left.date_input(say("Expected on"), order.expected_on, key=f"{form}_expected", format=day_format())
    note = right.text_input(say("Note"), order.note, key=f"{form}_note")
    if st.button(say("Save"), key=form, type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, buying.change, order.order_id, lines, expected_on, note)
            close_dialog()
            flash(say("{number} changed", number=order.number), icon="edit")


@dialog(later("End the order"), icon=":material/cancel:", on_dismiss=close_dialog)
def _end(order: OrderRecord) -> None:
    name = f"end_order_{order.order_id}"
    verb = buying.close_short if order.came else buying.cancel
    rest = say("What is still to come will not come any more.") if order.came else say("Nothing of it will come.")
    st.markdown(f"**{order.number}** · {plain(order.supplier)}  \n{rest}")
    with st.form(form_key(name), border=False):
        reason = st.text_input(say("Why"), placeholder=say("Not made any more, ordered elsewhere …"))
        word = say("Close the order") if order.came else say("Cancel the order")
        sent = st.form_submit_button(word, type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            ended = act(name, verb, order.order_id, reason)
            close_dialog()
            closed, cancelled = (
                say("{number} closed", number=order.number),
                say("{number} cancelled", number=order.number),
            )
            flash(closed if ended.came else cancelled, icon="cancel")
