"""How much of a substance is in what is taken at a time, by the strength that stands on the box."""

import re
from decimal import Decimal
from typing import Final

from core.models import MedicineForm, Route

_MG: Final = {"mg": Decimal(1), "g": Decimal(1000), "mcg": Decimal("0.001"), "µg": Decimal("0.001")}
_AMOUNT = r"([0-9]+(?:\.[0-9]+)?)\s*(mg|mcg|µg|g)"
_DROPS_IN_ML = 20
_COUNTED = {MedicineForm.TABLET, MedicineForm.CAPSULE, MedicineForm.SACHET, MedicineForm.SUPPOSITORY}


def strengths(text: str, form: MedicineForm, route: Route) -> tuple[Decimal, ...]:
    """Mg in one tablet, ml or drop, a number for each substance: "250 mg/5 ml" of a syrup is (50,).

    Empty where the text does not say it beyond doubt: a percentage, units, a tablet per ml.
    """
    text = re.sub(r",(?=[0-9]{3}\b)", "", text.casefold().replace("μ", "µ")).replace(",", ".")
    amounts, volume = _parts(text)
    if form in _COUNTED:
        return amounts if volume is None else ()
    if volume is None or not amounts:
        return ()
    per_ml = tuple(amount / volume for amount in amounts)
    if form is MedicineForm.SYRUP:
        return per_ml
    return tuple(mg / _DROPS_IN_ML for mg in per_ml) if form is MedicineForm.DROPS and route is Route.ORAL else ()


def _parts(text: str) -> tuple[tuple[Decimal, ...], Decimal | None]:
    """The amounts, and the ml they are in: "500 mg + 125 mg", "500/125 mg", "400/57 mg per 5 ml"."""
    split = re.split(r"(?:/|\bper\b|\bin\b)\s*([0-9]+(?:\.[0-9]+)?)?\s*ml\b", text, maxsplit=1)
    volume = Decimal(split[1] or 1) if len(split) > 1 else None
    if volume == 0:
        return (), volume
    pair = re.search(rf"([0-9]+(?:\.[0-9]+)?)\s*/\s*{_AMOUNT}", split[0])
    if pair:
        return tuple(Decimal(number) * _MG[pair[3]] for number in (pair[1], pair[2])), volume
    return tuple(Decimal(number) * _MG[unit] for number, unit in re.findall(rf"{_AMOUNT}\b", split[0])), volume
