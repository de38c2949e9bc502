"""What can be measured of a patient, and what a plausible value is. Units are in the names."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal

from core.errors import check
from core.words import later, say


@dataclass(frozen=True)
class Measurements:
    """What was not measured is None."""

    temperature_c: Decimal | None = None
    pulse_bpm: int | None = None
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    respiration_bpm: int | None = None
    oxygen_saturation_pct: int | None = None
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None

    @property
    def bmi(self) -> Decimal | None:
        return None if self.weight_kg is None or self.height_cm is None else bmi(self.weight_kg, self.height_cm)


NAMES = tuple(field.name for field in fields(Measurements))

# Widest values seen in people, as the table's checks have them: least, most, what it is, unit.
_PLAUSIBLE = {
    "temperature_c": (Decimal(25), Decimal(45), later("temperature"), "°C"),
    "pulse_bpm": (Decimal(20), Decimal(300), later("pulse"), later("per minute")),
    "systolic_mmhg": (Decimal(40), Decimal(300), later("systolic pressure"), "mmHg"),
    "diastolic_mmhg": (Decimal(20), Decimal(200), later("diastolic pressure"), "mmHg"),
    "respiration_bpm": (Decimal(4), Decimal(100), later("breathing rate"), later("per minute")),
    "oxygen_saturation_pct": (Decimal(40), Decimal(100), later("oxygen saturation"), "%"),
    "weight_kg": (Decimal("0.3"), Decimal(500), later("weight"), "kg"),
    "height_cm": (Decimal(20), Decimal(260), later("height"), "cm"),
}
# Those with decimals; the others are whole numbers.
_KEPT = {"temperature_c": Decimal("0.1"), "weight_kg": Decimal("0.01"), "height_cm": Decimal("0.1")}

_KPA, _INCH, _FOOT = Decimal("7.50062"), Decimal("2.54"), Decimal("30.48")
_WEIGHTS = {later("pounds"): Decimal("0.45359237"), later("stone"): Decimal("6.35029318")}
_GROWN, _HEAVIEST_CHILD_KG = 18, 60
_NEAR = Decimal("0.07")  # an adult's weight between two visits, as a share of it
_SHORTEST_IN, _TALLEST_IN = 48, 84

# From, to, the unit in which such a value makes sense, and what to write instead.
_OTHER_UNITS: dict[str, tuple[tuple[Decimal, Decimal, str, Callable[[Decimal], str]], ...]] = {
    "temperature_c": (
        (Decimal(77), Decimal(113), "°F", lambda f: f"{(f - 32) * 5 / 9:.1f} (°C)"),
        (Decimal(300), Decimal(440), later("a temperature without its point"), lambda c: f"{c / 10:.1f} (°C)"),
    ),
    "oxygen_saturation_pct": (
        (Decimal("0.4"), Decimal(1), later("a fraction"), lambda share: f"{share * 100:.0f} (%)"),
    ),
    "weight_kg": ((Decimal(501), Decimal(300_000), later("grams"), lambda g: f"{g / 1000:.2f} (kg)"),),
    "height_cm": (
        (Decimal("0.3"), Decimal("2.6"), later("metres"), lambda m: f"{m * 100:.0f} (cm)"),
        (
            Decimal(3),
            Decimal(8),
            later("feet"),
            lambda ft: say("the height in cm; {feet} feet are {cm:.0f}", feet=int(ft), cm=int(ft) * _FOOT),
        ),
        (Decimal("8.1"), Decimal("19.9"), later("inches"), lambda inch: f"{inch * _INCH:.0f} (cm)"),
        (Decimal(261), Decimal(2600), later("millimetres"), lambda mm: f"{mm / 10:.1f} (cm)"),
    ),
}


def bmi(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Body mass index in kg/m², to one decimal."""
    return (weight_kg / (height_cm / 100) ** 2).quantize(Decimal("0.1"), ROUND_HALF_UP)


def checked(measured: Measurements) -> dict[str, Decimal | int | None]:
    """The columns to store, rounded as the table keeps them. Raises Invalid with everything that is wrong."""
    values: dict[str, Decimal | int | None] = {name: getattr(measured, name) for name in NAMES}
    given = {name: Decimal(value) for name, value in values.items() if value is not None}
    problems = {name: _problem(name, value) for name, value in given.items()}
    if not any(problems.values()):
        problems["systolic_mmhg"] = _pressure_problem(given)
    check(vitals=None if given else say("Enter at least one measurement."), **problems)
    kept = {name: _rounded(given[name], step) for name, step in _KEPT.items() if name in given}
    return {name: None if value is None else kept.get(name, int(value)) for name, value in values.items()}


def doubts(measured: Measurements, before: Measurements, age_years: float | None) -> dict[str, str]:
    """Questions about values that could be, yet fit another unit better. `before`: what was measured last.

    Only of adults, by their age or else by their last weight: a child may well have doubled its weight.
    """
    grown = age_years >= _GROWN if age_years is not None else (before.weight_kg or 0) >= _HEAVIEST_CHILD_KG
    if not grown:
        return {}
    asked = {"weight_kg": _weight_doubt(measured, before), "height_cm": _height_doubt(measured, before)}
    return {name: question for name, question in asked.items() if question}


def _problem(name: str, value: Decimal) -> str | None:
    least, most, *words = _PLAUSIBLE[name]
    what, unit = map(say, words)
    if not value.is_finite():
        return say("The {what} is not a number.", what=what)
    if not least <= value <= most:
        return _other_unit(name, value) or say(
            "The {what} must be between {least} and {most} {unit}.", what=what, least=least, most=most, unit=unit
        )
    if name not in _KEPT and value != int(value):
        return say("The {what} is a whole number, not {value}.", what=what, value=value)
    return None


def _other_unit(name: str, value: Decimal) -> str | None:
    """Names the unit in which an implausible value would make sense."""
    if name.endswith("_mmhg"):
        return _other_pressure(value) if Decimal(2) <= value <= 40 else None
    for least, most, unit, right in _OTHER_UNITS.get(name, ()):
        if least <= value <= most:
            return say("{value} looks like {unit}: write {right}.", value=value, unit=say(unit), right=right(value))
    return None


def _other_pressure(value: Decimal) -> str:
    """A manometer that does not show mmHg shows kPa or cmHg, and only its reader knows which."""
    return say(
        "{value} is too low for mmHg. If it is kPa, write {kpa:.0f}; if it is cmHg, write {cmhg:.0f}.",
        value=value,
        kpa=value * _KPA,
        cmhg=value * 10,
    )


def _weight_doubt(measured: Measurements, before: Measurements) -> str | None:
    if measured.weight_kg is None or before.weight_kg is None:
        return None
    weight, last = measured.weight_kg, before.weight_kg
    for unit, kilograms in _WEIGHTS.items():
        meant = _rounded(weight * kilograms, Decimal("0.1"))
        if abs(meant - last) <= last * _NEAR:
            return say(
                "Is {weight} really kg? The last weight was {last} kg, and {weight} {unit} are {meant} kg.",
                weight=_told(weight),
                last=_told(last),
                unit=say(unit),
                meant=meant,
            )
    return None


def _height_doubt(measured: Measurements, before: Measurements) -> str | None:
    height = measured.height_cm
    known = before.height_cm is not None and height is not None and abs(height - before.height_cm) <= 5
    if height is None or known or not _SHORTEST_IN <= height <= _TALLEST_IN:
        return None
    cm = height * _INCH
    return say("Is the height really {told} cm? {told} inches are {cm:.0f} cm.", told=_told(height), cm=cm)


def _pressure_problem(given: dict[str, Decimal]) -> str | None:
    systolic, diastolic = given.get("systolic_mmhg"), given.get("diastolic_mmhg")
    if systolic is None or diastolic is None or systolic > diastolic:
        return None
    return say(
        "The systolic pressure ({systolic}) must be above the diastolic ({diastolic}). Were they swapped?",
        systolic=systolic,
        diastolic=diastolic,
    )


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


def _told(value: Decimal) -> str:
    return f"{value.normalize():f}"
