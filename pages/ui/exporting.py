"""A list that can be taken away: which one, of which days, its first rows, and the two buttons."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import streamlit as st

from core import clock, exports
from core.exports import List, Rows
from core.spreadsheet import MIME
from core.words import later, say
from pages.ui.show import clinic_day, plain, table
from pages.ui.taking import taken

LABELS = {".csv": "CSV", ".xlsx": later("Excel")}
TODAY, OTHER = later("Today"), later("Other days")
BEGINNING = date(2000, 1, 1)  # before anything in the program
AHEAD = timedelta(days=366)  # appointments are made at most this far


def choose(lists: Sequence[List]) -> List:
    names = {known.name: known for known in lists}
    name = st.segmented_control(
        say("List"), list(names), default=next(iter(names)), required=True, key="export_list",
        format_func=lambda name: names[name].title, label_visibility="collapsed",
    )  # fmt: skip
    st.caption(names[name].about)
    return names[name]


def period(known: List) -> tuple[date, date]:
    """First and last day, both included. What has no period is as it is today."""
    today = clock.today()
    if not known.period:
        return today, today
    spans = _spans(today)
    usual = say("All") if known.name == "patients" else say("This month")
    word = st.segmented_control(
        say("Day {period}", period=known.period),
        [*spans, OTHER],
        default=usual,
        required=True,
        key=f"period_{known.name}",
    )
    if word != OTHER:
        return spans[word]
    chosen = st.date_input(say("From and to"), spans["This month"], key=f"days_{known.name}", format="DD.MM.YYYY")
    return (chosen[0], chosen[-1]) if isinstance(chosen, tuple) and chosen else (today, today)


def show(known: List, start: Rows, rows: int, first: date, last: date) -> None:
    days = f"{clinic_day(first)} to {clinic_day(last)}" if known.period and first > BEGINNING else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        told = say("**{rows:,} row{part}**", rows=rows, part="" if rows == 1 else "s") + (
            f" :gray[{plain(days)}]" if days else ""
        )
        st.markdown(told, width="stretch")
        if 0 < rows <= exports.MOST_ROWS:
            for kind in exports.KINDS:
                _button(known, kind, first, last)
    if rows > exports.MOST_ROWS:
        st.warning(str(exports.TooManyRows(rows)), icon=":material/unfold_less:")
    shown = [{c.name: _shown(value) for c, value in zip(start.columns, row, strict=True)} for row in start.rows]
    amounts = {c.name: _amount(c.pattern) for c in start.columns if "#" in c.pattern}
    table(shown, say("Nothing in this list") + (say(" on these days.") if known.period else "."), columns=amounts)
    if rows > len(shown):
        st.caption(say("The first {shown} rows. The file has all {rows:,}.", shown=len(shown), rows=rows))
    st.caption(say("Who took which list away, and when, is kept in the clinic's records."))


def made(token: str, name: str, first: date, last: date, kind: str) -> bytes:
    """The file, made when it is asked for."""
    return taken(token, exports.take, name, first, last, kind).as_file(kind)


def _button(known: List, kind: str, first: date, last: date) -> None:
    token = st.session_state["token"]
    span = f"-{first}-to-{last}" if known.period and first > BEGINNING else f"-{clock.today()}"
    st.download_button(
        LABELS[kind], lambda: made(token, known.name, first, last, kind), f"qure-{known.name}{span}{kind}",
        MIME[kind], on_click="ignore", icon=":material/download:", key=f"take_{known.name}{kind}",
    )  # fmt: skip


def _spans(today: date) -> dict[str, tuple[date, date]]:
    month = today.replace(day=1)
    next_month = (month + timedelta(days=31)).replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    day = timedelta(days=1)
    return {
        TODAY: (today, today),
        say("This month"): (month, next_month - day),
        say("Last month"): (last_month, month - day),
        say("This year"): (today.replace(month=1, day=1), today.replace(month=12, day=31)),
        say("All"): (BEGINNING, today + AHEAD),
    }


def _shown(value: object) -> object:
    """A column of a table is of one kind: numbers, or text."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, date) else value


def _amount(pattern: str) -> object:
    """Money with as many decimals as a spreadsheet shows."""
    return st.column_config.NumberColumn(format=f"%.{len(pattern.partition('.')[2])}f")
