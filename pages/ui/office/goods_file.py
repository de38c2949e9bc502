"""A whole delivery as the supplier's file: looked at first, then taken into stock, all or nothing."""

import streamlit as st

from core.words import say
from pages.ui.office import import_job, importing
from pages.ui.office.import_kinds import KINDS
from pages.ui.session import current_actor


def goods_file() -> None:
    if import_job.imports.at_work():
        importing.under_way()
        return
    importing.last(current_actor())
    st.caption(
        say("A row is a batch: the medicine as it is called here, batch number, expiry, quantity, cost, supplier.")
    )
    importing.from_file(KINDS["batches"])
