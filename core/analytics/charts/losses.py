"""What stock was lost, and how long suppliers take."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted, dated
from core.analytics.charts.language import (
    ACCENT,
    GREY,
    MOST,
    SENTENCE,
    SOFT,
    Bar,
    framed,
    keyed,
    laid_out,
    lying_bars,
    mark_bars,
    money_axis,
    nothing,
)
from core.analytics.charts.months import every_month
from core.analytics.charts.steps import MONTH, pairs
from core.analytics.charts.timeline import on_time
from core.analytics.charts.words import hover, money_unit, percent, shortened
from core.analytics.feed import ClinicInfo
from core.words import later, say

_REASONS = {
    "EXPIRED": later("Expired"),
    "WRITTEN_OFF": later("Damaged or lost"),
    "ADJUSTED": later("Missing at a count"),
}
_AS_PART = {
    "EXPIRED": later("{percent} of it expired"),
    "WRITTEN_OFF": later("{percent} of it damaged or lost"),
    "ADJUSTED": later("{percent} of it missing at a count"),
}
_COLOURS = {"EXPIRED": ACCENT, "WRITTEN_OFF": GREY, "ADJUSTED": SOFT}


def losses_per_month(stock_losses: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what was lost by month and reason; what a count found again lies below the line. Takes
    `stock_losses()`."""
    unit = money_unit(say("At cost, by month; below the line: found again"), clinic)
    if stock_losses.empty:
        return nothing(say("Losses"), unit)
    sums = stock_losses.pivot_table(
        index="month", columns="reason", values="lost_value", aggfunc="sum", observed=False, fill_value=0.0
    )
    sums = every_month(sums)
    figure = go.Figure()
    for reason, words in _REASONS.items():
        figure.add_bar(
            x=sums.index,
            y=sums[reason],
            width=MONTH.width_ms,
            marker_color=_COLOURS[reason],
            customdata=[
                hover(
                    say(
                        "{reason} in {month}: {money}.",
                        reason=say(words),
                        month=dated.month(month),
                        money=clinic.money(value),
                    )
                )
                for month, value in pairs(sums[reason])
            ],
            hovertemplate=SENTENCE,
        )
    on_time(figure, sums.index, MONTH)
    key = [keyed("■", say(words), _COLOURS[reason]) for reason, words in _REASONS.items()]
    framed(figure, _loss_finding(stock_losses, clinic), unit, key=key)
    laid_out(figure, barmode="relative")
    ups, downs = sums.clip(lower=0).sum(axis=1), sums.clip(upper=0).sum(axis=1)
    return money_axis(figure, clinic, [*ups, *downs])


def _loss_finding(losses: pd.DataFrame, clinic: ClinicInfo) -> str:
    by_reason = losses.groupby("reason", observed=True)["lost_value"].sum().sort_values(ascending=False)
    total, first = float(by_reason.sum()), float(by_reason.iloc[0])
    if total <= 0:
        return say("Losses: {money} more was found than lost", money=clinic.money_round(-total))
    by_medicine = losses.groupby("medicine")["lost_value"].sum().sort_values(ascending=False)
    said = say("Losses: {money}", money=clinic.money_round(total))
    why = say(_AS_PART[str(by_reason.index[0])], percent=percent(first / total)) if first < total else ""
    most = say("most of {medicine}", medicine=shortened(str(by_medicine.index[0]), 26))
    return ", ".join(filter(None, (said, why, most)))


def lead_times(purchase_orders: pd.DataFrame) -> go.Figure:
    """Lying bars of the days suppliers take, the slowest first: the median, fainter behind it nine of ten; the mark is
    what they promised, and who is late most often stands out. Takes `purchase_orders()`."""
    unit = say("Days from order to first delivery: half of the orders, fainter nine of ten; the mark is the promise")
    came = purchase_orders[purchase_orders["days_taken"].notna()]
    if came.empty:
        return nothing(say("Delivery"), unit)
    suppliers = _suppliers(came)
    shown = suppliers.head(MOST)
    bars = [
        Bar(
            supplier,
            row.days,
            say("{days:,.0f} · {percent} late", days=row.days, percent=percent(row.late)),
            say(
                "{supplier}: half of {orders} came within {days:,.0f} days, nine of ten within {most:,.0f}, "
                "promised for {promised:,.0f}; {percent} were late, {short} short.",
                supplier=supplier,
                orders=counted.orders(row.orders),
                days=row.days,
                most=row.most,
                promised=row.promised,
                percent=percent(row.late),
                short=counted.orders(row.short),
            ),
            ACCENT if row.late and row.late == suppliers["late"].max() else SOFT,
            behind=row.most,
            clear_of=row.promised,
        )
        for supplier, row in pairs(shown)
    ]
    figure = lying_bars(bars, _delivery_finding(came, suppliers), unit)
    mark_bars(figure, shown["promised"])
    return figure


def _suppliers(came: pd.DataFrame) -> pd.DataFrame:
    groups = came.assign(late=came["days_late"] > 0, short=came["short_units"] > 0).groupby("supplier")
    table = groups.agg(
        days=("days_taken", "median"),
        most=("days_taken", lambda days: days.quantile(0.9)),
        promised=("days_promised", "median"),
        late=("late", "mean"),
        short=("short", "sum"),
        orders=("days_taken", "count"),
    )
    return table.sort_values(["days", "late"], ascending=False)


def _delivery_finding(came: pd.DataFrame, suppliers: pd.DataFrame) -> str:
    late = float((came["days_late"] > 0).mean())
    said = say("Delivery: {percent} of {orders} came late", percent=percent(late), orders=counted.orders(len(came)))
    if not late or len(suppliers) < 2:
        return said
    worst = suppliers.sort_values(["late", "days"], ascending=False).index[0]
    return say("{said}, most often from {supplier}", said=said, supplier=shortened(str(worst), 26))
