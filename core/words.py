"""The product's own words, in the language of whoever reads them.

English stands in the code, where it is read; `core/languages/<code>.po` says the same in another language, in the
format of gettext. What people typed is nobody's to translate. Commands, logs and the API's document stay English.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.pofile import read_po

ENGLISH = "en"
FOLDER = Path(__file__).parent / "languages"
LANGUAGES = (ENGLISH, *sorted(file.stem for file in FOLDER.glob("*.po")))  # their codes, as ISO 639 has them

_reader: ContextVar[str] = ContextVar("the language of whoever reads", default=ENGLISH)


def say(text: str, /, **values: Any) -> str:
    """The text in the reader's language, with `values` in its {places}. What is not translated stays English."""
    if (language := _reader.get()) != ENGLISH:
        text = _tongue(language).forms.get(text, (text,))[0]
    return text.format(**values) if values else text


def say_count(count: int, one: str, many: str, /, **values: Any) -> str:
    """As `say`, in the form that goes with a count, which stands at {count}."""
    text = one if count == 1 else many
    if (language := _reader.get()) != ENGLISH and (forms := _tongue(language).forms.get(one)):
        text = forms[_tongue(language).which(count)]
    return text.format(count=count, **values)


def later(text: str) -> str:
    """Marks words that are written down before it is known who will read them: whoever shows them calls `say`."""
    return text


@contextmanager
def read_in(language: str) -> Iterator[None]:
    """Whatever is said in the block is said in this language."""
    before = _reader.set(language)
    try:
        yield
    finally:
        _reader.reset(before)


def language() -> str:
    return _reader.get()


def offered(wanted: str | None, *others: str | None) -> str:
    """The first of these languages (also with a country: hi-IN) that the product speaks; else English."""
    for one in (wanted, *others):
        if one and (found := negotiate_locale([one.replace("-", "_"), one[:2]], LANGUAGES)):
            return str(found)
    return ENGLISH


def own_name(code: str) -> str:
    """What a language calls itself."""
    return str(Locale(code).get_display_name(code)).capitalize()


def locale(country: str) -> Locale:
    """The reader's language as a country writes days, times and amounts; as anybody does, where nobody knows."""
    for code in (f"{_reader.get()}_{country}", _reader.get()):
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
