"""What a cohort counts: how many, the figure, the table, what is hidden and why, and the code that made all of it."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.analytics import lab
from core.analytics.charts.words import either, listed
from core.analytics.lab import Cohort, Result, named
from core.analytics.privacy import SMALLEST
from core.spreadsheet import harmless
from core.words import later, say
from pages.ui.figures.dashboard import View
from pages.ui.figures.dashboard_card import file_name, headed, show, split, take, take_data
from pages.ui.show import clinic_day, empty, plain

MOST_ROWS_SEEN = 12
_NUMBERS = (later("Patients"), later("Visits"))


def counted(cohort: Cohort, frames: Mapping[str, pd.DataFrame], view: View) -> None:
    result = cohort.run({name: frames[name] for name in cohort.frames})
    _size(result, frames)
    if result.total["visits"].iloc[0] == 0:
        empty(say("Nobody fits. Take one of the choices away."), "person_off")
    elif cohort.by:
        figure = lab.figure(result.table, cohort.to_share)
        show("cohort", figure, split(figure), view, lambda: _take_away(cohort, result, view))
        _table(result.table)
    else:
        with (
            st.container(border=True),
            headed("cohort", say("The total only"), say("Count by something to see a figure")),
        ):
            _take_away(cohort, result, view)
    _small_numbers(result)
    with st.expander(say("The code that made this"), icon=":material/code:", expanded=True):
        st.code(cohort.code(), wrap_lines=True)


def _size(result: Result, frames: Mapping[str, pd.DataFrame]) -> None:
    patients, visits = (_told(result.total[name].iloc[0], say("under 8")) for name in ("patients", "visits"))
    left, right = st.columns(2)
    left.metric(say("Patients"), patients, border=True, height="stretch")
    right.metric(
        say("Visits :small[:gray[of {number:,} in the period]]", number=len(frames["visits"])),
        visits,
        border=True,
        height="stretch",
    )


def _table(table: pd.DataFrame) -> None:
    names = [name for name in table.columns if name not in ("visits", "patients", "hidden")]
    rows = [
        {named(name).capitalize(): harmless(lab.in_words(name, row[name])) for name in names}
        | {say(word): _told(row[word.lower()], say("hidden")) for word in _NUMBERS}
        for row in table.to_dict("records")
    ]
    height = 35 * min(len(rows), MOST_ROWS_SEEN) + 38
    right = {name: st.column_config.TextColumn(alignment="right") for name in map(say, _NUMBERS)}
    st.dataframe(rows, hide_index=True, height=height, column_config=right, alt=say("The counts of the cohort"))


def _take_away(cohort: Cohort, result: Result, view: View) -> None:
    take_data("cohort", view, say("Cohort"), lambda: result.table.astype({"visits": "Int64", "patients": "Int64"}))
    named_file, question = file_name("cohort", view, ".ipynb"), in_words(cohort)
    take(say("Open as notebook"), named_file, lambda: lab.notebook_of(cohort, question))


def _small_numbers(result: Result) -> None:
    hidden = lab.hidden_cells(result.table)
    label = say("Small-number report: {hidden:,} of {rows:,} rows hidden", hidden=len(hidden), rows=len(result.table))
    with st.expander(label, icon=":material/visibility_off:"):
        st.caption(
            say(
                "Nothing is told of fewer than {number} patients. Where only one row would be hidden, the smallest of "
                "the others is hidden too: else the total would tell it.",
                number=SMALLEST,
            )
        )
        for found in hidden:
            cell = ", ".join(found.cell) or say("The cohort")
            st.markdown(f"- **{plain(cell)}**: {plain(found.why)}")
        if not hidden:
            st.markdown(say(":green[:material/check:] Every row is told."))


def in_words(cohort: Cohort) -> str:
    """The question, as the title of the notebook."""
    by = [listed(map(named, cohort.by))] if cohort.by else []
    parts = [
        say("How many patients"),
        _either("{value}", [lab.in_words("sex", sex).lower() for sex in cohort.sexes]),
        _either(say("aged {value}"), cohort.age_bands),
        _either(say("with {value}"), cohort.terms),
        _either(say("given {value}"), cohort.medicines),
        _either(say("by {value}"), by),
        _period(cohort),
    ]
    return ", ".join(filter(None, parts)) + "?"


def _either(words: str, values: Sequence[str]) -> str:
    """What is asked of one part, "" where nothing is."""
    return words.format(value=either(values)) if values else ""


def _period(cohort: Cohort) -> str:
    if cohort.last is None:
        return ""
    first = clinic_day(cohort.first) if cohort.first else say("the beginning")
    return say("{first} to {last}", first=first, last=clinic_day(cohort.last))


def _told(count: float, hidden: str) -> str:
    return hidden if pd.isna(count) else f"{count:,.0f}"
