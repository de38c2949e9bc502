"""One medicine, opened from a list of Stock: its batches, and every unit of it that came or went."""

import streamlit as st

from core import inventory
from core.words import say
from pages.ui.session import current_actor
from pages.ui.show import empty
from pages.ui.stock import shelf
from pages.ui.stock.bin_card import bin_card
from pages.ui.stock.stock_address import part_in_address, show
from pages.ui.work import reading


def one_medicine(medicine_id: int) -> None:
    actor = current_actor()
    with reading() as session:
        medicine = inventory.get_medicines(session, actor, [medicine_id]).get(medicine_id)
        batches, paces = inventory.batches(session, actor, medicine_id), inventory.paces(session, medicine_id)
    back = part_in_address()
    st.button(say("All medicines"), icon=":material/arrow_back:", type="tertiary", on_click=show, args=(back,))
    if medicine is None:
        empty(say("There is no such medicine."))
        return
    shelf.heading(medicine, paces[medicine_id])
    shelf.actions(medicine, receive=lambda: show("Receive", receive=medicine_id))
    st.subheader(say("Batches"), anchor=False)
    shelf.batch_list(batches)
    st.subheader(say("Bin card"), anchor=False)
    bin_card(medicine_id)
