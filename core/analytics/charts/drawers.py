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


def refunds_by_reason(refunds: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `refunds()`."""
    unit = money_unit("Given back, or kept for the patient", clinic) + ", by the reason on the credit note"
    sums = refunds.groupby("reason").agg(total=("amount", "sum"), notes=("amount", "count"))
    sums = sums.sort_values("total", ascending=False)
    total = float(sums["total"].sum())
    if not total > 0:
        return nothing("Refund reasons", unit)
    bars = [
        Bar(
            reason,
            row.total,
            f"{money_short(clinic, row.total)} · {many(row.notes, 'credit note')}",
            f"{clinic.money(row.total)} was given back on {many(row.notes, 'credit note')}: {reason}.",
            ACCENT if reason == sums.index[0] else SOFT,
        )
        for reason, row in pairs(sums)
    ]
    share = f", {percent(sums['total'].iloc[0] / total)} of {clinic.money_round(total)}" if len(sums) > 1 else ""
    return lying_bars(bars, f"Refund reasons: {shortened(str(sums.index[0]), 26)}{share}", unit)


def cash_differences(day_closes: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what drawers had too much, and below the line of what was missing. Takes `day_closes()`."""
    if day_closes.empty:
        return nothing("Cash differences", money_unit("Counted less expected in the drawers", clinic))
    step = step_for(pd.DatetimeIndex(day_closes["date"]))
    unit = money_unit(f"Counted less expected in the drawers per {step.name}", clinic) + ", by day of the drawer"
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
                hover(f"{step.when(day)} {clinic.money(-row.short)} was missing, {clinic.money(row.over)} too much.")
                for day, row in pairs(sums)
            ],
            hovertemplate=SENTENCE,
        )
    on_time(figure, sums.index, step)
    key = [keyed("■", "Too much"), keyed("■", "Missing", ACCENT)]
    framed(figure, f"Cash differences: {_difference_finding(day_closes, clinic)}", unit, key=key)
    laid_out(figure, barmode="relative")
    figure.add_hline(0, line={"color": GREY, "width": 1})
    return money_axis(figure, clinic, [*sums["over"], *sums["short"]])


def _difference_finding(day_closes: pd.DataFrame, clinic: ClinicInfo) -> str:
    differing = day_closes[day_closes["difference"] != 0]
    if differing.empty:
        return f"none in {many(len(day_closes), 'closed drawer')}"
    short, over = -differing["difference"].clip(upper=0).sum(), differing["difference"].clip(lower=0).sum()
    told = [(short, "missing"), (over, "too much")]
    amounts = " and ".join(f"{clinic.money_round(amount)} {words}" for amount, words in told if amount)
    return f"{amounts} in {len(differing):,} of {many(len(day_closes), 'closed drawer')}"
