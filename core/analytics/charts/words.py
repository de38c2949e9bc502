"""How figures speak: numbers with their nouns, days, shares, names that fit, sentences that wrap."""

import re
import textwrap
from collections.abc import Callable, Iterable
from html import escape

import numpy as np
import pandas as pd
from babel import Locale, UnknownLocaleError
from babel.numbers import format_compact_currency

from core.analytics.charts.steps import Step
from core.analytics.feed import ClinicInfo
from core.words import later, say

NOTHING = later("nothing to show yet")
_KEPT = re.compile(r" (?=%)|(?<=\bDr) ")
_UNITS = {False: (1e12, 1e9, 1e6, 1e3), True: (1e7, 1e5, 1e3)}
_NUMBERS = {7: "seven", 4: "four", 12: "twelve"}


def many(number: float, what: str) -> str:
    """ "no visits", "1 visit", "1,200 visits"."""
    said = "no" if number == 0 else f"{number:,.0f}"
    return f"{said} {what}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    """ "12 %", and below one in a hundred "0.4 %"."""
    if not np.isfinite(share):
        return "– %"
    return f"{100 * share:.1f} %" if 0 < abs(share) < 0.01 else f"{100 * share:.0f} %"


def minutes(value: float) -> str:
    """ "18 minutes", and below one "a minute": read after "under"."""
    return say("no time known") if np.isnan(value) else say("a minute") if value < 1 else many(round(value), "minute")


def money_short(clinic: ClinicInfo, amount: float) -> str:
    """ "₹1.2L", "€15K": for axes and the ends of bars."""
    size = abs(amount)
    unit = next((unit for unit in _UNITS[clinic.country == "IN"] if size >= 0.9995 * unit), 1.0)
    digits = 0 if unit == 1 and size == round(size) else 2 if size / unit < 10 else 1 if size / unit < 100 else 0
    amount = round(amount, digits) if unit == 1 else amount
    try:
        locale = Locale.parse(f"en_{clinic.country}")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    written = format_compact_currency(amount, clinic.currency, locale=locale, fraction_digits=digits)
    text = str(written).replace("¤", "").replace("XXX", "").replace("\xa0", " ").strip()
    behind = clinic.symbol and clinic.money_round(1).endswith(clinic.symbol)
    return f"{text.replace(clinic.symbol, '')} {clinic.symbol}" if behind else text


def money_unit(what: str, clinic: ClinicInfo) -> str:
    """ "Revenue, INR", without a code where the clinic has no currency."""
    return f"{what}, {clinic.currency}" if clinic.symbol else what


def shortened(name: str, letters: int = 22) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"


def wrapped(text: str, letters: int) -> str:
    """In lines of so many letters at most, and safe where markup is read."""
    lines = textwrap.wrap(_KEPT.sub("\xa0", text), letters) or [""]  # which it does not break
    return "<br>".join(escape(line, quote=False) for line in lines).replace("\xa0", " ")


def hover(sentence: str) -> str:
    return wrapped(sentence, 42)


def listed(words: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def compared(now: float, then: float) -> str:
    """ "8 % more than", "as much as"."""
    change = round(100 * (now - then) / abs(then))
    if change == 0:
        return say("as much as")
    return say("{abs} % {part} than", abs=abs(change), part="more" if change > 0 else "less")


def course(what: str, values: "pd.Series[float]", step: Step, told: Callable[[float], str]) -> str:
    """The last seven days (four weeks, twelve months) beside as many before them."""
    if values.empty:
        return f"{what}: {NOTHING}"
    if len(values) < 2 * step.mean:
        over = f" over {many(len(values), step.name)}" if len(values) > 1 else ""
        return f"{what}: {told(float(values.mean()))} a {step.name}{over}"
    number = _NUMBERS[step.mean]
    now, before = (float(part.mean()) for part in (values.iloc[-step.mean :], values.iloc[-2 * step.mean : -step.mean]))
    said = say(
        "{what}: {told} a {name} in the last {number} {name}s", what=what, told=told(now), name=step.name, number=number
    )
    if before == 0:
        return (
            say("{said}, none in the {number} before", said=said, number=number)
            if now
            else say("{said} and in the {number} before", said=said, number=number)
        )
    return say("{said}, {compared} in the {number} before", said=said, compared=compared(now, before), number=number)
