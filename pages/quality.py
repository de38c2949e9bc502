"""Data quality: what is missing, contradictory or left lying, worst first, with the way to each record."""

import streamlit as st

from core import quality
from core.permissions import Permission, allowed
from core.quality import Check
from core.words import say
from pages import ui
from pages.ui import file_access
from pages.ui.office import quality_list, quality_scores

actor = ui.page(say("Data quality"))
MOST_SHOWN = 50


def show(name: str | None) -> None:
    """Which check is open stands in the address, so that a link or F5 leads back to it."""
    st.query_params.from_dict({"check": name} if name else {})


def overview() -> None:
    with ui.reading() as session:
        scores = quality.scoreboard(session, actor)
    quality_scores.scoreboard(scores, actor, show)


def one(check: Check) -> None:
    with ui.reading() as session:
        score = next((score for score in quality.scoreboard(session, actor) if score.check == check), None)
        may_see = allowed(actor, check.sees)
        found = quality.records(session, actor, check, MOST_SHOWN) if may_see else []
    if found and check.sees is Permission.READ_CLINICAL:
        file_access.list_opened(f"data quality: {check.title}")
    st.button(say("All checks"), icon=":material/arrow_back:", type="tertiary", on_click=show, args=[None])
    if score is None:
        ui.empty(say("This check is not for your role."), "block")
        return
    quality_scores.heading(score)
    if not score.found:
        ui.empty(say("Nothing to mend here."), "check")
    elif not may_see:
        ui.empty(
            say("You may not {sees}: you see how many there are, and others mend them.", sees=say(check.sees)),
            "visibility_off",
        )
    else:
        quality_list.records(actor, check, found)
        if score.found > len(found):
            st.caption(say("And {number:,} more: they follow as these are mended.", number=score.found - len(found)))


names = {check.name: check for check in quality.CHECKS}
opened = names.get(st.query_params.get("check", ""))
if opened:
    one(opened)
else:
    overview()
quality_list.dialogs()
