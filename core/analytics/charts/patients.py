"""Who comes: new patients and those who return, for what, and who keeps a follow-up."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted, dated
from core.analytics.charts.heat import heat_map
from core.analytics.charts.intervals import wilson
from core.analytics.charts.language import ACCENT, HEIGHT, SOFT, framed, keyed, laid_out, nothing, number_axis
from core.analytics.charts.months import every_month, month_bars, with_newest
from core.analytics.charts.steps import pairs, step_for, stepped
from core.analytics.charts.timeline import on_time, time_bars
from core.analytics.charts.words import hover, percent, shortened
from core.analytics.privacy import RARE_TEXT
from core.words import say, say_count

_PALE = "rgba(18,134,126,0.45)"
_COHORTS, _MONTHS, _DIAGNOSES = 24, 12, 10


def new_and_returning(patients_per_month: pd.DataFrame) -> go.Figure:
    """Bars by month: returning patients below, new ones above. Takes `patients_per_month()`."""
    unit = with_newest(say("Different patients seen per month, by day of the visit"))
    if patients_per_month.empty:
        return nothing(say("Patients"), unit)
    sums = every_month(patients_per_month.set_index("month")[["patients", "new_patients", "returning"]])
    sentences = [
        say(
            "In {month} {patients} came: {new:,} for the first time and {returning:,} who had been here before.",
            month=dated.month(month),
            patients=counted.patients(row.patients),
            new=row.new_patients,
            returning=row.returning,
        )
        for month, row in pairs(sums)
    ]
    figure = month_bars(sums["returning"], sentences)
    new = month_bars(sums["new_patients"], sentences, ACCENT, _PALE).data[0]
    laid_out(figure.add_trace(new), barmode="stack")
    key = [keyed("■", say("New"), ACCENT), keyed("■", say("Returning"), SOFT)]
    framed(figure, _new_finding(sums), unit, key=key)
    return number_axis(figure, list(sums["patients"]))


def _new_finding(sums: pd.DataFrame) -> str:
    place = -2 if len(sums) > 1 else -1
    month, name = sums.iloc[place], dated.month(pd.DatetimeIndex(sums.index)[place])
    share = percent(month["new_patients"] / month["patients"]) if month["patients"] else say("none")
    told = {"number": month["patients"], "month": name, "share": share}
    if len(sums) > 1:
        return say("Patients: {number:,} in {month}, {share} of them new", **told)
    return say("Patients: {number:,} so far in {month}, {share} of them new", **told)


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
    of_cohorts = ([row for row in line if row] for line in cells)
    labels = [f"{dated.short_month(line[0].cohort)} · {line[0].size:,}" for line in of_cohorts]
    figure = heat_map(shares.to_numpy(), labels, [str(since) for since in ages], words, hovers)
    laid_out(figure, xaxis={"title": {"text": say("Months later"), "font": {"size": 12}}})
    return framed(figure, _retention_finding(shown), unit, height=max(HEIGHT, 140 + 21 * len(shares)))


def _cell(row: Any) -> str:
    if row is None:
        return ""
    return "<8" if np.isnan(row.share) else f"{100 * row.share:.0f}"


def _came_again(row: Any) -> str:
    if row is None:
        return ""
    told = say("fewer than eight") if np.isnan(row.share) else percent(row.share)
    return hover(
        say_count(
            row.months_since,
            "Of {size:,} patients first seen in {month}, {told} came {count} month later.",
            "Of {size:,} patients first seen in {month}, {told} came {count} months later.",
            size=row.size,
            month=dated.month(row.cohort),
            told=told,
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
        "Return: {percent} of new patients came again after {months}",
        percent=percent(share.loc[first]),
        months=counted.months(first),
    )
    if last == first:
        return said
    told = {"percent": percent(share.loc[last]), "months": counted.months(last)}
    return say("{said}, {percent} after {months}", said=said, **told)


def diagnoses_over_time(diagnoses_per_month: pd.DataFrame) -> go.Figure:
    """The ten most frequent diagnoses by month, and the rare ones as one; each row deeper towards its own busiest
    month: seasons show. Takes `diagnoses_per_month()`."""
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
    texts = texts.mask(texts.index == "RARE", say(RARE_TEXT))
    hovers = [
        [
            hover(
                say(
                    "{visits} in {month} with {diagnosis}.",
                    visits=_visits(visits),
                    month=dated.month(month),
                    diagnosis=texts[code],
                )
            )
            for month, visits in pairs(counts.loc[code])
        ]
        for code in rows
    ]
    legible = len(months) <= 14
    words = [[_few_hidden(visits) if visits and legible else "" for visits in counts.loc[code]] for code in rows]
    labels = [texts[code] if code == "RARE" else f"{code} {texts[code]}" for code in rows]
    cells = counts.div(counts.max(axis="columns"), axis="index").to_numpy()
    figure = heat_map(cells, labels, [dated.month_in_two(month) for month in months], words, hovers)
    return framed(figure, _diagnoses_finding(counts, texts, named), unit, height=max(HEIGHT, 140 + 25 * len(rows)))


def _few_hidden(visits: float) -> str:
    return "<8" if np.isnan(visits) else f"{visits:,.0f}"


def _visits(visits: float) -> str:
    return say("Visits of fewer than 8 people") if np.isnan(visits) else counted.visits(visits)


def _diagnoses_finding(counts: pd.DataFrame, texts: "pd.Series[str]", named: "pd.Series[float]") -> str:
    """Which leads, and which has grown most: the last three whole months beside the three before."""
    if named.empty:
        return say("Diagnoses: all are too rare to be told apart")
    lead = named.index[0]
    said = say(
        "Diagnoses: {diagnosis} leads with {visits}",
        diagnosis=shortened(texts[lead], 28),
        visits=counted.visits(named[lead]),
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
        "{said}; {diagnosis} grew most, {before:,.0f} to {now:,.0f} in three months",
        said=said,
        diagnosis=shortened(texts[most], 28),
        before=before[most],
        now=now[most],
    )


def follow_ups(summaries: pd.DataFrame) -> go.Figure:
    """Bars of `decided` follow-ups by the day they were due, kept below and missed above. Takes `daily_summaries()`."""
    told = decided(summaries)
    totals, step = stepped(told, ["follow_ups_due", "follow_ups_kept"], step_for(pd.DatetimeIndex(summaries.index)))
    unit = say("Follow-ups {note}, by the day they were due; the newest seven days are not decided", note=step.note)
    due, kept = int(told["follow_ups_due"].sum()), int(told["follow_ups_kept"].sum())
    if totals.empty or not due:
        return nothing(say("Follow-ups"), unit)
    missed = totals["follow_ups_due"] - totals["follow_ups_kept"]
    sentences = [
        say(
            "{when} {follow_ups} fell due: {kept:,} kept, {missed:,} missed.",
            when=step.when(day),
            follow_ups=counted.follow_ups(row.follow_ups_due),
            kept=row.follow_ups_kept,
            missed=row.follow_ups_due - row.follow_ups_kept,
        )
        for day, row in pairs(totals)
    ]
    figure = go.Figure([time_bars(values, step, sentences).data[0] for values in (totals["follow_ups_kept"], missed)])
    for trace, colour in zip(figure.data, (SOFT, ACCENT), strict=True):
        trace.marker.color = colour
    laid_out(on_time(figure, totals.index, step), barmode="stack")
    low, high = (percent(float(bound)) for bound in wilson(kept, due))
    finding = say(
        "Follow-ups: {percent} of {due:,} kept ({low} to {high}), {missed:,} missed",
        percent=percent(kept / due),
        due=due,
        low=low,
        high=high,
        missed=due - kept,
    )
    framed(figure, finding, unit, key=[keyed("■", say("Missed"), ACCENT), keyed("■", say("Kept"), SOFT)])
    return number_axis(figure, list(totals["follow_ups_due"]))


def decided(summaries: pd.DataFrame) -> pd.DataFrame:
    """A follow-up is kept within seven days: of the newest seven days it cannot be told yet, and they are left out."""
    return summaries.iloc[:-7]
