"""The administrator brings in what another program exported; nothing is written before it has been looked at."""

import streamlit as st

from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.office import import_job, importing

actor = ui.page(say("Import"), Permission.IMPORT)
if import_job.imports.at_work():
    importing.under_way()
    st.stop()
importing.last(actor)
importing.from_file(*importing.choose())
