"""Days and months in words, in the reader's language. Figures of a clinic and of a notebook say them alike."""

from datetime import date

from babel.dates import format_date, get_day_names

from core.words import locale

_ANYWHERE = ""  # no country: the order of day, month and year is fixed here


def full_day(day: date) -> str:
    """ "Saturday 1 March 2025"."""
    return _written(day, "EEEE d MMMM y")


def long_day(day: date) -> str:
    """ "1 March 2025"."""
    return _written(day, "d MMMM y")


def short_day(day: date) -> str:
    """ "1 Mar"."""
    return _written(day, "d MMM")


def month(day: date) -> str:
    """ "March 2025"."""
    return _written(day, "MMMM y")


def short_month_alone(day: date) -> str:
    """ "Mar"."""
    return _written(day, "MMM")


def short_month(day: date) -> str:
    """ "Mar 2025"."""
    return _written(day, "MMM y")


def month_in_two(day: date) -> str:
    """ "Mar" over "25", for under a narrow column."""
    return _written(day, "MMM'<br>'yy")


def weekday(number: int) -> str:
    """ "Monday" of 0."""
    return str(get_day_names("wide", locale=locale(_ANYWHERE))[number])


def short_weekday(number: int) -> str:
    """ "Mon" of 0."""
    return str(get_day_names("abbreviated", locale=locale(_ANYWHERE))[number])


def _written(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=locale(_ANYWHERE))
