"""The clicks that make a cohort. All of them stand in the address: a copied one opens the same cohort."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import analytics
from core.analytics.charts.dated import short_weekday
from core.analytics.history import AGE_BANDS
from core.analytics.lab import DIMENSIONS, FOLLOW_UP, SEXES, WEEKDAYS, Cohort, in_words, named
from core.words import say
from pages.ui.figures.dashboard import View, read

BOUND: Any = {"bind": "query-params"}
DAY = (0, 23)
MOST_ASKED, LONGEST = 20, 200


def frames_of(view: View) -> dict[str, pd.DataFrame]:
    """What a cohort of the period is counted from."""
    period = view.period
    return {
        "visits": read(analytics.visits, **period),
        "diagnoses": read(analytics.diagnoses, **period),
        "prescriptions": read(analytics.prescriptions, **period),
    }


def choices(view: View, frames: Mapping[str, pd.DataFrame]) -> Cohort:
    """Draw every choice; what is left empty does not narrow."""
    with st.container(border=True):
        cohort = replace(_counted_by(), first=view.first, last=view.last)
    with st.container(border=True):
        st.markdown(say("**Whose visits**"))
        cohort = replace(cohort, **_people())
    with st.container(border=True):
        st.markdown(say("**Which visits**"))
        return replace(cohort, **_visits(frames))


def _counted_by() -> Cohort:
    by = st.multiselect(
        say("Count by"), list(DIMENSIONS), ["month"], key="by", max_selections=2, format_func=_title,
        placeholder=say("Nothing: the total only"), **BOUND,
    )  # fmt: skip
    to_share = st.toggle(
        say("To share: rounded to 5"),
        key="share",
        help=say("For what leaves the clinic: two tables cannot be set off."),
        **BOUND,
    )
    return Cohort(by=tuple(by), to_share=to_share)


def _people() -> dict[str, Any]:
    ages = st.pills(say("Age"), AGE_BANDS, selection_mode="multi", key="age", **BOUND)
    sexes = st.pills(
        say("Sex"), SEXES, selection_mode="multi", format_func=partial(in_words, "sex"), key="sex", **BOUND
    )
    return {"age_bands": tuple(ages), "sexes": tuple(sexes)}


def _visits(frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    diagnosis = st.text_input(
        say("Diagnosis"), key="diagnosis", placeholder=say("J06, I1, sore throat"),
        help=say("How codes begin, or words of the diagnosis; separated by commas, any of them counts."), **BOUND,
    )  # fmt: skip
    medicines = st.multiselect(
        say("Medicine prescribed"),
        _options(frames["prescriptions"], "medicine"),
        key="medicine",
        placeholder=say("Any"),
        **BOUND,
    )
    doctors = st.multiselect(
        say("Doctor"), _options(frames["visits"], "doctor"), key="doctor", placeholder=say("Any"), **BOUND
    )
    weekdays = st.pills(
        say("Weekday"), WEEKDAYS, selection_mode="multi", format_func=_short_day, key="weekday", **BOUND
    )
    hours = st.slider(say("Hour of arrival"), *DAY, DAY, key="hours", format="%d h", **BOUND)
    follow_up = st.segmented_control(
        say("Follow-up"), FOLLOW_UP, format_func=partial(in_words, "follow_up"), key="follow_up", **BOUND
    )
    return {
        "diagnosis": diagnosis,
        "medicines": tuple(medicines),
        "doctors": tuple(doctors),
        "weekdays": tuple(weekdays),
        "hours": hours,
        "follow_up": follow_up or "",
    }


def _options(frame: pd.DataFrame, column: str) -> list[str]:
    """What the period holds, and what the address asks for: else a copied cohort would be wider where it has none."""
    asked = {value for value in st.query_params.get_all(column)[:MOST_ASKED] if len(value) <= LONGEST}
    return sorted(asked | set(frame[column]), key=str.casefold)


def _title(dimension: str) -> str:
    return named(dimension).capitalize()


def _short_day(weekday: str) -> str:
    return short_weekday(WEEKDAYS.index(weekday))
