"""The pharmacy's shelves: what there is, runs low or expires, deliveries, and every medicine with its batches."""

from decimal import Decimal

import streamlit as st

from core import inventory
from core.permissions import Permission
from pages import ui
from pages.ui import medicine_form, receiving, shelf
from pages.ui.stock_table import stock_table

actor = ui.page("Stock", Permission.MANAGE_STOCK)


def show(view: str, **more: int) -> None:
    """Which part of the page is seen stands in the address, so that a link or F5 leads back to it."""
    st.query_params.from_dict({"view": view, **{name: str(value) for name, value in more.items()}})


def number_in_address(name: str) -> int:
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() else 0


def open_medicine(medicine_id: int) -> None:
    show(view, medicine=medicine_id)


def on_hand() -> None:
    with ui.reading() as session:
        levels = inventory.stock_on_hand(session, actor)
    box, new = st.columns([5, 2], vertical_alignment="bottom")
    term = box.text_input(
        "Find a medicine", key="find_medicine", live=True, icon=":material/search:", placeholder="Name  —  press /"
    )
    if new.button("New medicine", icon=":material/add:", shortcut="Alt+N", width="stretch"):
        ui.open_dialog("stock.add")
    ui.keyboard(search="find_medicine", focus_id="find_medicine")
    found = [level for level in levels if all(word in level.name.lower() for word in term.lower().split())]
    if not found:
        ui.empty("No medicine of this name. Alt+N adds it." if term else "No medicines yet. Alt+N adds the first.")
        return
    worth = sum((level.value for level in found), Decimal(0))
    st.caption(f"{len(found):,} of {len(levels):,} medicines · usable stock worth {ui.plain(ui.money(worth))} at cost")
    stock_table(found, "open_on_hand", open_medicine)


def running_low() -> None:
    with ui.reading() as session:
        levels = inventory.low_stock(session, actor)
    if not levels:
        ui.empty("Nothing runs low.", "check")
        return
    sold_out = sum(level.on_hand == 0 for level in levels)
    st.caption(f"{len(levels):,} at or below their reorder level, {sold_out:,} of them sold out")
    stock_table(levels, "open_low", open_medicine)


def expiring() -> None:
    days = st.segmented_control(
        "Within", [30, 60, 90, 180], default=90, required=True, format_func=lambda n: f"{n} days", key="within"
    )
    with ui.reading() as session:
        batches = inventory.expiring(session, actor, days)
    shelf.at_risk(batches, days)


def receive() -> None:
    with ui.reading() as session:
        medicines, suppliers = inventory.list_medicines(session, actor), inventory.list_suppliers(session, actor)
    if not medicines:
        ui.empty("No medicines yet. Add the first under On hand, Alt+N.")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        receiving.delivery_line(medicines, suppliers, first=number_in_address("receive"))
    with right:
        receiving.this_delivery()


def one_medicine(medicine_id: int) -> None:
    with ui.reading() as session:
        medicine = inventory.get_medicines(session, actor, [medicine_id]).get(medicine_id)
        batches = inventory.batches(session, actor, medicine_id)
        movements = inventory.movements(session, actor, medicine_id=medicine_id)
    st.button("All medicines", icon=":material/arrow_back:", type="tertiary", on_click=show, args=(view,))
    if medicine is None:
        ui.empty("There is no such medicine.")
        return
    shelf.heading(medicine)
    shelf.actions(medicine, receive=lambda: show("Receive", receive=medicine_id))
    st.subheader("Batches", anchor=False)
    shelf.batch_list(batches)
    st.subheader("Bin card", anchor=False)
    shelf.bin_card(movements)


PARTS = {"On hand": on_hand, "Running low": running_low, "Expiring": expiring, "Receive": receive}
VIEWS = list(PARTS)
view = st.query_params.get("view", VIEWS[0])
view = view if view in PARTS else VIEWS[0]


def switched() -> None:
    show(st.session_state[f"view:{view}"])


st.segmented_control(
    "View", VIEWS, default=view, required=True, key=f"view:{view}", on_change=switched, label_visibility="collapsed"
)
if medicine_id := number_in_address("medicine"):
    one_medicine(medicine_id)
else:
    PARTS[view]()
medicine_form.medicine_dialogs()
shelf.shelf_dialogs()
