"""What is wrong with a prescription. A mistake is refused; what it is only warned of stands in warnings.py."""

from collections.abc import Mapping, Sequence

from core import dosage, fields
from core.models import Medicine
from core.prescriptions.records import ItemDetails
from core.words import say

MOST_ITEMS = 30
MOST_DAYS = 365
MOST_UNITS = 9_999


def problems(items: Sequence[ItemDetails], medicines: Mapping[int, Medicine]) -> dict[str, str | None]:
    """Every mistake, by "<place> <field>", in sentences that name the medicine."""
    if not 1 <= len(items) <= MOST_ITEMS:
        return {"items": say("A prescription needs at least one medicine, and at most {most}.", most=MOST_ITEMS)}
    found: dict[str, str | None] = {}
    earlier: set[int] = set()
    for place, item in enumerate(items, 1):
        medicine = medicines.get(item.medicine_id)
        name = medicine.name if medicine else say("Item {place}", place=place)
        wrong = {"medicine": _medicine_problem(item, medicine, earlier), **_item_problems(item, medicine)}
        found |= {f"{place} {field}": f"{name}: {problem}" for field, problem in wrong.items() if problem}
        earlier.add(item.medicine_id)
    return found


def _medicine_problem(item: ItemDetails, medicine: Medicine | None, earlier: set[int]) -> str | None:
    if medicine is None:
        return say("there is no medicine {medicine_id}.", medicine_id=item.medicine_id)
    if item.medicine_id in earlier:
        return say("is on the list twice.")
    return say("is no longer used here.") if medicine.withdrawn_at else None


def _item_problems(item: ItemDetails, medicine: Medicine | None) -> dict[str, str | None]:
    dose_fits = item.dose.is_finite() and 0 < item.dose <= MOST_UNITS and round(item.dose, 3) == item.dose
    days_fit = 1 <= item.duration_days <= MOST_DAYS
    known = dosage.frequency(item.frequency)
    units = item.quantity
    if units is None and medicine and known and dose_fits and days_fit:
        units = dosage.quantity(item.dose, known, item.duration_days, medicine.pack_size)
    units_fit = units is None or 1 <= units <= MOST_UNITS
    return {
        "dose": None if dose_fits else say("the dose must be more than 0, with at most three decimals."),
        "frequency": None if known else _frequency_problem(item.frequency),
        "duration_days": None if days_fit else say("the days must be between 1 and {most}.", most=MOST_DAYS),
        "quantity": None if units_fit else say("the quantity must be between 1 and {most:,}.", most=MOST_UNITS),
        "instructions": fields.length_problem(fields.line(item.instructions), say("the text of the instructions")),
        "override_reason": fields.length_problem(fields.line(item.override_reason), say("the reason")),
    }


def _frequency_problem(typed: str) -> str:
    return say(
        "{typed} is no frequency. Use {frequencies}, hours such as 6H, or a day such as 1-0-1.",
        typed=fields.line(typed)[:20] or say("an empty text"),
        frequencies=", ".join(dosage.FREQUENCIES),
    )
