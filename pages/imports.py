"""The administrator brings in what another program exported; nothing is written before it has been looked at."""

import streamlit as st

from core.permissions import Permission
from pages import ui
from pages.ui import import_job, importing

actor = ui.page("Import", Permission.IMPORT)
if import_job.at_work():
    importing.progress()
    st.stop()
importing.last(actor)
kind = importing.choose()
chosen = importing.upload(kind)
if chosen:
    with ui.refusals_shown():
        file_id, data = chosen
        importing.show(kind, data, importing.looked_at(kind, file_id, data, importing.leaves_out(file_id)))
