"""What can be measured of a patient, and what a plausible value is. Units are in the names."""

from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal

from core.errors import check


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
    "temperature_c": (Decimal(25), Decimal(45), "temperature", " °C"),
    "pulse_bpm": (Decimal(20), Decimal(300), "pulse", " per minute"),
    "systolic_mmhg": (Decimal(40), Decimal(300), "systolic pressure", " mmHg"),
    "diastolic_mmhg": (Decimal(20), Decimal(200), "diastolic pressure", " mmHg"),
    "respiration_bpm": (Decimal(4), Decimal(100), "breathing rate", " per minute"),
    "oxygen_saturation_pct": (Decimal(40), Decimal(100), "oxygen saturation", " %"),
    "weight_kg": (Decimal("0.3"), Decimal(500), "weight", " kg"),
    "height_cm": (Decimal(20), Decimal(260), "height", " cm"),
}
_KEPT = {"temperature_c": Decimal("0.1"), "weight_kg": Decimal("0.01"), "height_cm": Decimal("0.1")}


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
    check(vitals=None if given else "Enter at least one measurement.", **problems)
    return values | {name: _rounded(given[name], step) for name, step in _KEPT.items() if name in given}


def _problem(name: str, value: Decimal) -> str | None:
    least, most, what, unit = _PLAUSIBLE[name]
    if not value.is_finite():
        return f"The {what} is not a number."
    if least <= value <= most:
        return None
    return _other_unit(name, value) or f"The {what} must be between {least} and {most}{unit}."


def _other_unit(name: str, value: Decimal) -> str | None:
    """Names the unit in which an implausible value would make sense."""
    if name == "temperature_c" and 77 <= value <= 113:
        return f"{value} looks like °F: write {_rounded((value - 32) * 5 / 9, Decimal('0.1'))} (°C)."
    if name == "height_cm" and Decimal("0.3") <= value <= Decimal("2.6"):
        return f"{value} looks like metres: write {value * 100:.0f} (cm)."
    if name == "height_cm" and 3 <= value <= 8:
        return f"{value} looks like feet: write the height in cm."
    if name == "weight_kg" and 500 < value < 10_000:
        return f"{value} looks like grams: write {_rounded(value / 1000, Decimal('0.01'))} (kg)."
    return None


def _pressure_problem(given: dict[str, Decimal]) -> str | None:
    systolic, diastolic = given.get("systolic_mmhg"), given.get("diastolic_mmhg")
    if systolic is None or diastolic is None or systolic > diastolic:
        return None
    return f"The systolic pressure ({systolic}) must be above the diastolic ({diastolic}). Were they swapped?"


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)
