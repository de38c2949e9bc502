"""Taking a delivery in, line by line: type the medicine, then what is printed on the pack, Enter, the next one."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st

from core import inventory
from core.inventory import BatchRecord, Delivery, MedicineRecord
from pages.ui.keyboard import keyboard
from pages.ui.messages import flash
from pages.ui.numbers import amount, whole
from pages.ui.session import current_actor
from pages.ui.shelf import units
from pages.ui.show import clinic_day, empty, money, plain
from pages.ui.stock_address import number_in_address
from pages.ui.work import act, form_key, reading, refusals_shown


def receive() -> None:
    actor = current_actor()
    with reading() as session:
        medicines, suppliers = inventory.list_medicines(session, actor), inventory.list_suppliers(session, actor)
    if not medicines:
        empty("No medicines yet. Add the first under On hand, Alt+N.")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        delivery_line(medicines, suppliers, first=number_in_address("receive"))
    with right:
        this_delivery()


def delivery_line(medicines: Sequence[MedicineRecord], suppliers: Sequence[str], first: int | None) -> None:
    """The box for a medicine and the form of its batch. `first` is the medicine to begin with, if it is known."""
    names = {medicine.medicine_id: medicine for medicine in medicines}
    box = f"receive_{len(_received())}"
    chosen = st.selectbox(
        "Medicine",
        list(names),
        index=list(names).index(first) if first in names and not _received() else None,
        format_func=lambda medicine_id: _label(names[medicine_id]),
        key=box,
        placeholder="Type a part of its name",
    )
    medicine = names.get(chosen) if chosen else None
    form = form_key("receive")
    here = f"{form}_number" if medicine else box  # chosen by Enter: on to what is printed on the pack
    keyboard(search=here, focus_id=f"{here}:{chosen}")
    typed = _pack_form(form, units(2, medicine.unit).removeprefix("2 ") if medicine else "", suppliers)
    if typed and medicine is None:
        st.error("Choose the medicine first.", icon=":material/error:")
    elif typed and medicine:
        with refusals_shown():
            batch = act("receive", inventory.receive, medicine.medicine_id, typed())
            st.session_state["received"] = [*_received(), batch]
            flash(f"{units(batch.on_hand, batch.unit)} of {batch.medicine} taken into stock", icon="add_box")


def _pack_form(form: str, unit: str, suppliers: Sequence[str]) -> Callable[[], Delivery] | None:
    """What is printed on the pack and its paper; once sent, a call that reads it, and raises Invalid if it cannot."""
    with st.form(form, border=False):
        left, middle, right = st.columns(3)
        number = left.text_input("Batch number", key=f"{form}_number")
        expiry = middle.text_input("Expiry", placeholder="MM/YY or DD/MM/YYYY")
        counted = f"Quantity, {unit}" if unit else "Quantity"
        quantity = right.number_input(counted, 0, value=None, step=1, key=f"{form}_quantity")
        left, right = st.columns([1, 2])
        cost = left.number_input("Cost of a unit", 0.0, value=None, step=1.0, format="%.2f")
        supplier = right.selectbox(
            "Supplier",
            list(suppliers),
            index=_last(suppliers),
            accept_new_options=True,
            placeholder="Choose or type a new one",
        )
        sent = st.form_submit_button(
            "Take into stock", type="primary", shortcut="Ctrl+Enter", width="stretch", icon=":material/add_box:"
        )

    def read() -> Delivery:
        last_day = inventory.printed_expiry(expiry)
        return Delivery(number, whole(quantity), last_day, amount(cost), supplier=supplier or "")

    return read if sent else None


def this_delivery() -> None:
    """What was taken in since the pharmacist began, to hold against the supplier's paper."""
    lines = _received()
    st.subheader("This delivery", anchor=False)
    if not lines:
        empty("Each line taken in appears here, with the total to hold against the supplier's bill.", "receipt_long")
        return
    for batch in reversed(lines):
        what, cost = units(batch.on_hand, plain(batch.unit)), money(batch.on_hand * batch.unit_cost)
        facts = plain(f"{batch.number} · expires {clinic_day(batch.expires_on)} · {batch.supplier or 'no supplier'}")
        with st.container(border=True):
            st.markdown(f"**{what}** {plain(batch.medicine)}, **{plain(cost)}**  \n:small[:gray[{facts}]]")
    total = sum((batch.on_hand * batch.unit_cost for batch in lines), Decimal(0))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(lines)} {'line' if len(lines) == 1 else 'lines'}, {plain(money(total))} at cost**")
        st.space("stretch")
        if st.button("Begin another", icon=":material/restart_alt:", type="tertiary"):
            st.session_state["received"] = []
            st.rerun()


def _received() -> list[BatchRecord]:
    received: list[BatchRecord] = st.session_state.get("received", [])
    return received


def _last(suppliers: Sequence[str]) -> int | None:
    """The supplier of the line before: a delivery comes from one."""
    last = _received()[-1].supplier if _received() else ""
    return suppliers.index(last) if last in suppliers else None


def _label(medicine: MedicineRecord) -> str:
    generic = (
        f" · {medicine.generic}" if medicine.generic and medicine.generic.lower() not in medicine.name.lower() else ""
    )
    return f"{medicine.name}{generic} ({medicine.on_hand:,} on hand)"
