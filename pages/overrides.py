"""Warnings that doctors answered with a reason, month by month: a doctor's own, for an administrator all."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import streamlit as st

from core import clock, prescriptions
from core.permissions import Permission, allowed
from core.prescriptions import Override
from core.words import date_in_words, say, say_count, written
from pages import ui
from pages.ui import file_access
from pages.ui.prescribing import overriding

MOST_COUNTED, PAGE = 8, 50
actor = ui.page(say("Overrides"), Permission.READ_CLINICAL)


def counts(title: str, words: Sequence[str]) -> None:
    """The commonest few, one under the other."""
    lines = [f"{ui.plain(word)} :gray[{written(count)}]" for word, count in Counter(words).most_common(MOST_COUNTED)]
    st.markdown("  \n".join([f"**{title}**", *lines]))


def month_name(month: date) -> str:
    return date_in_words(month, "LLLL y")


def month_chosen() -> date:
    """It stands in the address, so that F5 and a link lead back to it."""
    months = {f"{month:%Y-%m}": month for month in overriding.months(clock.today())}
    chosen = st.selectbox(
        say("Month"), list(months), format_func=lambda word: month_name(months[word]), key="month", bind="query-params",
        label_visibility="collapsed", width=200,
    )  # fmt: skip
    return months[chosen]


month = month_chosen()
file_access.overrides_opened(month)
with ui.reading() as session:
    found: list[Override] = prescriptions.overrides(session, actor, month)
if not found:
    ui.empty(say("No warning was answered with a reason in {month}.", month=month_name(month)), "verified")
    st.stop()
with st.container(horizontal=True, vertical_alignment="center"):
    answered = say_count(len(found), "{count:,} warning answered", "{count:,} warnings answered")
    st.markdown(f"**{answered}**", width="stretch")
    if allowed(actor, Permission.EXPORT):
        overriding.download(month)
left, right = st.columns(2)
with left:
    counts(say("By kind"), [say(overriding.KINDS[one.kind]) for one in found])
with right:
    counts(say("By medicine"), [one.medicine for one in found])
    if len({one.doctor for one in found}) > 1:
        counts(say("By doctor"), [one.doctor for one in found])
pages, key = -(-len(found) // PAGE), f"overrides_page_{month:%Y-%m}"
page = min(st.session_state.get(key, 1), pages)
for one in found[(page - 1) * PAGE : page * PAGE]:
    overriding.answered(one)
if pages > 1:
    st.pagination(pages, key=key)
