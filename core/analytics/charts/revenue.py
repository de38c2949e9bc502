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

_METHODS = {"CASH": "Cash", "CARD": "Card", "UPI": "UPI", "TRANSFER": "Transfer", "INSURANCE": "Insurance"}
_KINDS = {"CONSULTATION": "Consultations", "SERVICE": "Services", "MEDICINE": "Medicines", "OTHER": "Other"}


def revenue_per_day(summaries: pd.DataFrame, clinic: ClinicInfo, before: pd.DataFrame | None = None) -> go.Figure:
    """Bars of `revenue` with their mean. Takes `daily_summaries()`, and `before` those of the period before: a grey
    line of what the same weekday brought then."""
    totals, step = stepped(summaries, ["revenue", "invoices"])
    unit = money_unit(f"Paid for bills less refunds, {step.note}", clinic) + ", by date of invoice"
    if totals.empty:
        return nothing("Revenue", unit)
    then = _same_weekday(totals, before, step)
    sentences = [
        f"{step.when(day)} {many(row.invoices, 'invoice')} brought {clinic.money(row.revenue)}"
        + (f", against {clinic.money(then[day])} in the period before." if day in then.index else ".")
        for day, row in pairs(totals)
    ]
    known = finished(totals["revenue"], summaries)
    figure = time_bars(totals["revenue"], step, sentences, known=known)
    then_named = "Same month before" if step is MONTH else "Same weekday before"
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
        return course("Revenue", known, step, clinic.money_round)
    said = f"{clinic.money_round(float(days.sum()))} in {many(len(days), 'day')}"
    return f"Revenue: {said}, {compared(float(days.mean()), then)} in the {many(len(before), 'day')} before"


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
    unit = money_unit("Received less refunded", clinic) + ", by the day the money moved"
    sums = frame.groupby("method")["amount"].sum().sort_values(ascending=False)
    total = float(sums.sum())
    if sums.empty or not sums.any():
        return nothing("Received", unit)
    shares = sums / total if total > 0 else sums * float("nan")
    bars = [
        Bar(
            _METHODS.get(method, method),
            amount,
            f"{money_short(clinic, amount)} · {percent(shares[method])}",
            f"{clinic.money(amount)} came in by {_METHODS.get(method, method)}, "
            f"{percent(shares[method])} of {clinic.money(total)}.",
            ACCENT if method == sums.index[0] else SOFT,
        )
        for method, amount in pairs(sums)
    ]
    first = f"{bars[0].label} brought {percent(shares.iloc[0])} of " if len(bars) > 1 and total > 0 else ""
    finding = f"{first}{clinic.money_round(total)} received{'' if first else f' by {bars[0].label}'}"
    return lying_bars(bars, f"Receipts: {finding}", unit)


def revenue_by_doctor(frame: pd.DataFrame, clinic: ClinicInfo, doctor: str | None = None) -> go.Figure:
    """Lying bars of revenue, fainter behind them what was billed; `doctor` is the one to point out. Takes
    `revenue_by_doctor()`."""
    unit = money_unit("Revenue, fainter what was billed", clinic) + ", by date of invoice"
    totals = top(frame.groupby("doctor")[["revenue", "billed", "visits"]].sum(), "revenue")
    total = float(totals["revenue"].sum())
    if totals.empty or not totals[["revenue", "billed"]].to_numpy().any():
        return nothing("Revenue by doctor", unit)
    bars = [
        Bar(
            name or "Without a visit",
            row.revenue,
            money_short(clinic, row.revenue),
            f"{name or 'Bills without a visit'} brought {clinic.money(row.revenue)} of {clinic.money(row.billed)} "
            f"billed, with {many(row.visits, 'visit')}.",
            ACCENT if name == doctor else doctor_colour("" if name.endswith(" others") else name),
            row.billed,
        )
        for name, row in pairs(totals)
    ]
    name = doctor if doctor is not None and doctor in totals.index else str(totals.index[0])
    brought = float(totals["revenue"].loc[name])
    share = f", {percent(brought / total)} of all" if total > 0 and len(bars) > 1 else ""
    who = shortened(name, 26) or "Bills without a visit"
    return lying_bars(bars, f"Revenue by doctor: {who} brought {clinic.money_round(brought)}{share}", unit)


def top(totals: pd.DataFrame, by: str, most: int = MOST) -> pd.DataFrame:
    """The largest first; who is beyond the first fifteen is summed up in a last row, "12 others"."""
    ordered = totals.sort_values(by, ascending=False)
    if len(ordered) <= most + 1:
        return ordered
    others = ordered.iloc[most:].sum().to_frame(f"{len(ordered) - most} others").T.astype(ordered.dtypes)
    return pd.concat([ordered.iloc[:most], others])


def billed_by_kind(frame: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Lying bars, the largest first. Takes `billed_by_kind()`."""
    unit = money_unit("Billed with tax, by kind of line", clinic) + ", by date of invoice"
    sums = frame.groupby("kind")["billed"].sum().sort_values(ascending=False)
    total = float(sums.sum())
    if total <= 0:
        return nothing("Billed", unit)
    bars = [
        Bar(
            _KINDS.get(kind, kind),
            amount,
            f"{money_short(clinic, amount)} · {percent(amount / total)}",
            f"{_KINDS.get(kind, kind)} made {clinic.money(amount)}, {percent(amount / total)} of what was billed.",
            ACCENT if kind == sums.index[0] else SOFT,
        )
        for kind, amount in pairs(sums)
    ]
    made = f"{bars[0].label} make {percent(sums.iloc[0] / total)} of {clinic.money_round(total)}"
    return lying_bars(bars, f"Billed: {made}", unit)


def from_billed_to_received(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """A waterfall from the price list to what was kept, all for bills of these days. Takes `daily_summaries()`.

    What was refunded is what remains: billed less due less revenue (the column `refunded` goes by another day).
    """
    unit = money_unit("All by date of invoice", clinic) + ", as paid and refunded until now"
    sums = summaries[["subtotal", "discount", "tax", "billed", "due", "revenue"]].sum()
    if not sums["subtotal"]:
        return nothing("From billed to received", unit)
    refunded = round(sums["billed"] - sums["due"] - sums["revenue"], 2)
    steps = [
        ("List price", sums["subtotal"], "absolute", "was charged at list prices"),
        ("Discount", -sums["discount"], "relative", "was given as discount"),
        ("Tax", sums["tax"], "relative", "was added as tax"),
        ("Billed", sums["billed"], "total", "was billed"),
        ("Not yet paid", -sums["due"], "relative", "is not paid yet"),
        ("Refunded", -refunded, "relative", "was refunded"),
        ("Revenue", sums["revenue"], "total", "was paid and kept"),
    ]
    shown = [step for step in steps if step[1] or step[0] in ("List price", "Billed", "Revenue")]
    figure = _waterfall(shown, clinic)
    kept = percent(sums["revenue"] / sums["billed"]) if sums["billed"] else "nothing"
    lost = max(((-sums["due"], "unpaid"), (-refunded, "refunded")))[0] < 0
    rest = f"; {clinic.money_round(sums['due'])} not yet paid, {clinic.money_round(refunded)} refunded" if lost else ""
    framed(figure, f"Revenue: {kept} of {clinic.money_round(sums['billed'])} billed{rest}", unit)
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
    unit = money_unit("Due now", clinic) + ", by days since the date of invoice"
    total = float(receivables["due"].sum())
    if total <= 0:
        return framed(go.Figure(), "Dues: nobody owes anything", unit, empty=True)
    bands = receivables.groupby("age_band", observed=False)["due"].agg(total="sum", bills="count")
    oldest = bands.index[-1]
    bars = [
        Bar(
            str(band),
            row.total,
            f"{money_short(clinic, row.total)} · {many(row.bills, 'bill')}",
            f"{clinic.money(row.total)} is owed on {many(row.bills, 'bill')} of {band}.",
            ACCENT if band == oldest else SOFT,
        )
        for band, row in pairs(bands)
    ]
    old = bands["total"].iloc[-1]
    tail = f", {percent(old / total)} of it for {oldest}" if old else f", nothing for {oldest}"
    owed = f"{clinic.money_round(total)} is owed on {many(len(receivables), 'bill')}"
    return lying_bars(bars, f"Dues: {owed}{tail}", unit)


def refunds_per_day(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of what was given back. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["refunded"])
    unit = money_unit(f"Given back {step.note}, advances too", clinic) + ", by the day the money left"
    if totals.empty:
        return nothing("Refunds", unit)
    back, taken = float(summaries["refunded"].sum()), float(summaries["received"].sum())
    values = totals["refunded"]
    sentences = [f"{step.when(day)} {clinic.money(amount)} was given back." for day, amount in pairs(values)]
    share = f", {percent(back / taken)} of what came in" if taken > 0 else ""
    finding = f"{clinic.money_round(back)}{share}" if back else "none in this period"
    figure = time_bars(values, step, sentences, GREY)
    figure.data = figure.data[:1]  # refunds are rare: a mean says nothing
    return money_axis(framed(figure, f"Refunds: {finding}", unit), clinic, list(values))
