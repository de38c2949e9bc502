"""What is prescribed, by whom, and which warnings were answered. Months are those of the visits."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted, dated
from core.analytics.charts.counted import Count
from core.analytics.charts.heat import heat_map
from core.analytics.charts.intervals import wilson
from core.analytics.charts.language import (
    ACCENT,
    MOST,
    SOFT,
    Bar,
    doctor_colour,
    framed,
    lying_bars,
    nothing,
    number_axis,
)
from core.analytics.charts.months import every_month, month_bars, month_course, with_newest
from core.analytics.charts.steps import pairs
from core.analytics.charts.words import hover, percent, shortened
from core.words import later, say, say_count

_KINDS = {
    "ALLERGY": later("Allergy"),
    "DUPLICATE": later("Given twice"),
    "INTERACTION": later("Interaction"),
    "DOSE": later("High dose"),
    "AGE": later("Age"),
}
_MONTHLY = {
    "ALLERGY": later("{items} in {month}: allergy."),
    "DUPLICATE": later("{items} in {month}: given twice."),
    "INTERACTION": later("{items} in {month}: interaction."),
    "DOSE": later("{items} in {month}: high dose."),
    "AGE": later("{items} in {month}: age."),
}
_MOST = {
    "ALLERGY": later("{percent} for allergy"),
    "DUPLICATE": later("{percent} for given twice"),
    "INTERACTION": later("{percent} for interaction"),
    "DOSE": later("{percent} for high dose"),
    "AGE": later("{percent} for age"),
}
_RARE = "RARE"


def overrides_per_month(overrides: pd.DataFrame) -> go.Figure:
    """What was warned of and prescribed all the same: kinds down the side, months along. Takes `overrides()`."""
    unit = say("Items prescribed against a warning, by what it warned of and month of the visit")
    sums = overrides.groupby(["kind", "month"], observed=True)["items"].sum().unstack("month", fill_value=0)
    sums = sums.loc[sums.sum(axis="columns").sort_values(ascending=False, kind="stable").index]
    sums = sums[sums.sum(axis="columns") > 0]
    if sums.empty:
        return nothing(say("Overrides"), unit)
    sums = every_month(sums.T).T
    kinds = [str(kind) for kind in sums.index]
    legible = len(sums.columns) <= 14
    words = [[f"{items:,}" if items and legible else "" for items in sums.loc[kind]] for kind in kinds]
    hovers = [
        [
            hover(say(_MONTHLY[kind], items=counted.items(items), month=dated.month(month)))
            for month, items in pairs(sums.loc[kind])
        ]
        for kind in kinds
    ]
    labels, months = (
        [say(_KINDS[kind]) for kind in kinds],
        [dated.month_in_two(month) for month in pd.DatetimeIndex(sums.columns)],
    )
    figure = heat_map(sums.to_numpy(dtype="float64"), labels, months, words, hovers)
    return framed(figure, _overrides_finding(sums), unit)


def _overrides_finding(sums: pd.DataFrame) -> str:
    of_kinds = sums.sum(axis="columns")
    total, first = int(of_kinds.sum()), str(of_kinds.index[0])
    said = say_count(
        Count(total),
        "Overrides: {count} warning answered in {months}",
        "Overrides: {count} warnings answered in {months}",
        months=counted.months(len(sums.columns)),
    )
    share = say("all") if len(sums) == 1 else percent(of_kinds.iloc[0] / total)
    return f"{said}, {say(_MOST[first], percent=share)}"


def overrides_by_doctor(prescribing: pd.DataFrame) -> go.Figure:
    """Of each doctor's items the share that was prescribed against a warning, with its Wilson interval. Takes
    `prescribing()`."""
    unit = say("Share of items prescribed against a warning, by doctor; the line is its 95 % interval")
    sums = _of_doctors(prescribing, "overridden", "items")
    if sums.empty:
        return nothing(say("Overrides"), unit)
    finding = say(
        "Overrides: {share} of {items}",
        share=_finely(sums["part"].sum() / sums["whole"].sum()),
        items=counted.items(sums["whole"].sum()),
    )
    return _shares(sums, finding, unit, _against_a_warning, _finely)


def _against_a_warning(doctor: str, row: Any) -> str:
    return say(
        "{doctor}: {part:,} of {items} against a warning ({share}, between {low} and {high}).",
        doctor=doctor,
        part=row.part,
        items=counted.items(row.whole),
        share=_finely(row.share),
        low=_finely(row.low),
        high=_finely(row.high),
    )


def antibiotics_by_doctor(prescribing: pd.DataFrame) -> go.Figure:
    """Of each doctor's visits the share with an antibiotic, with its Wilson interval. Takes `prescribing()`."""
    unit = say("Share of visits with an antibiotic that is swallowed or injected; the line is its 95 % interval")
    sums = _of_doctors(prescribing, "antibiotics", "visits")
    if sums.empty:
        return nothing(say("Antibiotics"), unit)
    finding = say(
        "Antibiotics: {share} of {visits}",
        share=percent(sums["part"].sum() / sums["whole"].sum()),
        visits=counted.visits(sums["whole"].sum()),
    )
    return _shares(sums, finding, unit, _with_an_antibiotic, percent)


def _with_an_antibiotic(doctor: str, row: Any) -> str:
    return say(
        "{doctor}: {part:,} of {visits} with one ({share}, between {low} and {high}).",
        doctor=doctor,
        part=row.part,
        visits=counted.visits(row.whole),
        share=percent(row.share),
        low=percent(row.low),
        high=percent(row.high),
    )


def _of_doctors(prescribing: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """Part, whole and share with its interval by doctor, the highest share first."""
    sums = prescribing.groupby("doctor")[[part, whole]].sum().set_axis(["part", "whole"], axis="columns")
    sums = sums[sums["whole"] > 0]
    sums["share"], (sums["low"], sums["high"]) = sums["part"] / sums["whole"], wilson(sums["part"], sums["whole"])
    return sums.sort_values("share", ascending=False, kind="stable")


def _shares(
    sums: pd.DataFrame,
    finding: str,
    unit: str,
    sentence: Callable[[str, Any], str],
    told: Callable[[float], str],
) -> go.Figure:
    bars = [
        Bar(
            doctor,
            row.share,
            say("{share} of {whole:,}", share=told(row.share), whole=row.whole),
            sentence(doctor, row),
            doctor_colour(doctor),
            low=row.low,
            high=row.high,
        )
        for doctor, row in pairs(sums)
    ]
    apart = _apart(sums, told)
    return lying_bars(bars[:MOST], f"{finding}; {apart}" if apart else finding, unit)


def _apart(sums: pd.DataFrame, told: Callable[[float], str]) -> str:
    """Whether doctors really differ: the highest and the lowest, where their intervals do not meet."""
    if len(sums) < 2:
        return ""
    high, low = sums.iloc[0], sums.iloc[-1]
    if high["low"] <= low["high"]:
        return say("doctors differ no more than chance allows")
    return f"{sums.index[0]} {told(high['share'])}, {sums.index[-1]} {told(low['share'])}"


def _finely(share: float) -> str:
    """A few of a hundred: "3.4 %"."""
    return f"{100 * share:.1f} %"


def most_prescribed(medicines_per_month: pd.DataFrame) -> go.Figure:
    """Lying bars of the fifteen medicines prescribed most often. Takes `medicines_per_month()`."""
    return _medicines(
        medicines_per_month, say("Medicines"), say("How often a medicine was prescribed; of too few people: not told")
    )


def overridden_medicines(overrides: pd.DataFrame) -> go.Figure:
    """Lying bars of the fifteen medicines prescribed most often against a warning. Takes `overrides()`."""
    unit = say("How often a medicine was prescribed against a warning; of too few people: not told")
    return _medicines(overrides, say("Against warnings"), unit)


def _medicines(frame: pd.DataFrame, what: str, unit: str) -> go.Figure:
    sums = frame.groupby("medicine")["items"].sum().sort_values(ascending=False, kind="stable")
    named = sums[sums > 0].drop(_RARE, errors="ignore")
    if sums.empty:
        return nothing(what, unit)
    if named.empty:
        return lying_bars([], say("{what}: all medicines are too rare to be told apart", what=what), unit)
    total = float(sums.sum())
    bars = [
        Bar(
            name,
            items,
            f"{items:,.0f} · {percent(items / total)}",
            say(
                "{medicine}: {times}, {percent} of {items}.",
                medicine=name,
                times=say_count(Count(items), "{count} time", "{count} times"),
                percent=percent(items / total),
                items=counted.items(total),
            ),
            ACCENT if place == 0 else SOFT,
        )
        for place, (name, items) in enumerate(pairs(named.iloc[:MOST]))
    ]
    half = int((named.cumsum() < total / 2).sum()) + 1
    finding = say(
        "{what}: {medicine} leads with {percent} of items",
        what=what,
        medicine=shortened(str(named.index[0]), 28),
        percent=percent(named.iloc[0] / total),
    )
    if 1 < half < len(named):
        finding = say("{said}; {number} medicines make half of them", said=finding, number=half)
    return lying_bars(bars, finding, unit)


def items_per_visit(prescribing: pd.DataFrame) -> go.Figure:
    """Bars of medicines per completed visit by month. Takes `prescribing()`."""
    unit = with_newest(say("Medicines prescribed per completed visit"))
    sums = prescribing.groupby("month")[["items", "visits", "prescribed"]].sum()
    if sums.empty:
        return nothing(say("Medicines per visit"), unit)
    sums = every_month(sums)
    each = (sums["items"] / sums["visits"]).fillna(0.0)
    sentences = [
        say(
            "In {month} {visits} had {medicines} on {prescriptions}.",
            month=dated.month(month),
            visits=counted.visits(row.visits),
            medicines=counted.medicines(row.items),
            prescriptions=counted.prescriptions(row.prescribed),
        )
        for month, row in pairs(sums)
    ]
    figure = month_bars(each, sentences)
    finding = month_course(say("Medicines per visit"), each, lambda value: f"{value:.1f}", monthly=False)
    return number_axis(framed(figure, finding, unit), list(each), "{:,.1f}".format)
