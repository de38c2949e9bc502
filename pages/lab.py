"""The analyst's lab: a cohort by clicks, what it counts, and the code that counted it."""

import streamlit as st

from core.permissions import Permission
from core.words import later, say
from pages import ui
from pages.ui.figures import cohort, cohort_result, dashboard, dictionary_table
from pages.ui.links import chosen_by_address

actor = ui.page(say("Analyst lab"), Permission.ANALYSE)


def counted() -> None:
    view = dashboard.filters(comparable=False)
    frames = cohort.frames_of(view)
    if frames["visits"].empty:
        dashboard.nothing_to_show(say("visits"), view)
    left, right = st.columns([4, 7], gap="large")
    with left:
        chosen = cohort.choices(view, frames)
    with right:
        cohort_result.counted(chosen, frames, view)


PARTS = {later("Cohort"): counted, later("Data dictionary"): dictionary_table.dictionary}
chosen_by_address("part", list(PARTS))
part = st.segmented_control(
    say("View"),
    list(PARTS),
    default=next(iter(PARTS)),
    format_func=say,
    required=True,
    key="part",
    bind="query-params",
    label_visibility="collapsed",
)
PARTS[part]()
