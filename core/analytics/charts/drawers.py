"""Why money went back, and what was missing or too much in the cashiers' drawers."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted
from core.analytics.charts.language import (
    ACCENT,
    GREY,
    SENTENCE,
    SOFT,
    Bar,
    framed,
    keyed,
    laid_out,
    lying_bars,
    money_axis,
    nothing,
)
from core.analytics.charts.steps import pairs, step_for
from core.analytics.charts.timeline import on_time
from core.analytics.charts.words import hover, listed, money_short, money_unit, percent, shortened
from core.analytics.drawers import OTHER_REASON
from core.analytics.feed import ClinicInfo
from core.words import later, say

_PER = {
    "day": later("Counted less expected in the drawers per day"),
    "week": later("Counted less expected in the drawers per week"),
    "month": later("Counted less expected in the drawers per month"),
}


def refunds_by_reason(refunds: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `refunds()`."""
    unit = money_unit(say("Given back, or kept for the patient"), clinic, say("by the reason on the credit note"))
    sums = refunds.groupby("reason").agg(total=("amount", "sum"), notes=("amount", "count"))
    sums = sums.sort_values("total", ascending=False)
    total = float(sums["total"].sum())
    if not total > 0:
        return nothing(say("Refund reasons"), unit)
    bars = [
        Bar(
            said(reason),
            row.total,
            f"{money_short(clinic, row.total)} · {counted.credit_notes(row.notes)}",
            say(
                "{total} was given back on {credit_notes}: {reason}.",
                total=clinic.money(row.total),
                credit_notes=counted.credit_notes(row.notes),
                reason=said(reason),
            ),
            ACCENT if reason == sums.index[0] else SOFT,
        )
        for reason, row in pairs(sums)
    ]
    finding = say("Refund reasons: {reason}", reason=shortened(said(str(sums.index[0])), 26))
    if len(sums) > 1:
        first = percent(sums["total"].iloc[0] / total)
        finding = say("{said}, {percent} of {total}", said=finding, percent=first, total=clinic.money_round(total))
    return lying_bars(bars, finding, unit)


def said(reason: str) -> str:
    """As somebody typed it; what stands for the rare ones is ours to say."""
    return say(reason) if reason == OTHER_REASON else reason


def cash_differences(day_closes: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what drawers had too much, and below the line of what was missing. Takes `day_closes()`."""
    if day_closes.empty:
        return nothing(say("Cash differences"), money_unit(say("Counted less expected in the drawers"), clinic))
    step = step_for(pd.DatetimeIndex(day_closes["date"]))
    unit = money_unit(say(_PER[step.name]), clinic, say("by day of the drawer"))
    starts = step.starts(pd.DatetimeIndex(day_closes["date"]))
    split = {"over": day_closes["difference"].clip(lower=0), "short": day_closes["difference"].clip(upper=0)}
    sums = pd.DataFrame(split).set_axis(starts).groupby(level=0).sum()
    figure = go.Figure()
    for name, colour in (("over", SOFT), ("short", ACCENT)):
        figure.add_bar(
            x=sums.index,
            y=sums[name],
            marker_color=colour,
            width=step.width_ms,
            customdata=[
                hover(
                    say(
                        "{when} {short} was missing, {over} too much.",
                        when=step.when(day),
                        short=clinic.money(-row.short),
                        over=clinic.money(row.over),
                    )
                )
                for day, row in pairs(sums)
            ],
            hovertemplate=SENTENCE,
        )
    on_time(figure, sums.index, step)
    key = [keyed("■", say("Too much"), SOFT), keyed("■", say("Missing"), ACCENT)]
    framed(figure, _difference_finding(day_closes, clinic), unit, key=key)
    laid_out(figure, barmode="relative")
    figure.add_hline(0, line={"color": GREY, "width": 1})
    return money_axis(figure, clinic, [*sums["over"], *sums["short"]])


def _difference_finding(day_closes: pd.DataFrame, clinic: ClinicInfo) -> str:
    differing = day_closes[day_closes["difference"].fillna(0) != 0]
    if differing.empty:
        return say("Cash differences: none in {drawers}", drawers=counted.drawers(len(day_closes)))
    short, over = -differing["difference"].clip(upper=0).sum(), differing["difference"].clip(lower=0).sum()
    missing = say("{amount} missing", amount=clinic.money_round(short)) if short else ""
    too_much = say("{amount} too much", amount=clinic.money_round(over)) if over else ""
    return say(
        "Cash differences: {amounts} in {differing:,} of {drawers}",
        amounts=listed(filter(None, (missing, too_much))),
        differing=len(differing),
        drawers=counted.drawers(len(day_closes)),
    )
