"""What is wrong with a prescription, and what it must be warned of.

A mistake is refused. A warning can be answered with a reason, which is kept with its item.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core import dosage, fields
from core.errors import Conflict
from core.models import Medicine
from core.prescriptions.records import ItemDetails

MOST_ITEMS = 30
MOST_DAYS = 365
MOST_UNITS = 9_999

# Words in the name of a medicine that do not name what is in it.
_NOT_NAMES = frozenset(
    {
        *("acid", "capsule", "capsules", "chloride", "cream", "drops", "elixir", "eye", "forte", "gel"),
        *("hydrochloride", "inhaler", "injection", "lotion", "ointment", "oral", "plus", "potassium", "powder"),
        *("sachet", "sodium", "solution", "spray", "sulphate", "sulfate", "suppository", "suspension", "syrup"),
        *("tablet", "tablets", "vial", "water", "with"),
    }
)

# Classes whose members share an allergy: what an allergy says of the class, and what names a member.
_CLASSES = (
    (r"penicil|amoxi|amoxy|ampicil", r"cillin|amoxi|amoxy|augmentin"),
    (r"ce(f|ph)alo", r"^(cef|ceph)"),
    (r"sul(f|ph)(a|on)|trimox", r"^sul(f|ph)a|trimox|trimethoprim"),
    (
        r"nsaid|aspirin|ibuprofen|diclofenac",
        r"aspirin|profen|diclofenac|naproxen|ketorolac|mefenamic|indomet|oxicam",
    ),
)


class WarningKind(StrEnum):
    ALLERGY = "ALLERGY"
    DUPLICATE = "DUPLICATE"


@dataclass(frozen=True)
class Warned:
    medicine_id: int
    kind: WarningKind
    sentence: str


class PrescribingWarnings(Conflict):
    """Carries every warning that has no `override_reason` yet, so that the doctor sees them all at once."""

    def __init__(self, warnings: Sequence[Warned]) -> None:
        self.warnings = tuple(warnings)
        sentences = " ".join(warning.sentence for warning in warnings)
        super().__init__(f"{sentences} Give a reason to prescribe it all the same.")


def problems(items: Sequence[ItemDetails], medicines: Mapping[int, Medicine]) -> dict[str, str | None]:
    """Every mistake, by "<place> <field>", in sentences that name the medicine."""
    if not 1 <= len(items) <= MOST_ITEMS:
        return {"items": f"A prescription needs at least one medicine, and at most {MOST_ITEMS}."}
    found: dict[str, str | None] = {}
    earlier: set[int] = set()
    for place, item in enumerate(items, 1):
        medicine = medicines.get(item.medicine_id)
        name = medicine.name if medicine else f"Item {place}"
        wrong = {"medicine": _medicine_problem(item, medicine, earlier), **_item_problems(item)}
        found |= {f"{place} {field}": f"{name}: {problem}" for field, problem in wrong.items() if problem}
        earlier.add(item.medicine_id)
    return found


def warnings(
    items: Sequence[ItemDetails], medicines: Mapping[int, Medicine], patient_name: str, allergies: str
) -> list[Warned]:
    """What speaks against items that come without a reason: an allergy named by the patient, one generic twice."""
    found = []
    generics: dict[str, Medicine] = {}
    for item in items:
        medicine = medicines[item.medicine_id]
        first = generics.setdefault(medicine.generic.casefold() or medicine.name, medicine)
        if fields.line(item.override_reason):
            continue
        if word := _allergy(medicine, allergies):
            sentence = f"{medicine.name}: {patient_name} is allergic to {word}."
            found.append(Warned(medicine.id, WarningKind.ALLERGY, sentence))
        if first is not medicine:
            sentence = f"{medicine.name}: {first.name} has the same {medicine.generic} in it."
            found.append(Warned(medicine.id, WarningKind.DUPLICATE, sentence))
    return found


def _medicine_problem(item: ItemDetails, medicine: Medicine | None, earlier: set[int]) -> str | None:
    if medicine is None:
        return f"there is no medicine {item.medicine_id}."
    if item.medicine_id in earlier:
        return "is on the list twice."
    return "is no longer used here." if medicine.withdrawn_at else None


def _item_problems(item: ItemDetails) -> dict[str, str | None]:
    dose_fits = item.dose.is_finite() and 0 < item.dose <= MOST_UNITS and round(item.dose, 3) == item.dose
    days_fit = 1 <= item.duration_days <= MOST_DAYS
    units_fit = item.quantity is None or 1 <= item.quantity <= MOST_UNITS
    known = dosage.frequency(item.frequency)
    return {
        "dose": None if dose_fits else "the dose must be more than 0, with at most three decimals.",
        "frequency": None
        if known
        else f"{fields.line(item.frequency)[:20] or 'an empty text'} is no frequency."
        f" Use {', '.join(dosage.FREQUENCIES)} or hours such as 6H.",
        "duration_days": None if days_fit else f"the days must be between 1 and {MOST_DAYS}.",
        "quantity": None if units_fit else f"the quantity must be between 1 and {MOST_UNITS:,}.",
        "instructions": fields.length_problem(fields.line(item.instructions), "the text of the instructions"),
        "override_reason": fields.length_problem(fields.line(item.override_reason), "the reason"),
    }


def _allergy(medicine: Medicine, allergies: str) -> str | None:
    """The word of the patient's allergies that names this medicine, its generic or its class, also when cut short."""
    names = _words(f"{medicine.name} {medicine.generic}") - _NOT_NAMES
    for word in sorted(_words(allergies)):
        if any(name.startswith(word) or word.startswith(name) or _same_class(word, name) for name in names):
            return word
    return None


def _same_class(allergy: str, name: str) -> bool:
    return any(re.search(said, allergy) and re.search(member, name) for said, member in _CLASSES)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{4,}", text.casefold()))
