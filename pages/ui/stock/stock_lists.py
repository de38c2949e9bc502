"""What lies on the shelves, what runs low and what expires: the parts of Stock in which one looks."""

from collections import Counter
from decimal import Decimal

import streamlit as st

from core import inventory
from core.inventory import StockState
from core.words import later, say
from pages.ui import scanning
from pages.ui.dialog import open_dialog
from pages.ui.keyboard import keyboard
from pages.ui.keys import STOCK
from pages.ui.office import samples
from pages.ui.session import current_actor
from pages.ui.show import empty, money, plain
from pages.ui.stock import shelf
from pages.ui.stock.stock_address import open_medicine
from pages.ui.stock.stock_table import stock_table
from pages.ui.work import reading

LOW = {
    StockState.SOLD_OUT: later("{count:,} sold out"),
    StockState.NONE_YET: later("{count:,} never received"),
    StockState.LOW: later("{count:,} at or below their reorder level"),
    StockState.RUNNING_OUT: later("{count:,} used up before an order of today arrives"),
}


def on_hand() -> None:
    actor = current_actor()
    with reading() as session:
        levels = inventory.stock_on_hand(session, actor)
    box, new = st.columns([5, 2], vertical_alignment="bottom")
    term = box.text_input(
        say("Find a medicine"),
        key="find_medicine",
        live=True,
        icon=":material/search:",
        placeholder=say("Name, batch number or barcode, or a scan"),
    )
    if new.button(say("New medicine"), icon=":material/add:", shortcut=STOCK["new"].keys, width="stretch"):
        open_dialog("stock.add")
    scanned = keyboard(search="find_medicine", focus_id="find_medicine")
    found = [level for level in levels if all(word in level.name.lower() for word in term.lower().split())]
    if scanned or not found:
        meant = scanning.medicines_meant(scanned or term, scanned=bool(scanned))
        if scanned and len(meant) == 1:
            open_medicine(meant.pop())
            st.rerun()
        found = [level for level in levels if level.medicine_id in meant]
    if not found and not scanned:
        none = say("No medicine of this name. Alt+N adds it.")
        empty(none if levels else say("No medicines yet. Alt+N adds the first."))
    if not levels:
        samples.offer(samples.MEDICINES)
        samples.dialogs()
    if not found:
        return
    worth = sum((level.value for level in found), Decimal(0))
    st.caption(
        say(
            "{found:,} of {all:,} medicines · usable stock worth {worth} at cost",
            found=len(found),
            all=len(levels),
            worth=plain(money(worth)),
        )
    )
    stock_table(found, "open_on_hand", open_medicine)


def running_low() -> None:
    actor = current_actor()
    with reading() as session:
        levels = inventory.low_stock(session, actor)
    if not levels:
        empty(say("Nothing runs low."), "check")
        return
    often = Counter(level.state for level in levels)
    st.caption(", ".join(say(words, count=often[state]) for state, words in LOW.items() if often[state]))
    stock_table(levels, "open_low", open_medicine)


def expiring() -> None:
    days = st.segmented_control(
        say("Within"), [30, 60, 90, 180], default=90, required=True, key="within",
        format_func=lambda days: say("{days} days", days=days),
    )  # fmt: skip
    actor = current_actor()
    with reading() as session:
        batches = inventory.expiring(session, actor, days)
    shelf.at_risk(batches, days)
