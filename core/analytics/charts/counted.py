"""Numbers with their nouns, as they stand in a sentence: "no visits", "1 visit", "1,200 visits"."""

from math import isfinite

from core.words import ENGLISH, language, say, say_count


class Count(int):
    """A whole number as figures say it: thousands parted, and in English none as a word."""

    def __new__(cls, number: float) -> "Count":
        return super().__new__(cls, round(number) if isfinite(number) else 0)

    def __format__(self, spec: str) -> str:
        return f"{int(self):,}" if self or language() != ENGLISH else "no"


def mean(number: float) -> str:
    """ "12.4", and "12" of twelve."""
    return f"{number:,.1f}".removesuffix(".0")


def visits(number: float) -> str:
    return say_count(Count(number), "{count} visit", "{count} visits")


def patients(number: float) -> str:
    return say_count(Count(number), "{count} patient", "{count} patients")


def appointments(number: float) -> str:
    return say_count(Count(number), "{count} appointment", "{count} appointments")


def slots(number: float) -> str:
    return say_count(Count(number), "{count} slot", "{count} slots")


def consultations(number: float) -> str:
    return say_count(Count(number), "{count} consultation", "{count} consultations")


def follow_ups(number: float) -> str:
    return say_count(Count(number), "{count} follow-up", "{count} follow-ups")


def prescriptions(number: float) -> str:
    return say_count(Count(number), "{count} prescription", "{count} prescriptions")


def medicines(number: float) -> str:
    return say_count(Count(number), "{count} medicine", "{count} medicines")


def items(number: float) -> str:
    return say_count(Count(number), "{count} item", "{count} items")


def units(number: float) -> str:
    return say_count(Count(number), "{count} unit", "{count} units")


def batches(number: float) -> str:
    return say_count(Count(number), "{count} batch", "{count} batches")


def orders(number: float) -> str:
    return say_count(Count(number), "{count} order", "{count} orders")


def bills(number: float) -> str:
    return say_count(Count(number), "{count} bill", "{count} bills")


def credit_notes(number: float) -> str:
    return say_count(Count(number), "{count} credit note", "{count} credit notes")


def drawers(number: float) -> str:
    return say_count(Count(number), "{count} closed drawer", "{count} closed drawers")


def days(number: float) -> str:
    return say_count(Count(number), "{count} day", "{count} days")


def weeks(number: float) -> str:
    return say_count(Count(number), "{count} week", "{count} weeks")


def months(number: float) -> str:
    return say_count(Count(number), "{count} month", "{count} months")


def minutes(value: float) -> str:
    """ "18 minutes", and below one "a minute": read after "under"."""
    if not isfinite(value):
        return say("no time known")
    return say("a minute") if value < 1 else say_count(Count(value), "{count} minute", "{count} minutes")
