"""What is usual at an age, for each vital sign, and from where on it is alarming.

A band marks what deserves a second look. It is no diagnosis: nothing is refused because of it.

Pulse and breathing to 18 years: 10th to 90th centile, alarming beyond the 1st and 99th (Fleming, Lancet 2011; 377:
1011-18). Adults: pulse 60-100 (American Heart Association), breathing 12-20 and what is alarming by NEWS2 (Royal
College of Physicians, 2017). Temperature: newborns 36.5-37.5 (WHO, Thermal protection of the newborn, 1997), then from
36.1 (NEWS2) and fever from 38.0 (NICE NG143). Pressure to 17 years: at or above the screening values of the American
Academy of Pediatrics (Flynn, Pediatrics 2017; 140: e20171904, table 6, the lower of the two sexes), below the lower
limits of Pediatric Advanced Life Support. Adults: hypertension from 140/90, grade 3 from 180/110 (ESC/ESH 2018), low
below 90/60 (NHS). SpO₂: 95 and more, an emergency below 90 (WHO, Pulse oximetry training manual, 2011). BMI: WHO
classes, for adults only.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.words import later, say

ADULT = 18
BMI_FROM_YEARS = 20  # below, WHO goes by centiles of age and sex
SOURCES = {
    "temperature_c": later("WHO 1997 for newborns; NEWS2 2017 and NICE NG143"),
    "pulse_bpm": later("Fleming, Lancet 2011 to 18 years; American Heart Association; NEWS2 2017"),
    "respiration_bpm": later("Fleming, Lancet 2011 to 18 years; NEWS2 2017"),
    "systolic_mmhg": later("AAP 2017 screening and PALS to 17 years; ESC/ESH 2018 and NHS"),
    "diastolic_mmhg": later("AAP 2017 screening to 17 years; ESC/ESH 2018 and NHS"),
    "oxygen_saturation_pct": later("WHO 2011, at sea level"),
    "bmi": later("WHO classes, from 20 years"),
}


class Reading(StrEnum):
    FAR_BELOW = "far below"
    BELOW = "below"
    USUAL = "usual"
    ABOVE = "above"
    FAR_ABOVE = "far above"


@dataclass(frozen=True)
class Band:
    """`low` to `high` are usual, both included; None where there is no limit. From `alarm_…` on it is far."""

    low: Decimal | None
    high: Decimal | None
    alarm_low: Decimal | None = None
    alarm_high: Decimal | None = None


_UNLIMITED = Band(None, None)
# Up to which age, in years; then the 10th, 90th, 1st and 99th centile.
_PULSE = (
    (0.25, (123, 164, 107, 181)),
    (0.5, (120, 159, 104, 175)),
    (0.75, (114, 152, 98, 168)),
    (1, (109, 145, 93, 161)),
    (1.5, (104, 140, 88, 156)),
    (2, (98, 135, 82, 149)),
    (3, (92, 128, 76, 142)),
    (4, (86, 123, 70, 136)),
    (6, (81, 117, 65, 131)),
    (8, (74, 111, 59, 123)),
    (12, (67, 103, 52, 115)),
    (15, (62, 96, 47, 108)),
    (18, (58, 92, 43, 104)),
)
_BREATHING = (
    (0.25, (34, 57, 25, 66)),
    (0.5, (33, 55, 24, 64)),
    (0.75, (31, 52, 23, 61)),
    (1, (30, 50, 22, 58)),
    (1.5, (28, 46, 21, 53)),
    (2, (25, 40, 19, 46)),
    (3, (22, 34, 18, 38)),
    (4, (21, 29, 17, 33)),
    (6, (20, 27, 17, 29)),
    (8, (18, 24, 16, 27)),
    (12, (16, 22, 14, 25)),
    (15, (15, 21, 12, 23)),
    (18, (13, 19, 11, 22)),
)
# By completed years, from one to twelve: systolic and diastolic that want a closer look.
_SCREENED = (
    *((98, 52), (100, 55), (101, 58), (102, 60), (103, 63), (105, 66)),
    *((106, 68), (107, 69), (107, 70), (108, 72), (110, 74), (113, 75)),
)
_BMI_CLASSES = (
    (Decimal("18.5"), later("underweight")),
    (Decimal(25), later("normal")),
    (Decimal(30), later("overweight")),
    (Decimal(35), later("obese I")),
    (Decimal(40), later("obese II")),
    (Decimal("Infinity"), later("obese III")),
)


def band(name: str, age_years: float | None) -> Band | None:
    """None for weight and height, which have no usual value, and for an unknown age. Of a baby's pressure only the
    systolic has a limit, a lower one."""
    if age_years is None or name not in _BANDS:
        return None
    return _BANDS[name](age_years)


def reading(name: str, value: Decimal | int, age_years: float | None) -> Reading | None:
    """Where a value lies; None where there is no band, or one without any limit."""
    usual = band(name, age_years)
    if usual is None or usual == _UNLIMITED:
        return None
    if usual.alarm_low is not None and value <= usual.alarm_low:
        return Reading.FAR_BELOW
    if usual.alarm_high is not None and value >= usual.alarm_high:
        return Reading.FAR_ABOVE
    if usual.low is not None and value < usual.low:
        return Reading.BELOW
    return Reading.ABOVE if usual.high is not None and value > usual.high else Reading.USUAL


def bmi_class(bmi: Decimal, age_years: float | None) -> str | None:
    """WHO's name for it; None below 20 years and for an unknown age."""
    if age_years is None or age_years < BMI_FROM_YEARS:
        return None
    return say(next(name for below, name in _BMI_CLASSES if bmi < below))


def _temperature(age: float) -> Band:
    if age < 28 / 365.25:
        return _of("36.5", "37.5", "35.9", "38.0")
    return _of("36.1", "37.9", "35.0", "38.0" if age < 0.25 else "39.1")  # NICE: any fever before three months


def _pulse(age: float) -> Band:
    return _centiles(_PULSE, age) or _of(60, 100, 40, 131)


def _breathing(age: float) -> Band:
    return _centiles(_BREATHING, age) or _of(12, 20, 8, 25)


def _systolic(age: float) -> Band:
    if age >= ADULT:
        return _of(90, 139, None, 180)
    low = 60 if age < 28 / 365.25 else 70 if age < 1 else min(70 + 2 * int(age), 90)
    return _of(low, _below_screening(age, 0), None, 140 if age >= 13 else None)


def _diastolic(age: float) -> Band:
    if age >= ADULT:
        return _of(60, 89, None, 110)
    return _of(None, _below_screening(age, 1), None, 90 if age >= 13 else None)


def _oxygen(age: float) -> Band:
    return _of(95, 100, 89, None)


_BANDS = {
    "temperature_c": _temperature,
    "pulse_bpm": _pulse,
    "systolic_mmhg": _systolic,
    "diastolic_mmhg": _diastolic,
    "respiration_bpm": _breathing,
    "oxygen_saturation_pct": _oxygen,
}


def _centiles(table: tuple[tuple[float, tuple[int, int, int, int]], ...], age: float) -> Band | None:
    for below, (low, high, first, last) in table:
        if age < below:
            return _of(low, high, first - 1, last + 1)
    return None


def _below_screening(age: float, which: int) -> int | None:
    if age < 1:
        return None
    return (_SCREENED[int(age) - 1] if age < 13 else (120, 80))[which] - 1


def _of(*limits: str | int | None) -> Band:
    return Band(*(None if limit is None else Decimal(limit) for limit in limits))
