"""A list that can be taken away: which one, of which days, its first rows, and the two buttons."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import streamlit as st

from core import clock, exports
from core.exports import List, Rows
from core.spreadsheet import DAY, MIME, MOMENT
from core.words import later, say, say_count
from pages.ui.figures.dashboard_tables import table_days, table_moments
from pages.ui.show import clinic_day, plain, table
from pages.ui.spans import EVERYTHING, OWN, own_dates
from pages.ui.taking import taken

LABELS = {".csv": "CSV", ".xlsx": later("Excel")}
TODAY, MONTH = later("Today"), later("This month")
LAST_MONTH, YEAR = later("Last month"), later("This year")
BEGINNING = date(2000, 1, 1)  # before anything in the program
AHEAD = timedelta(days=366)  # appointments are made at most this far


def choose(lists: Sequence[List]) -> List:
    names = {known.name: known for known in lists}
    name = st.segmented_control(
        say("List"), list(names), default=next(iter(names)), required=True, key="export_list",
        format_func=lambda name: say(names[name].title), label_visibility="collapsed",
    )  # fmt: skip
    st.caption(say(names[name].about))
    return names[name]


def period(known: List) -> tuple[date, date]:
    """First and last day, both included. What has no period is as it is today."""
    today = clock.today()
    if not known.period:
        return today, today
    spans = _spans(today)
    word = st.segmented_control(
        say(known.period),
        [*spans, OWN],
        default=EVERYTHING if known.name == "patients" else MONTH,
        format_func=say,
        required=True,
        key=f"period_{known.name}",
    )
    if word != OWN:
        return spans[word]
    return own_dates(f"days_{known.name}", spans[MONTH])


def show(known: List, start: Rows, rows: int, first: date, last: date) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_how_many(known, rows, first, last), width="stretch")
        if 0 < rows <= exports.MOST_ROWS:
            for kind in exports.KINDS:
                _button(known, kind, first, last)
    if rows > exports.MOST_ROWS:
        st.warning(str(exports.TooManyRows(rows)), icon=":material/unfold_less:")
    shown = [{c.name: _shown(value) for c, value in zip(start.columns, row, strict=True)} for row in start.rows]
    shown_as = {c.name: how for c in start.columns if (how := _column(c.pattern))}  # None would hide it
    nothing = say("Nothing in this list on these days.") if known.period else say("Nothing in this list.")
    table(shown, nothing, columns=shown_as)
    if rows > len(shown):
        st.caption(say("The first {shown} rows. The file has all {rows:,}.", shown=len(shown), rows=rows))
    st.caption(say("Who took which list away, and when, is kept in the clinic's records."))


def _how_many(known: List, rows: int, first: date, last: date) -> str:
    number = say_count(rows, "**{count:,} row**", "**{count:,} rows**")
    if not known.period or first == BEGINNING:
        return number
    days = say("{first} to {last}", first=clinic_day(first), last=clinic_day(last))
    return f"{number} :gray[{plain(clinic_day(first) if first == last else days)}]"


def made(token: str, name: str, first: date, last: date, kind: str) -> bytes:
    """The file, made when it is asked for."""
    return taken(token, exports.take, name, first, last, kind).as_file(kind)


def _button(known: List, kind: str, first: date, last: date) -> None:
    token = st.session_state["token"]
    span = f"-{first}-to-{last}" if known.period and first > BEGINNING else f"-{clock.today()}"
    st.download_button(
        say(LABELS[kind]), lambda: made(token, known.name, first, last, kind), f"qure-{known.name}{span}{kind}",
        MIME[kind], on_click="ignore", icon=":material/download:", key=f"take_{known.name}{kind}",
    )  # fmt: skip


def _spans(today: date) -> dict[str, tuple[date, date]]:
    month = today.replace(day=1)
    next_month = (month + timedelta(days=31)).replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    day = timedelta(days=1)
    return {
        TODAY: (today, today),
        MONTH: (month, next_month - day),
        LAST_MONTH: (last_month, month - day),
        YEAR: (today.replace(month=1, day=1), today.replace(month=12, day=31)),
        EVERYTHING: (BEGINNING, today + AHEAD),
    }


def _shown(value: object) -> object:
    """A column of a table is of one kind: numbers, or text."""
    return float(value) if isinstance(value, Decimal) else value


def _column(pattern: str) -> object:
    """Days and moments as people write them, money with as many decimals as a spreadsheet shows."""
    if pattern == DAY:
        return st.column_config.DateColumn(format=table_days())
    if pattern == MOMENT:
        return st.column_config.DatetimeColumn(format=table_moments())
    return st.column_config.NumberColumn(format=f"%.{len(pattern.partition('.')[2])}f") if "#" in pattern else None
