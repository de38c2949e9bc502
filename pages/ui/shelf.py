"""A medicine's batches and their bin card, with the corrections a pharmacist makes on the shelf."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st

from core import inventory
from core.inventory import BatchRecord, BatchState, Expiring, MedicineRecord, MovementReason, MovementRecord
from core.spreadsheet import harmless
from pages.ui.dialog import close_dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.numbers import whole
from pages.ui.show import badge, clinic_day, empty, moment, money, plain
from pages.ui.work import act, form_key, refusals_shown

SOON_DAYS = 30
REASONS = {
    MovementReason.RECEIVED: "Received",
    MovementReason.DISPENSED: "Handed over",
    MovementReason.RETURNED: "Returned",
    MovementReason.ADJUSTED: "Corrected",
    MovementReason.EXPIRED: "Written off",
}


def units(count: int, unit: str) -> str:
    """ "1 tablet", "40 tablets", "2 boxes"."""
    more = "es" if unit.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{count:,} {unit}{'' if abs(count) == 1 or not unit else more}"


def heading(medicine: MedicineRecord) -> None:
    """What the medicine is, in one line, and how much of it there is."""
    facts = [medicine.generic, medicine.strength, medicine.form.capitalize(), f"{money(medicine.price)} each"]
    facts += [f"{medicine.tax_percent.normalize():f} % tax"] if medicine.tax_percent else []
    marks = " :violet-badge[:material/lock: Controlled]" if medicine.is_controlled else ""
    marks += " :gray-badge[:material/delete: Withdrawn]" if medicine.withdrawn else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"### {plain(medicine.name)}{marks}\n:gray[{plain(' · '.join(fact for fact in facts if fact))}]")
        st.space("stretch")
        st.metric("On hand", units(medicine.on_hand, medicine.unit), width="content")
        st.metric("Reorder at", f"{medicine.reorder_level:,}", width="content")


def actions(medicine: MedicineRecord, receive: Callable[[], None]) -> None:
    """What may be done with the medicine itself. `receive` is called before the page runs again."""
    with st.container(horizontal=True):
        if medicine.withdrawn:
            _reinstate(medicine)
            return
        st.button("Receive delivery", icon=":material/add_box:", on_click=receive)
        st.button("Change", icon=":material/edit:", on_click=open_dialog, args=["stock.change", medicine])
        st.button("Withdraw", icon=":material/delete:", on_click=open_dialog, args=["stock.withdraw", medicine])


def _reinstate(medicine: MedicineRecord) -> None:
    name = f"reinstate_{medicine.medicine_id}"
    if st.button("Take back the withdrawal", key=form_key(name), icon=":material/undo:"):
        with refusals_shown():
            act(name, inventory.reinstate, medicine.medicine_id)
            flash(f"{medicine.name} is offered again", icon="undo")


def at_risk(batches: Sequence[Expiring], days: int) -> None:
    """What expired and what soon will, with the money that lies in it."""
    expired, soon = [row for row in batches if row.days_left < 0], [row for row in batches if row.days_left >= 0]
    left, right = st.columns(2)
    left.metric("Expired, to be written off", money(_cost(expired)), border=True)
    right.metric(f"At risk within {days} days", money(_cost(soon)), border=True)
    if not batches:
        empty(f"Nothing has expired, and nothing will within {days} days.", "check")
    for title, rows in (("Expired", expired), ("Expiring", soon)):
        if rows:
            st.subheader(title, anchor=False)
        for row in rows:
            _risk_row(row)


def batch_list(batches: Sequence[BatchRecord]) -> None:
    """What lies on the shelf, a row per batch; batches used up are folded away."""
    used_up = [batch for batch in batches if batch.state is BatchState.USED_UP]
    if not batches:
        empty("No batch yet. Receive a delivery to put some on the shelf.", "inventory_2")
    for batch in batches:
        if batch not in used_up:
            _row(batch)
    if used_up:
        with st.expander(f"Used up ({len(used_up)})", icon=":material/inventory_2:"):
            for batch in used_up:
                _row(batch)


def bin_card(movements: Sequence[MovementRecord]) -> None:
    """Every unit that came or went, the newest first."""
    numbers = list(dict.fromkeys(movement.batch_number for movement in movements))
    chosen = st.selectbox("Batch", ["All batches", *numbers], width=260) if len(numbers) > 1 else "All batches"
    shown = [movement for movement in movements if chosen in ("All batches", movement.batch_number)]
    rows = [{name: harmless(value) for name, value in _movement(movement).items()} for movement in shown]
    if not rows:
        empty("Nothing has come or gone yet.", "swap_vert")
        return
    signed = {
        "Change": st.column_config.NumberColumn(format="%+d"),
        "Note": st.column_config.TextColumn(width="medium"),
    }
    st.dataframe(rows, hide_index=True, column_config=signed, alt="Movements of this medicine, the newest first")


@st.dialog("Correct a batch", icon=":material/rule:", on_dismiss=close_dialog)
def adjust(batch: BatchRecord) -> None:
    """Count, and say why it differs. The difference is corrected, so that what moves meanwhile stays right."""
    name = f"adjust_{batch.batch_id}"
    st.markdown(
        f"**{plain(batch.medicine)}**, batch {plain(batch.number)}  \nThe books say {units(batch.on_hand, batch.unit)}."
    )
    with st.form(form_key(name), border=False):
        counted = st.number_input("Counted on the shelf", 0, value=None, step=1, placeholder=str(batch.on_hand))
        note = st.text_input("Why", placeholder="Counted again, broken, found behind the shelf …")
        sent = st.form_submit_button("Correct", type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        difference = 0 if counted is None else whole(counted) - batch.on_hand
        with refusals_shown():
            corrected = act(name, inventory.adjust, batch.batch_id, difference, note)
            close_dialog()
            flash(f"Batch {batch.number}: {units(corrected.on_hand, batch.unit)} on hand", icon="rule")


@st.dialog("Write off an expired batch", icon=":material/delete:", on_dismiss=close_dialog)
def write_off(batch: BatchRecord) -> None:
    name = f"write_off_{batch.batch_id}"
    st.markdown(
        f"**{plain(batch.medicine)}**, batch {plain(batch.number)}, expired on {clinic_day(batch.expires_on)}.  \n"
        f"{units(batch.on_hand, batch.unit)} leave the books: {plain(money(batch.on_hand * batch.unit_cost))} lost."
    )
    st.caption("Take them off the shelf now. This cannot be taken back.")
    if st.button("Write off", key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, inventory.write_off_expired, batch.batch_id)
            close_dialog()
            flash(f"Batch {batch.number} written off", icon="delete")


def shelf_dialogs() -> None:
    """Whichever of them is open."""
    if batch := opened("stock.adjust"):
        adjust(batch)
    if batch := opened("stock.write_off"):
        write_off(batch)


def _row(batch: BatchRecord) -> None:
    came = f"{clinic_day(batch.received_on)}{f' from {batch.supplier}' if batch.supplier else ''}"
    facts = f"Received {came} · {money(batch.unit_cost)} each"
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(batch.number)}** {badge(batch.state)}  \n:small[:gray[{plain(facts)}]]")
        st.space("stretch")
        st.markdown(
            f"**{units(batch.on_hand, plain(batch.unit))}**  \n:small[:gray[Expires {clinic_day(batch.expires_on)}]]",
            text_alignment="right",
            width="content",
        )
        if batch.state is BatchState.EXPIRED:
            _ask_write_off(batch)
        else:
            key, icon = f"ask_adjust_{batch.batch_id}", ":material/rule:"
            st.button("Correct", key=key, icon=icon, on_click=open_dialog, args=["stock.adjust", batch])


def _ask_write_off(batch: BatchRecord) -> None:
    key, icon = f"ask_write_off_{batch.batch_id}", ":material/delete:"
    st.button("Write off", key=key, icon=icon, on_click=open_dialog, args=["stock.write_off", batch])


def _risk_row(row: Expiring) -> None:
    batch = row.batch
    come_from = f" from {batch.supplier}" if batch.supplier else ""
    facts = f"Batch {batch.number}{come_from} · {clinic_day(batch.expires_on)}"
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(batch.medicine)}** {_days(row.days_left)}  \n:small[:gray[{plain(facts)}]]")
        st.space("stretch")
        left = units(batch.on_hand, plain(batch.unit))
        st.markdown(
            f"**{plain(money(row.at_risk))}**  \n:small[:gray[{left}]]", text_alignment="right", width="content"
        )
        if row.days_left < 0:
            _ask_write_off(batch)


def _days(left: int) -> str:
    """How long a batch may still be used, in colour, icon and words."""
    span = "1 day" if abs(left) == 1 else f"{abs(left):,} days"
    if left < 0:
        return f":red-badge[:material/event_busy: Expired {span} ago]"
    colour = "orange" if left <= SOON_DAYS else "gray"
    return (
        f":{colour}-badge[:material/schedule: {span} left]" if left else ":orange-badge[:material/schedule: Last day]"
    )


def _cost(batches: Sequence[Expiring]) -> Decimal:
    return sum((row.at_risk for row in batches), Decimal(0))


def _movement(movement: MovementRecord) -> dict[str, object]:
    return {
        "When": moment(movement.moved_at),
        "What": REASONS[movement.reason],
        "Batch": movement.batch_number,
        "Change": movement.change,
        "Left in batch": movement.on_hand_after,
        "Note": movement.note,
        "By": movement.moved_by,
    }
