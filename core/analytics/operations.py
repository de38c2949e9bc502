"""Waits: every token of every day, from documents that keep a day column by column."""

from collections.abc import Iterable
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from core.analytics import columns as c
from core.analytics import doctors, reading
from core.analytics.frames import Numbers, framed, on_days

PRIORITIES = ["NORMAL", "ELDERLY", "PREGNANT", "CHILD", "EMERGENCY"]
_MOMENTS = [
    c.number("arrived", "The token was given out", "minutes since midnight"),
    c.number("called", "NaN if never called", "minutes since midnight"),
    c.number("finished", "NaN if never finished", "minutes since midnight"),
]
_WAITS = [
    c.number("waited_minutes", "From arrival to call; NaN if never called", "minutes"),
    c.number("consulted_minutes", "From call to end; NaN if it did not come to that", "minutes"),
]
_SAID = [
    c.number("said_p50", "Told on arrival: half of the waits stay below; NaN if nothing was told", "minutes"),
    c.number("said_p90", "Told on arrival: nine of ten waits stay below; NaN if nothing was told", "minutes"),
]
WAITING_TIMES = [
    c.day("date", "Clinic day of the token"),
    c.whole("weekday", "0 is Monday"),
    c.whole("hour", "Of arrival, on the clinic's clock", "hour of the day"),
    c.whole("number", "Of the token, as it was called"),
    c.category("doctor", 'Who called, else who was wanted; "" if whoever is free and nobody called'),
    c.category("priority", "Why someone is called before those who came earlier", PRIORITIES),
    c.flag("booked", "Came with an appointment"),
    c.flag("left", "Was called in vain or never"),
    *_MOMENTS,
    *_WAITS,
    *_SAID,
]


@c.described(WAITING_TIMES)
def waiting_times(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per token of the clinic days `first` to `last`, both included, by day and number."""
    days = list(reading.by_day("waiting_times", "date", first, last, days=reading.YEAR))
    dates = on_days([day["date"] for day in days]).repeat([len(day["number"]) for day in days])
    minutes = {column.name: _floats(days, column.name) for column in (*_MOMENTS, *_SAID)}
    values: dict[str, Any] = minutes | {
        "date": dates,
        "weekday": dates.day_of_week,
        "hour": np.minimum(minutes["arrived"] // 60, 23),
        "number": _all(days, "number"),
        "doctor": _doctors(_floats(days, "doctor")),
        "priority": pd.Categorical(_all(days, "priority"), categories=PRIORITIES),
        "booked": _all(days, "booked"),
        "left": _all(days, "left"),
        "waited_minutes": (minutes["called"] - minutes["arrived"]).round(1),
        "consulted_minutes": (minutes["finished"] - minutes["called"]).round(1),
    }
    frame = framed(values, c.types(WAITING_TIMES))
    return frame if doctor is None else frame[frame["doctor"] == doctor].reset_index(drop=True)


def _all(days: Iterable[dict[str, Any]], name: str) -> list[Any]:
    return list(chain.from_iterable(day[name] for day in days))


def _floats(days: Iterable[dict[str, Any]], name: str) -> Numbers:
    """None becomes NaN."""
    return np.array(_all(days, name), dtype="float64")


def _doctors(ids: Numbers) -> "pd.Series[str]":
    """Names by number, the same categories whatever the period. Numbers that the clinic does not know any more are
    one doctor."""
    known = doctors.known()
    numbers = sorted(known.names)
    names = sorted({"", doctors.LEFT, *known.names.values()})
    places = pd.Series([names.index(known.names[number]) for number in numbers], index=numbers, dtype="int64")
    codes = places.reindex(pd.Index(ids)).fillna(names.index(doctors.LEFT)).to_numpy(dtype="int64")
    told = np.where(np.isnan(ids), names.index(""), codes).astype("int64")
    return pd.Series(pd.Categorical.from_codes(told, dtype=pd.CategoricalDtype(names)))
