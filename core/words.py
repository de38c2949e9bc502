"""The product's own words, in the language of whoever reads them.

English stands in the code, where it is read; `core/languages/<code>.po` says the same in another language, in the
format of gettext. What people typed is nobody's to translate. Commands, logs and the API's document stay English.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from gettext import c2py
from math import isfinite
from pathlib import Path
from string import Formatter
from typing import Any

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, format_currency, parse_pattern

ENGLISH = "en"
FOLDER = Path(__file__).parent / "languages"
LANGUAGES = (ENGLISH, *sorted(file.stem for file in FOLDER.glob("*.po")))  # their codes, as ISO 639 has them

_reader: ContextVar[str | None] = ContextVar("the language of whoever reads", default=None)


def _nobody_known() -> str:
    return ENGLISH


def _nowhere() -> None:
    return None


_whoever_reads: Callable[[], str] = _nobody_known
_their_clinic: Callable[[], tuple[str, str] | None] = _nowhere


def say(text: str, /, **values: Any) -> str:
    """The text in the reader's language, with `values` in its {places}. What is not translated stays English.

    At a {place:,} a number stands as `written`.
    """
    if (code := language()) != ENGLISH:
        text = _tongue(code).forms.get(text, (text,))[0]
    return _filled(text, values) if values else text


def say_count(count: int, one: str, many: str, /, **values: Any) -> str:
    """As `say`, in the form that goes with a count, which stands at {count}."""
    text = one if count == 1 else many
    if (code := language()) != ENGLISH and (forms := _tongue(code).forms.get(one)):
        text = forms[_tongue(code).which(count)]
    return _filled(text, {"count": count, **values})


def later(text: str) -> str:
    """Marks words that are written down before it is known who will read them: whoever shows them calls `say`."""
    return text


def in_every_language(text: str) -> set[str]:
    """How a text without places is said to one reader or another."""
    return {text, *(_tongue(code).forms.get(text, (text,))[0] for code in LANGUAGES if code != ENGLISH)}


@contextmanager
def read_in(code: str) -> Iterator[None]:
    """Whatever is said in the block is said in this language."""
    before = _reader.set(code)
    try:
        yield
    finally:
        _reader.reset(before)


def read_by(whoever: Callable[[], str], clinic: Callable[[], tuple[str, str] | None]) -> None:
    """How to find out, wherever no block says it, in which language is read, and the country and currency of the
    clinic where it is: the screens know whose run this is."""
    global _whoever_reads, _their_clinic
    _whoever_reads, _their_clinic = whoever, clinic


def language() -> str:
    """The code of the language in which is said, at this moment."""
    return _reader.get() or _whoever_reads()


def offered(*wanted: str | None) -> str:
    """The first of these languages (also with a country: hi-IN) that the product speaks; else English."""
    return negotiate_locale([one for one in wanted if one], LANGUAGES, sep="-") or ENGLISH


def own_name(code: str) -> str:
    """What a language calls itself."""
    return str(Locale(code).get_display_name(code)).capitalize()


def locale(country: str) -> Locale:
    """The reader's language as a country writes days, times and amounts; as anybody does, where nobody knows."""
    return _locale(language(), country)


def written(number: float | Decimal, how: str = ",") -> str:
    """As people write it where the reader's clinic is; what is a Decimal is money and has its currency.

    `how` as for `format`: "+," with its sign, ",.1f" with one decimal. As English has it where no clinic is known.
    """
    if not isfinite(number) or (clinic := _their_clinic()) is None:
        return format(number, how)
    (country, currency), sign = clinic, "+" if "+" in how and number >= 0 else ""
    there = locale(country)
    if isinstance(number, Decimal) and how.strip("+") == ",":
        return sign + str(format_currency(number, currency, locale=there))
    plain = format(number, how.replace("+", "").replace(",", ""))
    return sign + str(_grouping(there, len(plain.partition(".")[2])).apply(Decimal(plain), there))


def date_in_words(day: date, pattern: str = "d MMM y") -> str:
    """ "3 May 2026": for sentences where no clinic's profile is at hand."""
    return format_date(day, pattern, locale=language())


def _filled(text: str, values: dict[str, Any]) -> str:
    counts = ":," in text or ":+," in text
    return _PLACES.vformat(text, (), values) if counts and _their_clinic() else text.format(**values)


class _Places(Formatter):
    def format_field(self, value: Any, spec: str) -> str:
        return written(value, spec) if "," in spec else str(super().format_field(value, spec))


_PLACES = _Places()


@cache
def _grouping(locale: Locale, decimals: int) -> NumberPattern:
    whole, _, _ = locale.decimal_formats[None].pattern.partition(".")
    return parse_pattern(f"{whole}.{'0' * decimals}" if decimals else whole)


@cache  # a list asks it for each amount and day
def _locale(language: str, country: str) -> Locale:
    for code in (f"{language}_{country}", language):
        try:
            return Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(ENGLISH)


@dataclass(frozen=True)
class _Tongue:
    """What is said for a text in English, in the forms of its language; `which` of them goes with a count."""

    forms: dict[str, tuple[str, ...]]
    which: Callable[[int], int]


@cache
def _tongue(language: str) -> _Tongue:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    forms: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        english = message.id if isinstance(message.id, str) else message.id[0]
        said = (message.string,) if isinstance(message.string, str) else tuple(map(str, message.string or ()))
        if english and all(said) and not message.fuzzy:
            forms[english] = said
    return _Tongue(forms, c2py(catalogue.plural_expr))
