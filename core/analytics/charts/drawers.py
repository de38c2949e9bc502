"""Why money went back, and what was missing or too much in the cashiers' drawers."""

import pandas as pd
import plotly.graph_objects as go

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
    on_time,
)
from core.analytics.charts.steps import pairs, step_for
from core.analytics.charts.words import hover, many, money_short, money_unit, percent, shortened
from core.analytics.feed import ClinicInfo
from core.words import say


def refunds_by_reason(refunds: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `refunds()`."""
    unit = money_unit(say("Given back, or kept for the patient"), clinic) + say(", by the reason on the credit note")
    sums = refunds.groupby("reason").agg(total=("amount", "sum"), notes=("amount", "count"))
    sums = sums.sort_values("total", ascending=False)
    total = float(sums["total"].sum())
    if not total > 0:
        return nothing(say("Refund reasons"), unit)
    bars = [
        Bar(
            reason,
            row.total,
            f"{money_short(clinic, row.total)} · {many(row.notes, say('credit note'))}",
            say(
                "{total} was given back on {many}: {reason}.",
                total=clinic.money(row.total),
                many=many(row.notes, say("credit note")),
                reason=reason,
            ),
            ACCENT if reason == sums.index[0] else SOFT,
        )
        for reason, row in pairs(sums)
    ]
    share = (
        say(
            ", {percent} of {money_round}",
            percent=percent(sums["total"].iloc[0] / total),
            money_round=clinic.money_round(total),
        )
        if len(sums) > 1
        else ""
    )
    return lying_bars(
        bars, say("Refund reasons: {shortened}{share}", shortened=shortened(str(sums.index[0]), 26), share=share), unit
    )


def cash_differences(day_closes: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what drawers had too much, and below the line of what was missing. Takes `day_closes()`."""
    if day_closes.empty:
        return nothing(say("Cash differences"), money_unit(say("Counted less expected in the drawers"), clinic))
    step = step_for(pd.DatetimeIndex(day_closes["date"]))
    unit = money_unit(say("Counted less expected in the drawers per {name}", name=step.name), clinic) + say(
        ", by day of the drawer"
    )
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
                        "{when} {clinic} was missing, {over} too much.",
                        when=step.when(day),
                        clinic=clinic.money(-row.short),
                        over=clinic.money(row.over),
                    )
                )
                for day, row in pairs(sums)
            ],
            hovertemplate=SENTENCE,
        )
    on_time(figure, sums.index, step)
    key = [keyed("■", say("Too much")), keyed("■", say("Missing"), ACCENT)]
    framed(
        figure,
        say("Cash differences: {difference_finding}", difference_finding=_difference_finding(day_closes, clinic)),
        unit,
        key=key,
    )
    laid_out(figure, barmode="relative")
    figure.add_hline(0, line={"color": GREY, "width": 1})
    return money_axis(figure, clinic, [*sums["over"], *sums["short"]])


def _difference_finding(day_closes: pd.DataFrame, clinic: ClinicInfo) -> str:
    differing = day_closes[day_closes["difference"] != 0]
    if differing.empty:
        return say("none in {many}", many=many(len(day_closes), say("closed drawer")))
    short, over = -differing["difference"].clip(upper=0).sum(), differing["difference"].clip(lower=0).sum()
    told = [(short, "missing"), (over, say("too much"))]
    amounts = " and ".join(f"{clinic.money_round(amount)} {words}" for amount, words in told if amount)
    return say(
        "{amounts} in {differing:,} of {many}",
        amounts=amounts,
        differing=len(differing),
        many=many(len(day_closes), say("closed drawer")),
    )
