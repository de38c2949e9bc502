"""How often, how much in all, and how to say it: the arithmetic and the words of a prescription item."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from core.models import Medicine, MedicineForm, PrescriptionItem, Route

FREQUENCIES = {
    "OD": "once a day",
    "BD": "twice a day",
    "TDS": "three times a day",
    "QID": "four times a day",
    "HS": "at bedtime",
    "SOS": "when needed",
    "STAT": "once, at once",
}
_TIMES_PER_DAY = {"OD": 1, "BD": 2, "TDS": 3, "QID": 4, "HS": 1, "SOS": 1}
_MEASURED_IN = {MedicineForm.SYRUP: "ml", MedicineForm.CREAM: "g"}
_COUNTED_IN = {MedicineForm.DROPS: "drop", MedicineForm.INHALER: "puff"}
_FRACTIONS = {Decimal("0.5"): "half a", Decimal("0.25"): "a quarter of a"}
_ROUTES = {
    Route.ORAL: "",
    Route.TOPICAL: "on the skin",
    Route.INHALED: "inhaled",
    Route.NASAL: "in the nose",
    Route.EYE: "in the eye",
    Route.EAR: "in the ear",
    Route.RECTAL: "into the rectum",
    Route.VAGINAL: "into the vagina",
    Route.SUBLINGUAL: "under the tongue",
    Route.INTRAMUSCULAR: "into the muscle",
    Route.INTRAVENOUS: "into the vein",
    Route.SUBCUTANEOUS: "under the skin",
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


def frequency(text: str) -> str | None:
    """The frequency in its one spelling: OD BD TDS QID HS SOS STAT, or hours as 6H. None if it is none."""
    short = re.sub(r"[\s.-]", "", text).upper()
    if short in FREQUENCIES:
        return short
    match = re.fullmatch(r"Q?(\d{1,2})(H|HRLY|HOURLY)", short)
    return f"{int(match[1])}H" if match and 1 <= int(match[1]) <= 24 else None


def quantity(dose: Decimal, frequency: str, duration_days: int, pack_size: int) -> int:
    """Whole units to hand over: tablets, or bottles and tubes of `pack_size` doses.

    "When needed" counts as once a day: the doctor writes the quantity where it should be more.
    """
    return max(1, ceil(Fraction(dose) * _intakes(frequency, duration_days) / pack_size))


def directions(item: PrescriptionItem, medicine: Medicine) -> Directions:
    return Directions(
        dose=item.dose,
        form=medicine.form,
        unit=medicine.unit,
        route=item.route,
        frequency=item.frequency,
        duration_days=item.duration_days,
        instructions=item.instructions,
    )


def in_words(directions: Directions) -> str:
    """ "1 tablet, three times a day, for 5 days, after food" """
    days = directions.duration_days
    amount = " ".join(filter(None, [_amount(directions), _ROUTES[directions.route]]))
    length = "" if directions.frequency == "STAT" else f"for {days} day{'s' if days > 1 else ''}"
    return ", ".join(filter(None, [amount, _often(directions.frequency), length, directions.instructions]))


def _intakes(frequency: str, duration_days: int) -> Fraction:
    if frequency == "STAT":
        return Fraction(1)
    if frequency in _TIMES_PER_DAY:
        return Fraction(_TIMES_PER_DAY[frequency] * duration_days)
    return Fraction(24, int(frequency.removesuffix("H"))) * duration_days


def _often(frequency: str) -> str:
    if frequency in FREQUENCIES:
        return FREQUENCIES[frequency]
    hours = int(frequency.removesuffix("H"))
    return "every hour" if hours == 1 else f"every {hours} hours"


def _amount(directions: Directions) -> str:
    dose = directions.dose.normalize()
    if measure := _MEASURED_IN.get(directions.form):
        return f"{dose:f} {measure}"
    unit = _COUNTED_IN.get(directions.form, directions.unit)
    if dose in _FRACTIONS:
        return f"{_FRACTIONS[dose]} {unit}"
    return f"{dose:f} {unit}{'s' if dose > 1 and not unit.endswith('s') else ''}"
