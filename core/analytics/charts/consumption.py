"""What was used of medicines, what that costs and what is left, by month. All take `consumption()`."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted, dated
from core.analytics.charts.language import (
    ACCENT,
    ACCENT_BAND,
    FAINT,
    GREY,
    SENTENCE,
    TEXT,
    framed,
    keyed,
    laid_out,
    money_axis,
    nothing,
    number_axis,
)
from core.analytics.charts.months import every_month, month_bars, month_course, with_newest
from core.analytics.charts.steps import MONTH, pairs
from core.analytics.charts.timeline import on_time
from core.analytics.charts.words import hover, listed, money_unit, percent, shortened
from core.analytics.feed import ClinicInfo
from core.words import say, say_count

_CLASS_A, _CLASS_B = 0.8, 0.95
_COLOURS = {"A": ACCENT, "B": GREY, "C": FAINT}


def consumption_per_month(consumption: pd.DataFrame, clinic: ClinicInfo, medicine: str | None = None) -> go.Figure:
    """Bars of what was handed over by month: at cost for all, in units for one `medicine` by its name."""
    chosen = consumption if medicine is None else consumption[consumption["medicine"] == medicine]
    what = say("Consumption") if medicine is None else shortened(medicine, 26)
    in_money = money_unit(say("Handed over per month at cost"), clinic)
    unit = with_newest(say("Units handed over per month") if medicine else in_money)
    sums = chosen.groupby("month")[["dispensed", "dispensed_value"]].sum()
    if sums.empty:
        return nothing(what, unit)
    sums = every_month(sums)
    sentences = [
        say(
            "In {month} {units} worth {money} were handed over.",
            month=dated.month(month),
            units=counted.units(row.dispensed),
            money=clinic.money(row.dispensed_value),
        )
        for month, row in pairs(sums)
    ]
    values = sums["dispensed_value" if medicine is None else "dispensed"].astype("float64")
    told = clinic.money_round if medicine is None else counted.units
    figure = framed(month_bars(values, sentences), month_course(what, values, told), unit)
    return money_axis(figure, clinic, list(values)) if medicine is None else number_axis(figure, list(values))


def abc(consumption: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """A Pareto of medicines by the cost of what was handed over: class A makes the first 80 %, B the next 15 %, C the
    rest."""
    unit = money_unit(say("Share of what was handed over, at cost, the dearest first"), clinic)
    sums = consumption.groupby("medicine")["dispensed_value"].sum().sort_values(ascending=False)
    sums, total = sums[sums > 0], float(sums[sums > 0].sum())
    if sums.empty:
        return nothing("ABC", unit)
    table = pd.DataFrame({"cost": sums, "share": sums / total, "until": (sums.cumsum() / total).clip(upper=1.0)})
    begun = table["until"] - table["share"]  # who takes the sum past 80 % still belongs to A
    table["kind"] = ["A" if at < _CLASS_A - 1e-9 else "B" if at < _CLASS_B - 1e-9 else "C" for at in begun]
    figure = _pareto(table, clinic)
    numbers = table["kind"].value_counts()
    classes = [keyed("■", f"{kind}: {numbers.get(kind, 0)}", colour) for kind, colour in _COLOURS.items()]
    framed(figure, _abc_finding(table), unit, key=[*classes, keyed("━", say("Added up"), TEXT)])
    laid_out(figure, hovermode="x", xaxis={"visible": False, "range": [-0.6, max(len(table), 8) - 0.4]})
    return number_axis(figure, [1.0], percent)


def _abc_finding(table: pd.DataFrame) -> str:
    dearest = table["kind"] == "A"
    return say_count(
        int(dearest.sum()),
        "ABC: {count} of {medicines} makes {percent} of the cost, {dearest} first",
        "ABC: {count} of {medicines} make {percent} of the cost, {dearest} first",
        medicines=counted.medicines(len(table)),
        percent=percent(table["share"][dearest].sum()),
        dearest=listed(shortened(str(name), 20) for name in table.index[:2]),
    )


def _pareto(table: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    figure = go.Figure()
    places = list(range(len(table)))
    figure.add_bar(
        x=places,
        y=table["share"],
        marker_color=[_COLOURS[kind] for kind in table["kind"]],
        customdata=[
            hover(
                say(
                    "{name} costs {cost}, {percent} of all; with what is dearer it makes {added_up} (class {kind}).",
                    name=name,
                    cost=clinic.money(row.cost),
                    percent=percent(row.share),
                    added_up=percent(row.until),
                    kind=row.kind,
                )
            )
            for name, row in pairs(table)
        ],
        hovertemplate=SENTENCE,
    )
    line = {"color": TEXT, "width": 2}
    mode = "lines" if len(table) > 1 else "markers"
    figure.add_scatter(x=places, y=table["until"], mode=mode, line=line, hoverinfo="skip")
    for level, words in ((_CLASS_A, "A"), (_CLASS_B, "B")):
        figure.add_hline(level, line={"color": GREY, "width": 1, "dash": "dot"})
        figure.add_annotation(x=1, xref="paper", y=level, text=words, showarrow=False, xanchor="right", yanchor="top")
    return figure


def stock_value(consumption: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """What all that was on hand was worth at each month's end. Give it `consumption()` from the beginning: it adds up
    the changes, so that of a later start it can only say by how much the value has changed since."""
    unit = money_unit(say("Stock at the end of each month, at cost, from the first movement on"), clinic)
    sums = consumption.groupby("month")[["value_change", "received_value", "dispensed_value"]].sum()
    if sums.empty:
        return nothing(say("Stock value"), unit)
    sums = every_month(sums)
    value = sums["value_change"].cumsum()
    figure = go.Figure()
    figure.add_scatter(
        x=value.index,
        y=value.to_numpy(),
        mode="lines+markers" if len(value) <= 40 else "lines",
        line={"color": ACCENT, "width": 3},
        fill="tozeroy",
        fillcolor=ACCENT_BAND,
        customdata=[
            hover(
                say(
                    "At the end of {month} {value} lay here; in that month {received} came in and {dispensed} was "
                    "handed over.",
                    month=dated.month(month),
                    value=clinic.money(value[month]),
                    received=clinic.money(row.received_value),
                    dispensed=clinic.money(row.dispensed_value),
                )
            )
            for month, row in pairs(sums)
        ],
        hovertemplate=SENTENCE,
    )
    framed(on_time(figure, value.index, MONTH), _worth(value, clinic), unit)
    return money_axis(figure, clinic, list(value))


def _worth(value: "pd.Series[float]", clinic: ClinicInfo) -> str:
    now = float(value.iloc[-1])
    grown = round(now - value.iloc[-4]) if len(value) > 3 else 0
    worth, change = clinic.money_round(now), clinic.money_round(abs(grown))
    if not grown:
        return say("Stock value: {worth}", worth=worth)
    return (
        say("Stock value: {worth}, {change} more than three months before", worth=worth, change=change)
        if grown > 0
        else say("Stock value: {worth}, {change} less than three months before", worth=worth, change=change)
    )
