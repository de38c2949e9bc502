"""What is prescribed, by whom, and which warnings were answered. Months are those of the visits."""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

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
from core.analytics.charts.months import NEWEST, every_month, month_bars, month_course
from core.analytics.charts.steps import pairs
from core.analytics.charts.words import hover, many, percent, shortened
from core.words import later, say

_KINDS = {
    "ALLERGY": later("Allergy"),
    "DUPLICATE": later("Given twice"),
    "INTERACTION": later("Interaction"),
    "DOSE": later("High dose"),
    "AGE": later("Age"),
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
            hover(
                say(
                    "{many} in {month:%B %Y}: {KINDS}.",
                    many=many(items, "item"),
                    month=month,
                    KINDS=_KINDS[kind].lower(),
                )
            )
            for month, items in pairs(sums.loc[kind])
        ]
        for kind in kinds
    ]
    labels, months = [_KINDS[kind] for kind in kinds], [f"{month:%b<br>%y}" for month in sums.columns]
    figure = heat_map(sums.to_numpy(dtype="float64"), labels, months, words, hovers)
    return framed(figure, _overrides_finding(sums), unit)


def _overrides_finding(sums: pd.DataFrame) -> str:
    of_kinds = sums.sum(axis="columns")
    total, first = int(of_kinds.sum()), _KINDS[str(of_kinds.index[0])].lower()
    said = say(
        "Overrides: {many} answered in {many_2}", many=many(total, "warning"), many_2=many(len(sums.columns), "month")
    )
    return (
        say("{said}, all for {first}", said=said, first=first)
        if len(sums) == 1
        else say("{said}, {percent} for {first}", said=said, percent=percent(of_kinds.iloc[0] / total), first=first)
    )


def overrides_by_doctor(prescribing: pd.DataFrame) -> go.Figure:
    """Of each doctor's items the share that was prescribed against a warning, with its Wilson interval. Takes
    `prescribing()`."""
    unit = say("Share of items prescribed against a warning, by doctor; the line is its 95 % interval")
    return _shares(
        prescribing, "overridden", ("items", "item"), say("Overrides"), unit, say("against a warning"), _finely
    )


def antibiotics_by_doctor(prescribing: pd.DataFrame) -> go.Figure:
    """Of each doctor's visits the share with an antibiotic, with its Wilson interval. Takes `prescribing()`."""
    unit = say("Share of visits with an antibiotic that is swallowed or injected; the line is its 95 % interval")
    return _shares(prescribing, "antibiotics", ("visits", "visit"), say("Antibiotics"), unit, say("with one"))


def _shares(
    prescribing: pd.DataFrame,
    part: str,
    whole: tuple[str, str],
    what: str,
    unit: str,
    which: str,
    told: Callable[[float], str] = percent,
) -> go.Figure:
    sums = prescribing.groupby("doctor")[[part, whole[0]]].sum().set_axis(["part", "whole"], axis="columns")
    sums = sums[sums["whole"] > 0]
    if sums.empty:
        return nothing(what, unit)
    sums["share"], (sums["low"], sums["high"]) = sums["part"] / sums["whole"], wilson(sums["part"], sums["whole"])
    sums = sums.sort_values("share", ascending=False, kind="stable")
    bars = [
        Bar(
            doctor,
            row.share,
            f"{told(row.share)} of {row.whole:,}",
            say(
                "{doctor}: {part:,} of {many} {which} ({told}, between {told_2} and {told_3}).",
                doctor=doctor,
                part=row.part,
                many=many(row.whole, whole[1]),
                which=which,
                told=told(row.share),
                told_2=told(row.low),
                told_3=told(row.high),
            ),
            doctor_colour(doctor),
            low=row.low,
            high=row.high,
        )
        for doctor, row in pairs(sums)
    ]
    of_all = sums["part"].sum() / sums["whole"].sum()
    finding = say(
        "{what}: {told} of {many}{apart}",
        what=what,
        told=told(of_all),
        many=many(int(sums["whole"].sum()), whole[1]),
        apart=_apart(sums, told),
    )
    return lying_bars(bars[:MOST], finding, unit)


def _apart(sums: pd.DataFrame, told: Callable[[float], str]) -> str:
    """Whether doctors really differ: the highest and the lowest, where their intervals do not meet."""
    if len(sums) < 2:
        return ""
    high, low = sums.iloc[0], sums.iloc[-1]
    if high["low"] <= low["high"]:
        return say("; doctors differ no more than chance allows")
    return f"; {sums.index[0]} {told(high['share'])}, {sums.index[-1]} {told(low['share'])}"


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
                "{name}: {many}, {percent} of {many_2}.",
                name=name,
                many=many(items, "time"),
                percent=percent(items / total),
                many_2=many(total, "item"),
            ),
            ACCENT if place == 0 else SOFT,
        )
        for place, (name, items) in enumerate(pairs(named.iloc[:MOST]))
    ]
    half = int((named.cumsum() < total / 2).sum()) + 1
    finding = say(
        "{what}: {shortened} leads with {percent} of items",
        what=what,
        shortened=shortened(str(named.index[0]), 28),
        percent=percent(named.iloc[0] / total),
    )
    if 1 < half < len(named):
        finding += say("; {half} medicines make half of them", half=half)
    return lying_bars(bars, finding, unit)


def items_per_visit(prescribing: pd.DataFrame) -> go.Figure:
    """Bars of medicines per completed visit by month. Takes `prescribing()`."""
    unit = f"Medicines prescribed per completed visit; {NEWEST}"
    sums = prescribing.groupby("month")[["items", "visits", "prescribed"]].sum()
    if sums.empty:
        return nothing(say("Medicines per visit"), unit)
    sums = every_month(sums)
    each = (sums["items"] / sums["visits"]).fillna(0.0)
    sentences = [
        say(
            "In {month:%B %Y} {many} had {many_2} on {many_3}.",
            month=month,
            many=many(row.visits, "visit"),
            many_2=many(row.items, "medicine"),
            many_3=many(row.prescribed, "prescription"),
        )
        for month, row in pairs(sums)
    ]
    figure = month_bars(each, sentences)
    finding = month_course(say("Medicines per visit"), each, lambda value: f"{value:.1f}", each="")
    return number_axis(framed(figure, finding, unit), list(each), "{:,.1f}".format)
