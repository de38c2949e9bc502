"""How often, how much in all, and how to say it: the arithmetic and the words of a prescription item.

A frequency is OD BD TDS QID HS SOS STAT EOD QW, hours as 6H, or a day's pattern as 1-0-1: the multiples of the dose
for morning, noon and night, or for morning, noon, evening and bedtime.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Protocol

from core.errors import listed
from core.models import MedicineForm, Route
from core.words import later, say, say_count, written

FREQUENCIES = {
    "OD": later("once a day"),
    "BD": later("twice a day"),
    "TDS": later("three times a day"),
    "QID": later("four times a day"),
    "HS": later("at bedtime"),
    "SOS": later("when needed"),
    "STAT": later("once, at once"),
    "EOD": later("every other day"),
    "QW": later("once a week"),
}
PATTERNS = ("1-0-1", "1-1-1", "1-0-0", "0-1-0", "0-0-1")
_TIMES_PER_DAY = {"OD": 1, "BD": 2, "TDS": 3, "QID": 4, "HS": 1, "SOS": 1, "STAT": 1}
_DAYS_BETWEEN = {"EOD": 2, "QW": 7}
_MEASURED_IN = {MedicineForm.SYRUP: "ml", MedicineForm.CREAM: "g"}
_COUNTED_IN = {MedicineForm.DROPS: "drop", MedicineForm.INHALER: "puff"}
_FRACTIONS = {
    Decimal("0.5"): later("half a {unit}"),
    Decimal("0.25"): later("a quarter of a {unit}"),
    Decimal("0.75"): later("three quarters of a {unit}"),
}
# What clinics count in. Any other word that somebody typed is told as it stands.
_UNITS: dict[str, Callable[[int], str]] = {
    "tablet": lambda count: say_count(count, "tablet", "tablets"),
    "capsule": lambda count: say_count(count, "capsule", "capsules"),
    "strip": lambda count: say_count(count, "strip", "strips"),
    "bottle": lambda count: say_count(count, "bottle", "bottles"),
    "tube": lambda count: say_count(count, "tube", "tubes"),
    "inhaler": lambda count: say_count(count, "inhaler", "inhalers"),
    "sachet": lambda count: say_count(count, "sachet", "sachets"),
    "vial": lambda count: say_count(count, "vial", "vials"),
    "ampoule": lambda count: say_count(count, "ampoule", "ampoules"),
    "suppository": lambda count: say_count(count, "suppository", "suppositories"),
    "piece": lambda count: say_count(count, "piece", "pieces"),
    "box": lambda count: say_count(count, "box", "boxes"),
    "pack": lambda count: say_count(count, "pack", "packs"),
    "drop": lambda count: say_count(count, "drop", "drops"),
    "puff": lambda count: say_count(count, "puff", "puffs"),
}
# Instructions that a typed line understands: kept in English, told in the reader's language.
INSTRUCTIONS = (
    *(later("after food"), later("before food"), later("on an empty stomach"), later("with food"), later("with milk")),
    FREQUENCIES["SOS"],
)
_PARTS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
_SIGNS = {part: sign for sign, part in _PARTS.items()}
_WHEN = {
    3: (later("in the morning"), later("at noon"), later("at night")),
    4: (later("in the morning"), later("at noon"), later("in the evening"), later("at bedtime")),
}
_ROUTES = {
    Route.ORAL: "",
    Route.TOPICAL: later("on the skin"),
    Route.INHALED: later("inhaled"),
    Route.NASAL: later("in the nose"),
    Route.EYE: later("in the eye"),
    Route.EAR: later("in the ear"),
    Route.RECTAL: later("into the rectum"),
    Route.VAGINAL: later("into the vagina"),
    Route.SUBLINGUAL: later("under the tongue"),
    Route.INTRAMUSCULAR: later("into the muscle"),
    Route.INTRAVENOUS: later("into the vein"),
    Route.SUBCUTANEOUS: later("under the skin"),
}


@dataclass(frozen=True)
class Directions:
    """FHIR Dosage. `dose` is what is taken at a time: units of the medicine, ml of a syrup, g of a cream."""

    dose: Decimal
    form: MedicineForm
    unit: str
    route: Route
    frequency: str
    duration_days: int
    instructions: str = ""


class Ordered(Protocol):
    """What a doctor writes of a medicine, kept or still being written."""

    @property
    def dose(self) -> Decimal: ...
    @property
    def route(self) -> Route: ...
    @property
    def frequency(self) -> str: ...
    @property
    def duration_days(self) -> int: ...
    @property
    def instructions(self) -> str: ...


class Packed(Protocol):
    @property
    def form(self) -> MedicineForm: ...
    @property
    def unit(self) -> str: ...


def frequency(text: str) -> str | None:
    """The frequency in its one spelling; None if it is none."""
    if parts := pattern(text):
        return "-".join(_SIGNS.get(part, str(part)) for part in parts)
    short = re.sub(r"[\s.-]", "", text).upper()
    if short in FREQUENCIES:
        return short
    match = re.fullmatch(r"Q?([0-9]{1,2})(H|HRLY|HOURLY)", short)
    return f"{int(match[1])}H" if match and 1 <= int(match[1]) <= 24 else None


def pattern(text: str) -> tuple[Fraction, ...] | None:
    """The multiples of the dose over a day: (1, 0, 1) for "1-0-1". None if it is no such pattern, or all of it 0."""
    parts = [part.strip() for part in re.split(r"\s*[-–—+]\s*", _with_signs(text))]
    if len(parts) not in _WHEN or not all(re.fullmatch(r"[0-9]|[½¼¾]", part) for part in parts):
        return None
    amounts = tuple(_PARTS.get(part) or Fraction(part) for part in parts)
    return amounts if any(amounts) else None


def _with_signs(text: str) -> str:
    return text.replace("1/2", "½").replace("1/4", "¼").replace("3/4", "¾")


def per_day(frequency: str) -> Fraction:
    """How many doses on a day on which it is taken."""
    if parts := pattern(frequency):
        return sum(parts, Fraction(0))
    if frequency in _DAYS_BETWEEN:
        return Fraction(1)
    return Fraction(_TIMES_PER_DAY.get(frequency) or Fraction(24, int(frequency.removesuffix("H"))))


def intakes(frequency: str, duration_days: int) -> Fraction:
    """How many times the dose is taken in all."""
    if frequency == "STAT":
        return Fraction(1)
    if between := _DAYS_BETWEEN.get(frequency):
        return Fraction(ceil(duration_days / between))
    return per_day(frequency) * duration_days


def quantity(dose: Decimal, frequency: str, duration_days: int, pack_size: int) -> int:
    """Whole units to hand over: tablets, or bottles and tubes of `pack_size` doses.

    "When needed" counts as once a day: the doctor writes the quantity where it should be more.
    """
    return max(1, ceil(Fraction(dose) * intakes(frequency, duration_days) / pack_size))


def counted(number: Decimal | int, unit: str) -> str:
    """ "tablet" of half a one or one, else "tablets", "boxes"; "drops" are always more."""
    if known := _UNITS.get(unit):
        return known(ceil(number))
    if 0 < number <= 1 or not unit or unit.endswith("s"):
        return unit
    return f"{unit}es" if unit.endswith(("x", "ch", "sh")) else f"{unit}s"


def units(count: int, unit: str) -> str:
    """ "1 tablet", "40 tablets", "2 boxes"."""
    return f"{written(count)} {counted(count, unit)}"


def directions(item: Ordered, medicine: Packed) -> Directions:
    return Directions(
        dose=item.dose,
        form=medicine.form,
        unit=medicine.unit,
        route=item.route,
        frequency=item.frequency,
        duration_days=item.duration_days,
        instructions=item.instructions,
    )


def unit_of_dose(directions: Directions) -> str:
    """What `dose` counts: "ml", "g", "drop", "puff", or the medicine's own unit."""
    form = directions.form
    return _MEASURED_IN.get(form) or _COUNTED_IN.get(form, directions.unit)


def in_words(directions: Directions) -> str:
    """ "1 tablet, three times a day, for 5 days, after food" """
    days = directions.duration_days
    length = "" if directions.frequency == "STAT" else say_count(days, "for {count} day", "for {count} days")
    typed = (say(part) if part in INSTRUCTIONS else part for part in directions.instructions.split(", "))
    return ", ".join(filter(None, [_amount_and_times(directions), length, *typed]))


def _amount_and_times(directions: Directions) -> str:
    parts = pattern(directions.frequency)
    if parts is None:
        return f"{_taken(directions, Fraction(1))}, {_often(directions.frequency)}"
    when = [(part, say(word)) for part, word in zip(parts, _WHEN[len(parts)], strict=True) if part]
    if len({part for part, _ in when}) == 1:
        return _taken(directions, when[0][0], listed(word for _, word in when))
    return listed(_taken(directions, part, word) for part, word in when)


def _taken(directions: Directions, times: Fraction, when: str = "") -> str:
    """How much at a time, where and when: "2 drops in the eye at night"."""
    told = {"amount": _amount(directions, times), "where": say(_ROUTES[directions.route]), "when": when}
    if told["where"] and when:
        return say("{amount} {where} {when}", **told)
    if told["where"]:
        return say("{amount} {where}", **told)
    return say("{amount} {when}", **told) if when else told["amount"]


def _often(frequency: str) -> str:
    if frequency in FREQUENCIES:
        return say(FREQUENCIES[frequency])
    return say_count(int(frequency.removesuffix("H")), "every hour", "every {count} hours")


def _amount(directions: Directions, times: Fraction) -> str:
    dose = (directions.dose * times.numerator / times.denominator).normalize()
    if measure := _MEASURED_IN.get(directions.form):
        return f"{dose:f} {measure}"
    unit = counted(dose, _COUNTED_IN.get(directions.form, directions.unit))
    return say(_FRACTIONS[dose], unit=unit) if dose in _FRACTIONS else f"{dose:f} {unit}"
