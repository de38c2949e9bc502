"""The scoreboard: every check as a row, worst first; those that found nothing together at the end."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.permissions import Actor, allowed
from core.quality import Score
from core.words import say, written
from pages.ui.show import empty

MANY = 0.05  # of what was looked at: from here on it is red


def scoreboard(scores: Sequence[Score], actor: Actor, choose: Callable[[str], None]) -> None:
    """`choose` is called with the name of the check that was clicked, before the page runs again."""
    bad, good = [score for score in scores if score.found], [score for score in scores if not score.found]
    records = sum(score.found for score in bad)
    if bad:
        st.caption(
            say(
                "{records:,} to mend, found by {bad} of {all} checks. Counted now, worst first.",
                records=records,
                bad=len(bad),
                all=len(scores),
            )
        )
    else:
        empty(say("Nothing to mend: every check is clean."), "verified")
    for score in bad:
        _row(score, actor, choose)
    if good:
        st.subheader(say("In order"), anchor=False)
        with st.container(border=True, gap="xsmall"):
            for score in good:
                st.markdown(
                    f":green[:material/check_circle:] {say(score.check.title)} :small[:gray[· {_share(score)}]]"
                )


def heading(score: Score) -> None:
    st.subheader(say(score.check.title), anchor=False)
    st.markdown(f"{_badge(score)} :small[:gray[{_share(score)}]]  \n{say(score.check.why)}")


def _row(score: Score, actor: Actor, choose: Callable[[str], None]) -> None:
    sees = allowed(actor, score.check.sees)
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        title = f"**{say(score.check.title)}** {_badge(score)} :small[:gray[{_share(score)}]]"
        st.markdown(f"{title}  \n:small[{say(score.check.why)}]", width="stretch")
        if sees:
            key, icon = f"open_{score.check.name}", ":material/chevron_right:"
            st.button(say("Mend"), key=key, icon=icon, icon_position="right", on_click=choose, args=[score.check.name])


def _badge(score: Score) -> str:
    if not score.found:
        return say(":green-badge[:material/check: None]")
    colour, icon = ("red", "error") if score.share >= MANY else ("orange", "warning")
    return f":{colour}-badge[:material/{icon}: {written(score.found)}]"


def _share(score: Score) -> str:
    """ "0.8 % of 12,345 completed visits"."""
    if not score.among:
        return say("nothing to look at yet")
    percent = 100 * score.share
    told = f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %" if percent >= 0.1 else say("under 0.1 %")
    among = {"number": score.among, "what": say(score.check.of_what)}
    if score.found:
        return say("{percent} of {number:,} {what}", percent=told, **among)
    return say("none of {number:,} {what}", **among)
