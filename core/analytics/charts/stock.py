"""Medicines: what is handed over, what runs out, what expires, what lies still."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import (
    ACCENT,
    FAINT,
    MOST,
    SENTENCE,
    SOFT,
    Bar,
    framed,
    laid_out,
    lying_bars,
    mark_bars,
    mean_key,
    money_axis,
    nothing,
    number_axis,
    time_bars,
)
from core.analytics.charts.steps import finished, pairs, stepped
from core.analytics.charts.words import (
    course,
    hover,
    many,
    money_short,
    money_unit,
    percent,
    shortened,
)
from core.analytics.feed import ClinicInfo
from core.words import say

SLOW_DAYS = 180
_LOWEST = 20


def medicines_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of `medicines_dispensed` with their mean. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["medicines_dispensed"])
    unit = say("Units handed over {note}, by the day it was done", note=step.note)
    if totals.empty:
        return nothing(say("Medicines"), unit)
    values = totals["medicines_dispensed"]
    sentences = [
        say("{when} {many} were handed over.", when=step.when(day), many=many(units, "unit"))
        for day, units in pairs(values)
    ]
    known = finished(values, summaries)
    figure = time_bars(values, step, sentences, known=known)
    finding = course(say("Medicines"), known, step, lambda mean: f"{mean:,.0f} units")
    return number_axis(framed(figure, finding, unit, key=mean_key(known, step)), list(values))


def days_of_cover(on_hand: pd.DataFrame) -> go.Figure:
    """The twenty medicines that run out first, beside the days an order takes to arrive. Takes `stock_on_hand()`.

    Those that will run out before an order can arrive stand out; who is never used is left out.
    """
    unit = say("Days that usable stock lasts at the present pace; the mark is the days an order takes")
    used = on_hand[np.isfinite(on_hand["days_of_cover"])].sort_values(["days_of_cover", "medicine"])
    if used.empty:
        return nothing(say("Days of cover"), unit)
    late = used["days_of_cover"] <= used["lead_days"]
    shown = used.head(_LOWEST)
    bars = [
        Bar(
            row.medicine,
            row.days_of_cover,
            f"{row.days_of_cover:,.0f}" if row.on_hand else say("none left"),
            _cover_sentence(row),
            ACCENT if row.days_of_cover <= row.lead_days else SOFT,
            clear_of=row.lead_days if row.days_of_cover <= row.lead_days else 0.0,
        )
        for _, row in pairs(shown)
    ]
    if late.any():
        gone, first = used[late], used[late].iloc[0]
        told = say("{many} would run out before an order arrives", many=many(len(gone), "medicine"))
        when = say("has run out") if not first["on_hand"] else f"lasts {many(round(first['days_of_cover']), 'day')}"
        finding = f"{told}; {shortened(first['medicine'], 26)} {when}"
    else:
        first = used.iloc[0]
        finding = say(
            "shortest for {shortened}, {many}",
            shortened=shortened(first["medicine"], 26),
            many=many(round(first["days_of_cover"]), "day"),
        )
    figure = lying_bars(bars, say("Cover: {finding}", finding=finding), unit)
    mark_bars(figure, shown["lead_days"])
    return figure


def _cover_sentence(row: Any) -> str:
    lead = (
        say("it is not known how long an order takes")
        if np.isnan(row.lead_days)
        else say("an order takes {lead_days:.0f}", lead_days=row.lead_days)
    )
    return say(
        "{medicine}: {on_hand:,} {unit} on hand last {many} at {used_per_day:,.1f} a day; {lead}.",
        medicine=row.medicine,
        on_hand=row.on_hand,
        unit=row.unit,
        many=many(round(row.days_of_cover), "day"),
        used_per_day=row.used_per_day,
        lead=lead,
    )


def money_at_risk(expiry: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what will expire unused by month of expiry, fainter all that expires then. Takes `expiry()`."""
    unit = money_unit(say("At cost, by month of expiry: what will not be used by then, fainter all of it"), clinic)
    if not expiry["value"].sum() > 0:
        return nothing(say("Expiry"), unit)
    sums = _by_expiry(expiry)
    figure = go.Figure()
    sentences = [
        hover(
            say(
                "{part}: {clinic} in {batches} batch{part_2}; {at_risk_value} of it will not be used.",
                part=say("Expired already") if label == "Expired" else say("Expiring {label}", label=label),
                clinic=clinic.money(row.value),
                batches=row.batches,
                part_2="" if row.batches == 1 else "es",
                at_risk_value=clinic.money(row.at_risk_value),
            )
        )
        for label, row in pairs(sums)
    ]
    places = list(range(len(sums)))
    figure.add_bar(x=places, y=sums["value"], marker_color=FAINT, customdata=sentences, hovertemplate=SENTENCE)
    figure.add_bar(x=places, y=sums["at_risk_value"], marker_color=ACCENT, customdata=sentences, hovertemplate=SENTENCE)
    total, gone = float(expiry["at_risk_value"].sum()), float(expiry["value"][expiry["days_left"] < 0].sum())
    finding = (
        say("Expiry: {money_round} at risk", money_round=clinic.money_round(total))
        if total
        else say("Expiry: all will be used in time")
    )
    finding += say(", {percent} of the stock", percent=percent(total / expiry["value"].sum())) if total else ""
    finding += say("; {money_round} has expired", money_round=clinic.money_round(gone)) if gone else ""
    framed(figure, finding, unit)
    labels = [str(label).replace(" ", "<br>", 1) for label in sums.index]
    every = 1 + (len(labels) - 1) // 10
    axis = {"tickvals": places[::every], "ticktext": labels[::every], "tickangle": 0}
    laid_out(figure, barmode="overlay", hovermode="x", xaxis={**axis, "range": [-0.6, max(len(sums), 6) - 0.4]})
    return money_axis(figure, clinic, list(sums["value"]))


def _by_expiry(expiry: pd.DataFrame) -> pd.DataFrame:
    """Sums by "Expired", then the twelve months from today on, then what of later ones is at risk."""
    today = (expiry["expires_on"] - pd.to_timedelta(expiry["days_left"], unit="D")).max()
    ahead = (expiry["expires_on"].dt.year - today.year) * 12 + expiry["expires_on"].dt.month - today.month
    place = ahead.clip(upper=12).where(expiry["days_left"] >= 0, -1)
    sums = expiry.groupby(place)[["value", "at_risk_value"]].sum().assign(batches=expiry.groupby(place).size())
    first = 0 if -1 not in sums.index else -1
    sums = sums.reindex(range(first, int(max(sums.index.max(), 0)) + 1), fill_value=0)
    months = pd.date_range(today.to_period("M").to_timestamp(), periods=13, freq="MS")
    if 12 in sums.index:  # all that expires later would dwarf the months before
        sums["value"] = sums["value"].where(sums.index < 12, sums["at_risk_value"])
        sums = sums[(sums.index < 12) | (sums["at_risk_value"] > 0)]
    names = {-1: say("Expired"), 12: say("Later")}
    sums.index = pd.Index([names.get(at, f"{months[at]:%b %Y}") for at in sums.index])
    return sums


def slow_movers(on_hand: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """The fifteen medicines that tie up the most money among those that last over 180 days or are not used at all.
    Takes `stock_on_hand()`."""
    unit = money_unit(
        say("Value on hand at cost of what lasts over {SLOW_DAYS} days at the present pace", SLOW_DAYS=SLOW_DAYS),
        clinic,
    )
    slow = on_hand[(on_hand["value"] > 0) & ~(on_hand["days_of_cover"] <= SLOW_DAYS)]
    if slow.empty:
        said = say("nothing lies still") if len(on_hand) else say("nothing to show yet")
        return framed(go.Figure(), say("Slow movers: {said}", said=said), unit, empty=True)
    slow = slow.sort_values("value", ascending=False)
    bars = [
        Bar(
            row.medicine,
            row.value,
            f"{money_short(clinic, row.value)} · {_lasts(row.days_of_cover)}",
            say(
                "{medicine}: {clinic} on hand; {lasts}, ",
                medicine=row.medicine,
                clinic=clinic.money(row.value),
                lasts=_lasts(row.days_of_cover),
            )
            + (
                say("never handed over yet.")
                if pd.isna(row.last_dispensed)
                else say("last handed over {last_dispensed:%-d %B %Y}.", last_dispensed=row.last_dispensed)
            ),
            ACCENT if np.isinf(row.days_of_cover) else SOFT,
        )
        for _, row in pairs(slow.head(MOST))
    ]
    total, all_of_it = float(slow["value"].sum()), float(on_hand["value"].sum())
    finding = say(
        "{money_round} lies in {many}, {percent} of the stock",
        money_round=clinic.money_round(total),
        many=many(len(slow), "medicine"),
        percent=percent(total / all_of_it),
    )
    return lying_bars(
        bars, say("Slow movers: {finding}", finding=finding), say("{unit}; coloured: not used at all", unit=unit)
    )


def _lasts(days: float) -> str:
    return say("lasts {days:,.0f} days", days=days) if np.isfinite(days) else say("not used")
