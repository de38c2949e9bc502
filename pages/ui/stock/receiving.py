"""Taking a delivery in, line by line: scan the pack or name the medicine, then what is printed on it, Enter, next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import streamlit as st

from core import buying, dosage, inventory
from core.buying import OrderLineRecord, OrderRecord
from core.errors import ClinicError
from core.inventory import BatchOfAnother, BatchRecord, Delivery, DuplicateBatch, MedicineRecord, Scan, barcodes
from core.words import later, say, say_count
from pages.ui import scanning
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.keyboard import keyboard
from pages.ui.messages import flash
from pages.ui.numbers import amount, units_box, whole
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, empty, plain, units
from pages.ui.stock import arrived
from pages.ui.stock.stock_address import number_in_address, show
from pages.ui.work import act, form_key, reading, refusals_shown

_SCAN, _NOTE = "receive_scan", "receive_note"


@dataclass(frozen=True)
class _Line:
    """What is being taken in: a medicine, and the line of the order it comes by if it was ordered."""

    medicine: MedicineRecord
    ordered: OrderLineRecord | None
    supplier: str


def receive() -> None:
    actor = current_actor()
    with reading() as session:
        medicines, orders = inventory.list_medicines(session, actor), buying.list_orders(session, actor)
        suppliers = [supplier.name for supplier in buying.list_suppliers(session, actor)]
    if not medicines:
        empty(say("No medicines yet. Add the first under On hand, Alt+N."))
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        order = _against(orders) if orders else None
        if number_in_address("order") and order is None:
            over = say("This order is over. What comes now is received without an order.")
            st.caption(f":material/check: {over}")
        _delivery_line(medicines, suppliers, order)
    with right:
        arrived.this_delivery(order)


def receiving_dialogs() -> None:
    """The one, if it is open."""
    if asked := opened("stock.known_number"):
        _known_number(*asked)


def _against(orders: Sequence[OrderRecord]) -> OrderRecord | None:
    by_id = {order.order_id: order for order in orders}
    in_address = number_in_address("order")
    key = f"against_{in_address}"

    def chosen() -> None:
        order_id = st.session_state[key]
        show("Receive", **({"order": order_id} if order_id else {}))

    st.selectbox(
        say("Order"),
        list(by_id),
        list(by_id).index(in_address) if in_address in by_id else None,
        lambda order_id: _order_label(by_id[order_id]),
        key=key,
        on_change=chosen,
        placeholder=say("Without an order"),
    )
    return by_id.get(in_address)


def _order_label(order: OrderRecord) -> str:
    lines = sum(line.left > 0 for line in order.lines)
    to_come = say_count(lines, "{count} line to come", "{count} lines to come")
    return " · ".join(filter(None, (order.number, order.supplier, to_come, say("late") if order.is_late else "")))


def _delivery_line(medicines: Sequence[MedicineRecord], suppliers: Sequence[str], order: OrderRecord | None) -> None:
    """The box for a medicine and the form of its batch."""
    form, lines = form_key("receive"), _lines(medicines, order)
    first = number_in_address("receive")
    box = f"{form}_medicine_{first}"
    if first in lines:
        st.session_state.setdefault(box, first)
    again = st.session_state.get(f"{form}_code") if scanning.was_given() else None
    if code := st.session_state.pop(_SCAN, again):
        _take_scan(code, form, box, lines)

    def typed_or_scanned() -> None:
        if isinstance(code := st.session_state[box], str):
            _take_scan(code, form, box, lines)

    chosen = st.selectbox(
        say("Medicine"),
        list(lines),
        index=None,
        format_func=lambda medicine_id: _label(lines[medicine_id]) if medicine_id in lines else str(medicine_id),
        key=box,
        accept_new_options=True,
        on_change=typed_or_scanned,
        placeholder=say("Scan the pack, or type a part of its name"),
    )
    _scan_said(form)
    line = lines.get(chosen) if isinstance(chosen, int) else None
    if scanned := keyboard(search=_next_box(form, box, line), focus_id=f"{form}:{chosen}"):
        st.session_state[_SCAN] = scanned
        st.rerun()
    typed = _pack_form(form, line, order.supplier if order else "", suppliers)
    if typed and line is None:
        st.error(say("Choose the medicine first."), icon=":material/error:")
    elif typed and line:
        with refusals_shown():
            _take_in(line, typed())


def _lines(medicines: Sequence[MedicineRecord], order: OrderRecord | None) -> dict[int, _Line]:
    """By medicine: what the order still lacks, then the rest of it, then what was not ordered."""
    ordered = {line.medicine_id: line for line in order.lines} if order else {}
    supplier = order.supplier if order else ""
    lines = [_Line(medicine, ordered.get(medicine.medicine_id), supplier) for medicine in medicines]
    lines.sort(key=lambda line: (line.ordered is None, line.ordered is not None and not line.ordered.left))
    return {line.medicine.medicine_id: line for line in lines}


def _take_scan(code: str, form: str, box: str, lines: Mapping[int, _Line]) -> None:
    """Before the boxes are drawn: they hold what the code says."""
    scan: Scan | str | None = scanning.look_up(code)
    medicine_id = scan.medicine.medicine_id if isinstance(scan, Scan) and scan.medicine else None
    if isinstance(scan, Scan) and not scan.is_known and (named := _named(code, lines)):
        medicine_id, scan = named, None  # a part of a name and Enter, typed faster than the list opens
    st.session_state[f"{form}_code"], st.session_state[f"{form}_scan"] = code, scan
    st.session_state[box] = medicine_id if medicine_id in lines else None
    if isinstance(scan, Scan) and scan.expires_on:
        st.session_state[f"{form}_number"] = scan.number
        st.session_state[f"{form}_expiry"] = scan.expires_on.strftime("%d/%m/%Y")


def _named(typed: str, lines: Mapping[int, _Line]) -> int | None:
    """The first medicine of the list that has every word in its name."""
    words = typed.lower().split()
    found = (number for number, line in lines.items() if all(word in line.medicine.name.lower() for word in words))
    return next(found, None)


def _scan_said(form: str) -> None:
    scan = st.session_state.get(f"{form}_scan")
    if isinstance(scan, str):
        st.error(scan, icon=":material/error:")
    elif isinstance(scan, Scan) and scan.medicine and scan.medicine.withdrawn:
        st.warning(plain(say("{name} has been withdrawn from the list of medicines.", name=scan.medicine.name)))
    elif isinstance(scan, Scan) and not scan.is_known:
        scanning.unknown(scan)
    elif isinstance(scan, Scan) and scan.batch and not scan.expires_on:
        known = say("Batch {number} is on the books already.", number=plain(scan.batch.number))
        st.caption(f":material/barcode: {known}")


def _next_box(form: str, box: str, line: _Line | None) -> str:
    """The first that is still empty: where the cursor goes."""
    if line is None:
        return box
    if not st.session_state.get(f"{form}_number"):
        return f"{form}_number"
    return f"{form}_quantity_{line.medicine.medicine_id}"


def _pack_form(form: str, line: _Line | None, of_order: str, suppliers: Sequence[str]) -> Callable[[], Delivery] | None:
    """What is printed on the pack and its paper; once sent, a call that reads it, and raises Invalid if it cannot."""
    ordered = line.ordered if line else None
    medicine_id = line.medicine.medicine_id if line else 0
    with st.form(form, border=False):
        left, middle, right = st.columns(3)
        number = left.text_input(say("Batch number"), key=f"{form}_number")
        expiry = middle.text_input(say("Expiry"), placeholder=say("MM/YY or DD/MM/YYYY"), key=f"{form}_expiry")
        several = plain(dosage.counted(2, line.medicine.unit)) if line else ""
        counted = say("Quantity, {units}", units=several) if several else say("Quantity")
        left_to_come = (ordered.left or None) if ordered else None
        with right:
            quantity = units_box(counted, left_to_come, key=f"{form}_quantity_{medicine_id}")
        left, middle, right = st.columns(3)
        agreed = float(ordered.unit_cost) if ordered else None
        cost = left.number_input(
            say("Cost of a unit"), 0.0, value=agreed, step=1.0, format="%.2f", key=f"{form}_cost_{medicine_id}"
        )
        supplier = _supplier(middle, of_order, suppliers)
        note = right.text_input(say("Delivery note"), st.session_state.get(_NOTE, ""), placeholder=say("Its number"))
        sent = st.form_submit_button(
            say("Take into stock"), type="primary", shortcut="Ctrl+Enter", width="stretch", icon=":material/add_box:"
        )

    def read() -> Delivery:
        st.session_state[_NOTE] = note
        printed = barcodes.read(number)  # the whole code, scanned into this box
        if printed.number and printed.expires_on:
            return Delivery(printed.number, whole(quantity), printed.expires_on, amount(cost), None, supplier, note)
        return Delivery(number, whole(quantity), inventory.printed_expiry(expiry), amount(cost), None, supplier, note)

    return read if sent else None


def _supplier(column: st.delta_generator.DeltaGenerator, of_order: str, suppliers: Sequence[str]) -> str:
    if of_order:
        column.text_input(say("Supplier"), of_order, disabled=True)
        return of_order
    last = arrived.lines()[-1].supplier if arrived.lines() else ""  # a delivery comes from one
    chosen = column.selectbox(
        say("Supplier"),
        list(suppliers),
        index=suppliers.index(last) if last in suppliers else None,
        accept_new_options=True,
        placeholder=say("Choose or type"),
    )
    return chosen or ""


def _take_in(line: _Line, delivery: Delivery) -> None:
    try:
        batch = _received(line, delivery)
    except BatchOfAnother as refusal:
        _ask(line, replace(delivery, shares_number=True), refusal, say("Both packs have this number"))
    except DuplicateBatch as refusal:
        if not refusal.may_be_more:
            raise
        _ask(line, replace(delivery, is_more=True), refusal, say("More of the same batch"))
    _done(batch, delivery)


def _ask(line: _Line, confirmed: Delivery, refusal: ClinicError, answer: str) -> NoReturn:
    open_dialog("stock.known_number", (line, confirmed, str(refusal), answer))
    st.rerun()


def _done(batch: BatchRecord, delivery: Delivery) -> None:
    batch = replace(batch, on_hand=delivery.quantity)  # what came, whatever lay there before
    arrived.add(batch)
    st.query_params.pop("receive", None)
    came = units(batch.on_hand, batch.unit)
    flash(say("{units} of {medicine} taken into stock", units=came, medicine=batch.medicine), icon="add_box")


def _received(line: _Line, delivery: Delivery) -> BatchRecord:
    if line.ordered:
        return act("receive", buying.receive, line.ordered.line_id, delivery)
    return act("receive", inventory.receive, line.medicine.medicine_id, delivery)


@dialog(later("This number is on the books"), icon=":material/help:", on_dismiss=close_dialog)
def _known_number(line: _Line, confirmed: Delivery, why: str, answer: str) -> None:
    named = say("**{medicine}**, batch {number}", medicine=plain(line.medicine.name), number=plain(confirmed.number))
    st.markdown(f"{named}, {clinic_day(confirmed.expires_on)}")
    st.warning(plain(why), icon=":material/content_copy:")
    if st.button(answer, type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            batch = _received(line, confirmed)
            close_dialog()
            _done(batch, confirmed)


def _label(line: _Line) -> str:
    medicine, ordered = line.medicine, line.ordered
    if ordered:
        to_come = {"left": ordered.left, "quantity": ordered.quantity}
        return say("{name} ({left:,} of {quantity:,} to come)", name=medicine.name, **to_come)
    other = medicine.generic and medicine.generic.lower() not in medicine.name.lower()
    name = f"{medicine.name} · {medicine.generic}" if other else medicine.name
    if line.supplier:
        return say("{name} ({count:,} on hand, not ordered)", name=name, count=medicine.on_hand)
    return say("{name} ({count:,} on hand)", name=name, count=medicine.on_hand)
