"""Who comes: new patients and those who return, for what, and who keeps a follow-up."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.heat import heat_map
from core.analytics.charts.intervals import wilson
from core.analytics.charts.language import (
    ACCENT,
    HEIGHT,
    SOFT,
    framed,
    keyed,
    laid_out,
    nothing,
    number_axis,
    on_time,
    time_bars,
)
from core.analytics.charts.months import NEWEST, every_month, month_bars
from core.analytics.charts.steps import pairs, step_for, stepped
from core.analytics.charts.words import hover, many, percent, shortened
from core.words import say

_PALE = "rgba(18,134,126,0.45)"
_COHORTS, _MONTHS, _DIAGNOSES = 24, 12, 10


def new_and_returning(patients_per_month: pd.DataFrame) -> go.Figure:
    """Bars by month: returning patients below, new ones above. Takes `patients_per_month()`."""
    unit = f"Different patients seen per month, by day of the visit; {NEWEST}"
    if patients_per_month.empty:
        return nothing(say("Patients"), unit)
    sums = every_month(patients_per_month.set_index("month")[["patients", "new_patients", "returning"]])
    sentences = [
        say(
            "In {month:%B %Y} {many} came: {new_patients:,} for the first time and {returning:,} who had "
            "been here before.",
            month=month,
            many=many(row.patients, "patient"),
            new_patients=row.new_patients,
            returning=row.returning,
        )
        for month, row in pairs(sums)
    ]
    figure = month_bars(sums["returning"], sentences)
    new = month_bars(sums["new_patients"], sentences, ACCENT, _PALE).data[0]
    laid_out(figure.add_trace(new), barmode="stack")
    month = sums.iloc[-2] if len(sums) > 1 else sums.iloc[-1]
    share = percent(month["new_patients"] / month["patients"]) if month["patients"] else "none"
    so_far = say(" so far") if len(sums) == 1 else ""
    finding = say(
        "Patients: {month:,}{so_far} in {name:%B %Y}, {share} of them new",
        month=month["patients"],
        so_far=so_far,
        name=month.name,
        share=share,
    )
    framed(figure, finding, unit, key=[keyed("■", "New", ACCENT), keyed("■", "Returning")])
    return number_axis(figure, list(sums["patients"]))


def retention(frame: pd.DataFrame) -> go.Figure:
    """The triangle: of the patients first seen in a month (how many stands beside it), the share who came again so
    many months later. Takes `retention()`, whose newest month is left out: it is not over. 1 to 7 patients are "<8"."""
    unit = say("% of each month's new patients seen again so many months later; newest 24 months, only whole ones")
    month = frame["cohort"].dt.year * 12 + frame["cohort"].dt.month + frame["months_since"]
    over = frame[(month < month.max()) & frame["months_since"].between(1, _MONTHS)]
    shown = over[over["cohort"].isin(sorted(over["cohort"].unique())[-_COHORTS:])]
    if shown.empty:
        return nothing(say("Return"), say("{unit}; it takes three months to know", unit=unit))
    ages = range(1, int(shown["months_since"].max()) + 1)
    shares = shown.pivot(index="cohort", columns="months_since", values="share").reindex(columns=list(ages))
    known = {(row.cohort, row.months_since): row for row in shown.itertuples()}
    cells = [[known.get((cohort, since)) for since in ages] for cohort in shares.index]
    words = [[_cell(row) for row in line] for line in cells]
    hovers = [[_came_again(row) for row in line] for line in cells]
    labels = [f"{line[0].cohort:%b %y} · {line[0].size:,}" for line in ([row for row in line if row] for line in cells)]
    figure = heat_map(shares.to_numpy(), labels, [str(since) for since in ages], words, hovers)
    return framed(figure, _retention_finding(shown), unit, height=max(HEIGHT, 140 + 21 * len(shares)))


def _cell(row: Any) -> str:
    if row is None:
        return ""
    return "<8" if np.isnan(row.share) else f"{100 * row.share:.0f}"


def _came_again(row: Any) -> str:
    if row is None:
        return ""
    told = say("fewer than eight") if np.isnan(row.share) else percent(row.share)
    later = many(row.months_since, "month")
    return hover(
        say(
            "Of {size:,} patients first seen in {cohort:%B %Y}, {told} came {later} later.",
            size=row.size,
            cohort=row.cohort,
            told=told,
            later=later,
        )
    )


def _retention_finding(shown: pd.DataFrame) -> str:
    """After one month, and after as many as three cohorts have lived to see. Cohorts weigh by their patients;
    who is hidden behind "<8" counts as four."""
    by_age = shown.assign(patients=shown["patients"].fillna(4)).groupby("months_since")
    sums = by_age[["patients", "size"]].sum().assign(cohorts=by_age.size())
    share = sums["patients"] / sums["size"]
    first, last = int(share.index[0]), int(share.index[sums["cohorts"] >= min(3, sums["cohorts"].max())][-1])
    said = say(
        "Return: {percent} of new patients came again after {many}",
        percent=percent(share.loc[first]),
        many=many(first, "month"),
    )
    return (
        say("{said}, {percent} after {many}", said=said, percent=percent(share.loc[last]), many=many(last, "month"))
        if last != first
        else said
    )


def diagnoses_over_time(diagnoses_per_month: pd.DataFrame) -> go.Figure:
    """The ten most frequent diagnoses by month, each row deeper towards its own busiest month: seasons show. Takes
    `diagnoses_per_month()`."""
    unit = say("Visits per month with the diagnosis; deeper towards the busiest month of each")
    table = diagnoses_per_month.pivot(index="code", columns="month", values="visits")
    told_of = diagnoses_per_month.assign(told=True).pivot(index="code", columns="month", values="told")
    table = table.where(told_of.notna(), 0)  # what stays unknown is of too few people to be told
    if table.empty:
        return nothing(say("Diagnoses"), unit)
    months = pd.date_range(table.columns.min(), table.columns.max(), freq="MS", unit="s")
    totals = table.sum(axis="columns").sort_values(ascending=False)
    totals = totals[totals > 0]
    if totals.empty:
        return nothing(say("Diagnoses"), unit)
    named = totals.drop("RARE", errors="ignore")
    rows = [*named.index[:_DIAGNOSES], *(["RARE"] if "RARE" in totals.index else [])]
    counts = table.reindex(columns=months, fill_value=0).loc[rows]
    texts = diagnoses_per_month.groupby("code")["text"].first()
    hovers = [
        [
            hover(
                say("{visits} in {month:%B %Y} with {texts}.", visits=_visits(visits), month=month, texts=texts[code])
            )
            for month, visits in pairs(counts.loc[code])
        ]
        for code in rows
    ]
    legible = len(months) <= 14
    words = [[_few_hidden(visits) if visits and legible else "" for visits in counts.loc[code]] for code in rows]
    labels = [texts[code] if code == "RARE" else f"{code} {texts[code]}" for code in rows]
    cells = counts.div(counts.max(axis="columns"), axis="index").to_numpy()
    figure = heat_map(cells, labels, [f"{month:%b<br>%y}" for month in months], words, hovers)
    return framed(figure, _diagnoses_finding(counts, texts, named), unit, height=max(HEIGHT, 140 + 25 * len(rows)))


def _few_hidden(visits: float) -> str:
    return "<8" if np.isnan(visits) else f"{visits:,.0f}"


def _visits(visits: float) -> str:
    return say("Visits of fewer than 8 people") if np.isnan(visits) else many(visits, "visit")


def _diagnoses_finding(counts: pd.DataFrame, texts: "pd.Series[str]", named: "pd.Series[float]") -> str:
    """Which leads, and which has grown most: the last three whole months beside the three before."""
    if named.empty:
        return say("Diagnoses: all are too rare to be told apart")
    lead = named.index[0]
    said = say(
        "Diagnoses: {shortened} leads with {many}",
        shortened=shortened(texts[lead], 28),
        many=many(named[lead], "visit"),
    )
    whole = counts.drop(index="RARE", errors="ignore").iloc[:, :-1]
    if whole.shape[1] < 6:
        return said
    whole = whole[whole.iloc[:, -6:].notna().all(axis="columns")]
    now, before = whole.iloc[:, -3:].sum(axis="columns"), whole.iloc[:, -6:-3].sum(axis="columns")
    grown = (now - before) / (now + before).clip(lower=1) ** 0.5
    if grown.empty or grown.max() < 2:  # within what chance does to counts
        return say("{said}; none has grown beyond chance in three months", said=said)
    most = str(grown.idxmax())
    return say(
        "{said}; {shortened} grew most, {before:,.0f} to {now:,.0f} in three months",
        said=said,
        shortened=shortened(texts[most], 28),
        before=before[most],
        now=now[most],
    )


def follow_ups(summaries: pd.DataFrame) -> go.Figure:
    """Bars of follow-ups by the day they were due, kept below and missed above. Takes `daily_summaries()`.

    One is kept within seven days, so the newest seven days cannot be told yet and are left out.
    """
    told = summaries.iloc[:-7]
    totals, step = stepped(told, ["follow_ups_due", "follow_ups_kept"], step_for(pd.DatetimeIndex(summaries.index)))
    unit = say("Follow-ups {note}, by the day they were due; the newest seven days are not decided", note=step.note)
    due, kept = int(told["follow_ups_due"].sum()), int(told["follow_ups_kept"].sum())
    if totals.empty or not due:
        return nothing("Follow-ups", unit)
    missed = totals["follow_ups_due"] - totals["follow_ups_kept"]
    sentences = [
        say(
            "{when} {many} fell due: {follow_ups_kept:,} kept, {follow_ups_due:,} missed.",
            when=step.when(day),
            many=many(row.follow_ups_due, "follow-up"),
            follow_ups_kept=row.follow_ups_kept,
            follow_ups_due=row.follow_ups_due - row.follow_ups_kept,
        )
        for day, row in pairs(totals)
    ]
    figure = go.Figure([time_bars(values, step, sentences).data[0] for values in (totals["follow_ups_kept"], missed)])
    for trace, colour in zip(figure.data, (SOFT, ACCENT), strict=True):
        trace.marker.color = colour
    laid_out(on_time(figure, totals.index, step), barmode="stack")
    low, high = (percent(float(bound)) for bound in wilson(kept, due))
    finding = say(
        "Follow-ups: {percent} of {due:,} kept ({low} to {high}), {due_2:,} missed",
        percent=percent(kept / due),
        due=due,
        low=low,
        high=high,
        due_2=due - kept,
    )
    framed(figure, finding, unit, key=[keyed("■", "Missed", ACCENT), keyed("■", "Kept")])
    return number_axis(figure, list(totals["follow_ups_due"]))
