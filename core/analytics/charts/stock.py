"""Medicines: what is handed over, what runs out, what expires, what lies still."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted, dated
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
    money_axis,
    nothing,
    number_axis,
)
from core.analytics.charts.steps import finished, pairs, stepped
from core.analytics.charts.timeline import mean_key, time_bars
from core.analytics.charts.words import course, hover, money_short, money_unit, percent, shortened
from core.analytics.feed import ClinicInfo
from core.words import say, say_count

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
        say("{when} {units} were handed over.", when=step.when(day), units=counted.units(units))
        for day, units in pairs(values)
    ]
    known = finished(values, summaries)
    figure = time_bars(values, step, sentences, known=known)
    finding = course(say("Medicines"), known, step, counted.units)
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
    figure = lying_bars(bars, _cover_finding(used, used[late]), unit)
    mark_bars(figure, shown["lead_days"])
    return figure


def _cover_finding(used: pd.DataFrame, late: pd.DataFrame) -> str:
    first = used.iloc[0] if late.empty else late.iloc[0]
    told = {"medicine": shortened(first["medicine"], 26), "days": counted.days(first["days_of_cover"])}
    if late.empty:
        return say("Cover: shortest for {medicine}, {days}", **told)
    said = say_count(
        len(late),
        "Cover: {count} medicine would run out before an order arrives",
        "Cover: {count} medicines would run out before an order arrives",
    )
    if not first["on_hand"]:
        return say("{said}; {medicine} has run out", said=said, medicine=told["medicine"])
    return say("{said}; {medicine} lasts {days}", said=said, **told)


def _cover_sentence(row: Any) -> str:
    lead = (
        say("it is not known how long an order takes")
        if np.isnan(row.lead_days)
        else say("an order takes {lead_days:.0f}", lead_days=row.lead_days)
    )
    return say(
        "{medicine}: {on_hand:,} {unit} on hand last {days} at {used_per_day:,.1f} a day; {lead}.",
        medicine=row.medicine,
        on_hand=row.on_hand,
        unit=say(row.unit),
        days=counted.days(row.days_of_cover),
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
    sentences = [hover(_expiring(label, row, clinic)) for label, row in pairs(sums)]
    places = list(range(len(sums)))
    figure.add_bar(x=places, y=sums["value"], marker_color=FAINT, customdata=sentences, hovertemplate=SENTENCE)
    figure.add_bar(x=places, y=sums["at_risk_value"], marker_color=ACCENT, customdata=sentences, hovertemplate=SENTENCE)
    framed(figure, _risk_finding(expiry, clinic), unit)
    labels = [str(label).replace(" ", "<br>", 1) for label in sums.index]
    every = 1 + (len(labels) - 1) // 10
    axis = {"tickvals": places[::every], "ticktext": labels[::every], "tickangle": 0}
    laid_out(figure, barmode="overlay", hovermode="x", xaxis={**axis, "range": [-0.6, max(len(sums), 6) - 0.4]})
    return money_axis(figure, clinic, list(sums["value"]))


def _expiring(label: str, row: Any, clinic: ClinicInfo) -> str:
    told = {
        "month": label,
        "money": clinic.money(row.value),
        "batches": counted.batches(row.batches),
        "unused": clinic.money(row.at_risk_value),
    }
    if label == say("Expired"):
        return say("Expired already: {money} in {batches}; {unused} of it will not be used.", **told)
    if label == say("Later"):
        return say("Expiring later: {money} in {batches}; {unused} of it will not be used.", **told)
    return say("Expiring {month}: {money} in {batches}; {unused} of it will not be used.", **told)


def _risk_finding(expiry: pd.DataFrame, clinic: ClinicInfo) -> str:
    total, gone = float(expiry["at_risk_value"].sum()), float(expiry["value"][expiry["days_left"] < 0].sum())
    finding = say("Expiry: all will be used in time")
    if total:
        share = percent(total / expiry["value"].sum())
        finding = say("Expiry: {money} at risk, {percent} of the stock", money=clinic.money_round(total), percent=share)
    return say("{said}; {money} has expired", said=finding, money=clinic.money_round(gone)) if gone else finding


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
    sums.index = pd.Index([names.get(at, dated.short_month(months[at])) for at in sums.index])
    return sums


def slow_movers(on_hand: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """The fifteen medicines that tie up the most money among those that last over 180 days or are not used at all.
    Takes `stock_on_hand()`."""
    unit = money_unit(
        say("Value on hand at cost of what lasts over {days} days at the present pace", days=SLOW_DAYS),
        clinic,
    )
    slow = on_hand[(on_hand["value"] > 0) & ~(on_hand["days_of_cover"] <= SLOW_DAYS)]
    if on_hand.empty:
        return nothing(say("Slow movers"), unit)
    if slow.empty:
        return framed(go.Figure(), say("Slow movers: nothing lies still"), unit, empty=True)
    slow = slow.sort_values("value", ascending=False)
    bars = [
        Bar(
            row.medicine,
            row.value,
            f"{money_short(clinic, row.value)} · {_lasts(row.days_of_cover)}",
            _lying(row, clinic),
            ACCENT if np.isinf(row.days_of_cover) else SOFT,
        )
        for _, row in pairs(slow.head(MOST))
    ]
    total, all_of_it = float(slow["value"].sum()), float(on_hand["value"].sum())
    finding = say(
        "Slow movers: {money} lies in {medicines}, {percent} of the stock",
        money=clinic.money_round(total),
        medicines=counted.medicines(len(slow)),
        percent=percent(total / all_of_it),
    )
    return lying_bars(bars, finding, say("{unit}; coloured: not used at all", unit=unit))


def _lying(row: Any, clinic: ClinicInfo) -> str:
    told = {"medicine": row.medicine, "money": clinic.money(row.value), "lasts": _lasts(row.days_of_cover)}
    if pd.isna(row.last_dispensed):
        return say("{medicine}: {money} on hand; {lasts}, never handed over yet.", **told)
    day = dated.long_day(row.last_dispensed)
    return say("{medicine}: {money} on hand; {lasts}, last handed over {day}.", **told, day=day)


def _lasts(days: float) -> str:
    return say("lasts {days:,.0f} days", days=days) if np.isfinite(days) else say("not used")
