"""How figures speak: shares, money, names that fit, sentences that wrap, and what became more or less."""

import re
import textwrap
from collections.abc import Callable, Iterable
from html import escape

import numpy as np
import pandas as pd
from babel.numbers import format_compact_currency

from core.analytics.charts import counted, dated
from core.analytics.charts.steps import DAY, Step
from core.analytics.feed import ClinicInfo
from core.words import later, locale, say

_KEPT = re.compile(r" (?=%)|(?<=\bDr) ")
_UNITS = {False: (1e12, 1e9, 1e6, 1e3), True: (1e7, 1e5, 1e3)}
_LATELY = {
    "day": later("{what}: {told} a day in the last seven days"),
    "week": later("{what}: {told} a week in the last four weeks"),
    "month": later("{what}: {told} a month in the last twelve months"),
}
_BEFORE = {"day": later("the seven before"), "week": later("the four before"), "month": later("the twelve before")}
_EACH = {
    "day": later("{what}: {told} a day"),
    "week": later("{what}: {told} a week"),
    "month": later("{what}: {told} a month"),
}
_OVER = {"day": counted.days, "week": counted.weeks, "month": counted.months}


def percent(share: float) -> str:
    """ "12 %", and below one in a hundred "0.4 %"."""
    if not np.isfinite(share):
        return "– %"
    return f"{100 * share:.1f} %" if 0 < abs(share) < 0.01 else f"{100 * share:.0f} %"


def money_short(clinic: ClinicInfo, amount: float) -> str:
    """ "₹1.2L", "€15K": for axes and the ends of bars."""
    size = abs(amount)
    unit = next((unit for unit in _UNITS[clinic.country == "IN"] if size >= 0.9995 * unit), 1.0)
    digits = 0 if unit == 1 and size == round(size) else 2 if size / unit < 10 else 1 if size / unit < 100 else 0
    amount = round(amount, digits) if unit == 1 else amount
    where = locale(clinic.country)
    written = format_compact_currency(amount, clinic.currency, locale=where, fraction_digits=digits)
    text = str(written).replace("¤", "").replace("XXX", "").replace("\xa0", " ").strip()
    behind = clinic.symbol and clinic.money_round(1).endswith(clinic.symbol)
    return f"{text.replace(clinic.symbol, '')} {clinic.symbol}" if behind else text


def money_unit(what: str, clinic: ClinicInfo, basis: str = "") -> str:
    """ "Revenue, INR, by date of invoice", without a code where the clinic has no currency."""
    return ", ".join(filter(None, (what, clinic.currency if clinic.symbol else "", basis)))


def shortened(name: str, letters: int = 22) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"


def kept_together(text: str) -> str:
    """ "18 %" and "Dr Sen" with a space at which no line breaks."""
    return _KEPT.sub("\xa0", text)


def wrapped(text: str, letters: int) -> str:
    """In lines of so many letters at most, and safe where markup is read."""
    lines = textwrap.wrap(kept_together(text), letters, break_on_hyphens=False) or [""]  # which it does not break
    return "<br>".join(escape(line, quote=False) for line in lines).replace("\xa0", " ")


def hover(sentence: str) -> str:
    return wrapped(sentence, 42)


def listed(words: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *most, last = words
    return say("{words} and {last}", words=", ".join(most), last=last) if most else last


def either(words: Iterable[str]) -> str:
    """ "a", "a or b", "a, b or c"."""
    *most, last = words
    return say("{words} or {last}", words=", ".join(most), last=last) if most else last


def against(said: str, now: float, then: float, before: str) -> str:
    """ "…, 8 % more than in the seven before": `before` is the time that `then` was of."""
    if then == 0:
        return (
            say("{said}, none in {before}", said=said, before=before)
            if now
            else say("{said} and in {before}", said=said, before=before)
        )
    change = round(100 * (now - then) / abs(then))
    if change == 0:
        return say("{said}, as much as in {before}", said=said, before=before)
    return (
        say("{said}, {percent} % more than in {before}", said=said, percent=change, before=before)
        if change > 0
        else say("{said}, {percent} % less than in {before}", said=said, percent=-change, before=before)
    )


def before_in_words(step: Step) -> str:
    """As many steps before the last ones."""
    return say(_BEFORE[step.name])


def course(what: str, values: "pd.Series[float]", step: Step, told: Callable[[float], str]) -> str:
    """The last seven days (four weeks, twelve months) beside as many before them."""
    if values.empty:
        return say("{what}: nothing to show yet", what=what)
    if len(values) == 1 and step is DAY:
        day = dated.long_day(values.index[0])
        return say("{what}: {told} on {day}", what=what, told=told(float(values.iloc[0])), day=day)
    if len(values) < 2 * step.mean:
        said = say(_EACH[step.name], what=what, told=told(float(values.mean())))
        over = _OVER[step.name](len(values))
        return say("{said} over {time}", said=said, time=over) if len(values) > 1 else said
    now, then = (float(part.mean()) for part in (values.iloc[-step.mean :], values.iloc[-2 * step.mean : -step.mean]))
    return against(say(_LATELY[step.name], what=what, told=told(now)), now, then, before_in_words(step))
