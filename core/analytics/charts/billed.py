"""What became of what was billed: received, still owed, given back."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted
from core.analytics.charts.language import (
    ACCENT,
    FAINT,
    GREY,
    SENTENCE,
    SOFT,
    TEXT,
    Bar,
    framed,
    laid_out,
    lying_bars,
    money_axis,
    named_rows,
    nothing,
)
from core.analytics.charts.revenue import by_invoice
from core.analytics.charts.steps import pairs, stepped
from core.analytics.charts.timeline import time_bars
from core.analytics.charts.words import hover, money_short, money_unit, percent
from core.analytics.feed import ClinicInfo
from core.words import later, say

_METHODS = {
    "CASH": later("Cash"),
    "CARD": later("Card"),
    "UPI": "UPI",
    "TRANSFER": later("Transfer"),
    "INSURANCE": later("Insurance"),
}
_KINDS = {
    "CONSULTATION": later("Consultations"),
    "SERVICE": later("Services"),
    "MEDICINE": later("Medicines"),
    "OTHER": later("Other"),
}


def receipts_by_method(frame: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `receipts_by_method()`."""
    unit = money_unit(say("Received less refunded"), clinic, say("by the day the money moved"))
    sums = frame.groupby("method")["amount"].sum().sort_values(ascending=False)
    total = float(sums.sum())
    if sums.empty or not sums.any():
        return nothing(say("Received"), unit)
    shares = sums / total if total > 0 else sums * float("nan")
    names = {method: say(_METHODS.get(method, method)) for method in sums.index}
    bars = [
        Bar(
            names[method],
            amount,
            f"{money_short(clinic, amount)} · {percent(shares[method])}",
            say(
                "{amount} came in by {method}, {percent} of {total}.",
                amount=clinic.money(amount),
                method=names[method],
                percent=percent(shares[method]),
                total=clinic.money(total),
            ),
            ACCENT if method == sums.index[0] else SOFT,
        )
        for method, amount in pairs(sums)
    ]
    told = {"method": bars[0].label, "total": clinic.money_round(total)}
    if len(bars) == 1:
        finding = say("Receipts less refunds: {total} by {method}", **told)
    elif total > 0:
        share = percent(shares.iloc[0])
        finding = say("Receipts less refunds: {method} brought {percent} of {total}", **told, percent=share)
    else:
        finding = say("Receipts less refunds: {total}", total=told["total"])
    return lying_bars(bars, finding, unit)


def billed_by_kind(frame: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `billed_by_kind()`."""
    unit = money_unit(say("Billed with tax, by kind of line"), clinic, by_invoice())
    sums = frame.groupby("kind")["billed"].sum().sort_values(ascending=False)
    total = float(sums.sum())
    if total <= 0:
        return nothing(say("Billed"), unit)
    names = {kind: say(_KINDS.get(kind, kind)) for kind in sums.index}
    bars = [
        Bar(
            names[kind],
            amount,
            f"{money_short(clinic, amount)} · {percent(amount / total)}",
            say(
                "{kind} made {amount}, {percent} of what was billed.",
                kind=names[kind],
                amount=clinic.money(amount),
                percent=percent(amount / total),
            ),
            ACCENT if kind == sums.index[0] else SOFT,
        )
        for kind, amount in pairs(sums)
    ]
    finding = say(
        "Billed: {total}, {percent} of it under {kind}",
        kind=bars[0].label,
        percent=percent(sums.iloc[0] / total),
        total=clinic.money_round(total),
    )
    return lying_bars(bars, finding, unit)


def from_billed_to_received(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """A waterfall from the price list to what was kept, all for bills of these days. Takes `daily_summaries()`.

    What was refunded is what remains: billed less due less revenue (the column `refunded` goes by another day).
    """
    unit = money_unit(say("All by date of the bill"), clinic, say("as paid and refunded until now"))
    sums = summaries[["subtotal", "discount", "tax", "billed", "due", "revenue"]].sum()
    if not sums["subtotal"]:
        return nothing(say("From billed to received"), unit)
    refunded = round(sums["billed"] - sums["due"] - sums["revenue"], 2)
    steps = [
        (say("List price"), sums["subtotal"], "absolute", say("{amount} was charged at list prices.")),
        (say("Discount"), -sums["discount"], "relative", say("{amount} was given as discount.")),
        (say("Tax"), sums["tax"], "relative", say("{amount} was added as tax.")),
        (say("Billed"), sums["billed"], "total", say("{amount} was billed.")),
        (say("Not yet paid"), -sums["due"], "relative", say("{amount} is not paid yet.")),
        (say("Refunded"), -refunded, "relative", say("{amount} was refunded.")),
        (say("Revenue"), sums["revenue"], "total", say("{amount} was paid and kept.")),
    ]
    shown = [step for step in steps if step[1] or step[2] != "relative"]
    figure = framed(_waterfall(shown, clinic), _kept_finding(sums, refunded, clinic), unit)
    laid_out(figure, xaxis={"visible": False, "range": [0, max(abs(step[1]) for step in steps) * 1.3]})
    return named_rows(figure, [step[0] for step in shown])


def _kept_finding(sums: "pd.Series[float]", refunded: float, clinic: ClinicInfo) -> str:
    kept = percent(sums["revenue"] / sums["billed"]) if sums["billed"] else say("nothing")
    told = {"kept": kept, "billed": clinic.money_round(sums["billed"])}
    if max(-sums["due"], -refunded) >= 0:
        return say("Revenue: {kept} of {billed} billed", **told)
    return say(
        "Revenue: {kept} of {billed} billed; {due} not yet paid, {refunded} refunded",
        **told,
        due=clinic.money_round(sums["due"]),
        refunded=clinic.money_round(refunded),
    )


def _waterfall(steps: list[tuple[str, float, str, str]], clinic: ClinicInfo) -> go.Figure:
    figure = go.Figure()
    figure.add_waterfall(
        orientation="h",
        y=list(range(len(steps))),
        x=[amount for _, amount, _, _ in steps],
        measure=[measure for _, _, measure, _ in steps],
        text=[f" {money_short(clinic, amount)}" for _, amount, _, _ in steps],
        textposition="outside",
        textfont={"color": TEXT},
        cliponaxis=False,
        customdata=[hover(sentence.format(amount=clinic.money(abs(amount)))) for _, amount, _, sentence in steps],
        hovertemplate=SENTENCE,
        increasing_marker_color=SOFT,
        decreasing_marker_color=GREY,
        totals_marker_color=ACCENT,
        connector_line={"color": FAINT, "width": 1},
    )
    return figure


def dues_by_age(receivables: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """What is owed now by the age of the bill; the oldest stands out. Takes `receivables()`."""
    unit = money_unit(say("Due now"), clinic, say("by days since the date of the bill"))
    total = float(receivables["due"].sum())
    if total <= 0:
        return framed(go.Figure(), say("Dues: nobody owes anything"), unit, empty=True)
    bands = receivables.groupby("age_band", observed=False)["due"].agg(total="sum", bills="count")
    oldest = bands.index[-1]
    bars = [
        Bar(
            say(str(band)),
            row.total,
            f"{money_short(clinic, row.total)} · {counted.bills(row.bills)}",
            say(
                "{total} is owed on {bills} of {band}.",
                total=clinic.money(row.total),
                bills=counted.bills(row.bills),
                band=say(str(band)).lower(),
            ),
            ACCENT if band == oldest else SOFT,
        )
        for band, row in pairs(bands)
    ]
    return lying_bars(bars, _owed_finding(bands["total"], len(receivables), clinic), unit)


def _owed_finding(bands: "pd.Series[float]", bills: int, clinic: ClinicInfo) -> str:
    total, old = float(bands.sum()), float(bands.iloc[-1])
    told = {
        "total": clinic.money_round(total),
        "bills": counted.bills(bills),
        "oldest": say(str(bands.index[-1])).lower(),
    }
    if not old:
        return say("Dues: {total} is owed on {bills}, nothing for {oldest}", **told)
    return say("Dues: {total} is owed on {bills}, {percent} of it for {oldest}", **told, percent=percent(old / total))


def refunds_per_day(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what was given back. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["refunded"])
    unit = money_unit(say("Given back {note}, advances too", note=step.note), clinic, say("by the day the money left"))
    if totals.empty:
        return nothing(say("Refunds"), unit)
    back, taken = float(summaries["refunded"].sum()), float(summaries["received"].sum())
    values = totals["refunded"]
    sentences = [
        say("{when} {amount} was given back.", when=step.when(day), amount=clinic.money(amount))
        for day, amount in pairs(values)
    ]
    money = clinic.money_round(back)
    finding = say("Refunds: {money}", money=money) if back else say("Refunds: none in this period")
    if back and taken > 0:
        finding = say("Refunds: {money}, {percent} of what came in", money=money, percent=percent(back / taken))
    figure = time_bars(values, step, sentences, GREY)
    figure.data = figure.data[:1]  # refunds are rare: a mean says nothing
    return money_axis(framed(figure, finding, unit), clinic, list(values))
