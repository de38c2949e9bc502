"""Money: what was billed, received, owed and given back."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import (
    ACCENT,
    FAINT,
    GREY,
    MOST,
    SENTENCE,
    SOFT,
    TEXT,
    Bar,
    doctor_colour,
    framed,
    keyed,
    laid_out,
    lying_bars,
    mean_key,
    money_axis,
    named_rows,
    nothing,
    time_bars,
)
from core.analytics.charts.steps import MONTH, Step, finished, pairs, stepped
from core.analytics.charts.words import (
    compared,
    course,
    hover,
    many,
    money_short,
    money_unit,
    percent,
    shortened,
)
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


def revenue_per_day(summaries: pd.DataFrame, clinic: ClinicInfo, before: pd.DataFrame | None = None) -> go.Figure:
    """Bars of `revenue` with their mean. Takes `daily_summaries()`, and `before` those of the period before: a grey
    line of what the same weekday brought then."""
    totals, step = stepped(summaries, ["revenue", "invoices"])
    unit = money_unit(say("Paid for bills less refunds, {note}", note=step.note), clinic) + say(", by date of invoice")
    if totals.empty:
        return nothing(say("Revenue"), unit)
    then = _same_weekday(totals, before, step)
    sentences = [
        f"{step.when(day)} {many(row.invoices, 'invoice')} brought {clinic.money(row.revenue)}"
        + (say(", against {then} in the period before.", then=clinic.money(then[day])) if day in then.index else ".")
        for day, row in pairs(totals)
    ]
    known = finished(totals["revenue"], summaries)
    figure = time_bars(totals["revenue"], step, sentences, known=known)
    then_named = say("Same month before") if step is MONTH else say("Same weekday before")
    if len(then):
        line = {"color": GREY, "width": 1.5, "dash": "dot"}
        figure.add_scatter(x=then.index, y=then.to_numpy(), name=then_named, mode="lines", line=line, hoverinfo="skip")
    key = [*mean_key(known, step), *([keyed("┅", then_named)] if len(then) else [])]
    framed(figure, _revenue_finding(summaries, known, before, step, clinic), unit, key=key)
    return money_axis(figure, clinic, [*totals["revenue"], *then])


def _revenue_finding(
    summaries: pd.DataFrame,
    known: "pd.Series[float]",
    before: pd.DataFrame | None,
    step: Step,
    clinic: ClinicInfo,
) -> str:
    days = finished(summaries["revenue"], summaries)
    then = 0.0 if before is None else float(before["revenue"].mean())
    if before is None or len(before) < len(summaries) or not then > 0:
        return course(say("Revenue"), known, step, clinic.money_round)
    said = f"{clinic.money_round(float(days.sum()))} in {many(len(days), 'day')}"
    return say(
        "Revenue: {said}, {compared} in the {many} before",
        said=said,
        compared=compared(float(days.mean()), then),
        many=many(len(before), "day"),
    )


def _same_weekday(totals: pd.DataFrame, before: pd.DataFrame | None, step: Step) -> "pd.Series[float]":
    """The period before, moved onto this one by whole weeks (months where it is drawn by month)."""
    if before is None or before.empty:
        return pd.Series(dtype="float64")
    then = stepped(before, ["revenue"], step)[0]["revenue"]
    if then.empty:
        return then
    apart = totals.index.min() - then.index.min()
    if step is MONTH:
        then.index = then.index + pd.DateOffset(months=round(apart.days / 30.44))
    else:
        then.index = then.index + pd.Timedelta(days=7 * round(apart.days / 7))
    return then[then.index.isin(totals.index) & (then != 0)]  # the line goes on over closed days


def receipts_by_method(frame: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `receipts_by_method()`."""
    unit = money_unit(say("Received less refunded"), clinic) + say(", by the day the money moved")
    sums = frame.groupby("method")["amount"].sum().sort_values(ascending=False)
    total = float(sums.sum())
    if sums.empty or not sums.any():
        return nothing(say("Received"), unit)
    shares = sums / total if total > 0 else sums * float("nan")
    bars = [
        Bar(
            _METHODS.get(method, method),
            amount,
            f"{money_short(clinic, amount)} · {percent(shares[method])}",
            say(
                "{amount} came in by {get}, {percent} of {total}.",
                amount=clinic.money(amount),
                get=_METHODS.get(method, method),
                percent=percent(shares[method]),
                total=clinic.money(total),
            ),
            ACCENT if method == sums.index[0] else SOFT,
        )
        for method, amount in pairs(sums)
    ]
    first = (
        say("{label} brought {percent} of ", label=bars[0].label, percent=percent(shares.iloc[0]))
        if len(bars) > 1 and total > 0
        else ""
    )
    finding = f"{first}{clinic.money_round(total)} received{'' if first else f' by {bars[0].label}'}"
    return lying_bars(bars, say("Receipts: {finding}", finding=finding), unit)


def revenue_by_doctor(frame: pd.DataFrame, clinic: ClinicInfo, doctor: str | None = None) -> go.Figure:
    """Lying bars of revenue, fainter behind them what was billed; `doctor` is the one to point out. Takes
    `revenue_by_doctor()`."""
    unit = money_unit(say("Revenue, fainter what was billed"), clinic) + say(", by date of invoice")
    totals = top(frame.groupby("doctor")[["revenue", "billed", "visits"]].sum(), "revenue")
    total = float(totals["revenue"].sum())
    if totals.empty or not totals[["revenue", "billed"]].to_numpy().any():
        return nothing(say("Revenue by doctor"), unit)
    bars = [
        Bar(
            name or say("Without a visit"),
            row.revenue,
            money_short(clinic, row.revenue),
            say(
                "{value} brought {revenue} of {billed} billed, with {many}.",
                value=name or say("Bills without a visit"),
                revenue=clinic.money(row.revenue),
                billed=clinic.money(row.billed),
                many=many(row.visits, "visit"),
            ),
            ACCENT if name == doctor else doctor_colour("" if name.endswith(" others") else name),
            row.billed,
        )
        for name, row in pairs(totals)
    ]
    name = doctor if doctor is not None and doctor in totals.index else str(totals.index[0])
    brought = float(totals["revenue"].loc[name])
    share = say(", {percent} of all", percent=percent(brought / total)) if total > 0 and len(bars) > 1 else ""
    who = shortened(name, 26) or say("Bills without a visit")
    return lying_bars(
        bars,
        say(
            "Revenue by doctor: {who} brought {money_round}{share}",
            who=who,
            money_round=clinic.money_round(brought),
            share=share,
        ),
        unit,
    )


def top(totals: pd.DataFrame, by: str, most: int = MOST) -> pd.DataFrame:
    """The largest first; who is beyond the first fifteen is summed up in a last row, "12 others"."""
    ordered = totals.sort_values(by, ascending=False)
    if len(ordered) <= most + 1:
        return ordered
    others = ordered.iloc[most:].sum().to_frame(f"{len(ordered) - most} others").T.astype(ordered.dtypes)
    return pd.concat([ordered.iloc[:most], others])


def billed_by_kind(frame: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `billed_by_kind()`."""
    unit = money_unit(say("Billed with tax, by kind of line"), clinic) + say(", by date of invoice")
    sums = frame.groupby("kind")["billed"].sum().sort_values(ascending=False)
    total = float(sums.sum())
    if total <= 0:
        return nothing(say("Billed"), unit)
    bars = [
        Bar(
            _KINDS.get(kind, kind),
            amount,
            f"{money_short(clinic, amount)} · {percent(amount / total)}",
            say(
                "{get} made {amount}, {percent} of what was billed.",
                get=_KINDS.get(kind, kind),
                amount=clinic.money(amount),
                percent=percent(amount / total),
            ),
            ACCENT if kind == sums.index[0] else SOFT,
        )
        for kind, amount in pairs(sums)
    ]
    made = say(
        "{label} make {percent} of {money_round}",
        label=bars[0].label,
        percent=percent(sums.iloc[0] / total),
        money_round=clinic.money_round(total),
    )
    return lying_bars(bars, say("Billed: {made}", made=made), unit)


def from_billed_to_received(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """A waterfall from the price list to what was kept, all for bills of these days. Takes `daily_summaries()`.

    What was refunded is what remains: billed less due less revenue (the column `refunded` goes by another day).
    """
    unit = money_unit(say("All by date of invoice"), clinic) + say(", as paid and refunded until now")
    sums = summaries[["subtotal", "discount", "tax", "billed", "due", "revenue"]].sum()
    if not sums["subtotal"]:
        return nothing(say("From billed to received"), unit)
    refunded = round(sums["billed"] - sums["due"] - sums["revenue"], 2)
    steps = [
        (say("List price"), sums["subtotal"], "absolute", say("was charged at list prices")),
        (say("Discount"), -sums["discount"], "relative", say("was given as discount")),
        (say("Tax"), sums["tax"], "relative", say("was added as tax")),
        (say("Billed"), sums["billed"], "total", say("was billed")),
        (say("Not yet paid"), -sums["due"], "relative", say("is not paid yet")),
        (say("Refunded"), -refunded, "relative", say("was refunded")),
        (say("Revenue"), sums["revenue"], "total", say("was paid and kept")),
    ]
    shown = [step for step in steps if step[1] or step[0] in ("List price", "Billed", "Revenue")]
    figure = _waterfall(shown, clinic)
    kept = percent(sums["revenue"] / sums["billed"]) if sums["billed"] else "nothing"
    lost = max(((-sums["due"], "unpaid"), (-refunded, "refunded")))[0] < 0
    rest = (
        say(
            "; {money_round} not yet paid, {money_round_2} refunded",
            money_round=clinic.money_round(sums["due"]),
            money_round_2=clinic.money_round(refunded),
        )
        if lost
        else ""
    )
    framed(
        figure,
        say(
            "Revenue: {kept} of {money_round} billed{rest}",
            kept=kept,
            money_round=clinic.money_round(sums["billed"]),
            rest=rest,
        ),
        unit,
    )
    laid_out(figure, xaxis={"visible": False, "range": [0, max(abs(step[1]) for step in steps) * 1.3]})
    return named_rows(figure, [step[0] for step in shown])


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
        customdata=[hover(f"{clinic.money(abs(amount))} {words}.") for _, amount, _, words in steps],
        hovertemplate=SENTENCE,
        increasing_marker_color=SOFT,
        decreasing_marker_color=GREY,
        totals_marker_color=ACCENT,
        connector_line={"color": FAINT, "width": 1},
    )
    return figure


def dues_by_age(receivables: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """What is owed now by the age of the bill; the oldest stands out. Takes `receivables()`."""
    unit = money_unit(say("Due now"), clinic) + say(", by days since the date of invoice")
    total = float(receivables["due"].sum())
    if total <= 0:
        return framed(go.Figure(), say("Dues: nobody owes anything"), unit, empty=True)
    bands = receivables.groupby("age_band", observed=False)["due"].agg(total="sum", bills="count")
    oldest = bands.index[-1]
    bars = [
        Bar(
            str(band),
            row.total,
            f"{money_short(clinic, row.total)} · {many(row.bills, 'bill')}",
            say(
                "{total} is owed on {many} of {band}.",
                total=clinic.money(row.total),
                many=many(row.bills, "bill"),
                band=band,
            ),
            ACCENT if band == oldest else SOFT,
        )
        for band, row in pairs(bands)
    ]
    old = bands["total"].iloc[-1]
    tail = (
        say(", {percent} of it for {oldest}", percent=percent(old / total), oldest=oldest)
        if old
        else say(", nothing for {oldest}", oldest=oldest)
    )
    owed = say(
        "{money_round} is owed on {many}", money_round=clinic.money_round(total), many=many(len(receivables), "bill")
    )
    return lying_bars(bars, say("Dues: {owed}{tail}", owed=owed, tail=tail), unit)


def refunds_per_day(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what was given back. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["refunded"])
    unit = money_unit(say("Given back {note}, advances too", note=step.note), clinic) + say(
        ", by the day the money left"
    )
    if totals.empty:
        return nothing(say("Refunds"), unit)
    back, taken = float(summaries["refunded"].sum()), float(summaries["received"].sum())
    values = totals["refunded"]
    sentences = [
        say("{when} {amount} was given back.", when=step.when(day), amount=clinic.money(amount))
        for day, amount in pairs(values)
    ]
    share = say(", {percent} of what came in", percent=percent(back / taken)) if taken > 0 else ""
    finding = f"{clinic.money_round(back)}{share}" if back else say("none in this period")
    figure = time_bars(values, step, sentences, GREY)
    figure.data = figure.data[:1]  # refunds are rare: a mean says nothing
    return money_axis(framed(figure, say("Refunds: {finding}", finding=finding), unit), clinic, list(values))
