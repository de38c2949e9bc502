"""Trail: who did what to which record and when, newest first, by period, person, kind of work and record."""

import streamlit as st

from core import audit_trail
from core.errors import ClinicError
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.office import trail_filters, trail_lines

actor = ui.page(say("Trail"), Permission.SEE_TRAIL)

with ui.reading() as session:
    people = audit_trail.people(session, actor)
    state = audit_trail.state(session, actor)
trail_lines.head(state)
ui.found_by_address("trail_record")
filters = trail_filters.chosen(people)
seen = trail_filters.pages_seen(filters)
try:
    with ui.reading() as session:
        lines = audit_trail.search(session, actor, filters, before=seen[-1], most=audit_trail.PAGE + 1)
except ClinicError as refusal:
    ui.empty(ui.plain(str(refusal)), "search_off")
    st.stop()
trail_lines.over(lines, filters, first_page=len(seen) == 1)
for line in lines[: audit_trail.PAGE]:
    trail_lines.line(actor, line)
trail_filters.turn(seen, lines)
