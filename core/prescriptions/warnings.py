"""What a prescription must be warned of: allergy, age, dose, the same twice, and what does not go together.

A warning names its source and can be answered with a reason, which is kept with its item.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core import fields
from core.errors import Conflict
from core.models import Medicine, WarningKind
from core.prescriptions import allergies, doses, together
from core.prescriptions.records import ItemDetails
from core.prescriptions.taker import Taker
from core.words import say


@dataclass(frozen=True)
class Warned:
    medicine_id: int
    kind: WarningKind
    sentence: str
    source: str


class PrescribingWarnings(Conflict):
    """Carries every warning that has no `override_reason` yet, so that the doctor sees them all at once."""

    def __init__(self, warnings: Sequence[Warned]) -> None:
        self.warnings = tuple(warnings)
        sentences = " ".join(warning.sentence for warning in warnings)
        super().__init__(say("{sentences} Give a reason to prescribe it all the same.", sentences=sentences))


def warnings(items: Sequence[ItemDetails], medicines: Mapping[int, Medicine], taker: Taker) -> tuple[Warned, ...]:
    """Everything that speaks against these items, also what a reason answers."""
    return tuple(_all(items, medicines, taker))


def unanswered(items: Sequence[ItemDetails], found: Sequence[Warned]) -> tuple[Warned, ...]:
    """Those of items that come without a reason."""
    reasons = {item.medicine_id: fields.line(item.override_reason) for item in items}
    return tuple(warned for warned in found if not reasons[warned.medicine_id])


def _all(items: Sequence[ItemDetails], medicines: Mapping[int, Medicine], taker: Taker) -> Iterator[Warned]:
    for place, item in enumerate(items):
        medicine = medicines[item.medicine_id]
        ordered = [(medicines[other.medicine_id], other) for other in items[: place + 1]]
        for kind, told in (
            (WarningKind.ALLERGY, allergies.told(medicine, taker)),
            (WarningKind.AGE, doses.too_young(medicine, item, taker)),
            (WarningKind.DOSE, doses.too_much(ordered, taker)),
            (WarningKind.DUPLICATE, together.doubles(ordered, taker)),
            (WarningKind.INTERACTION, together.clashes(ordered, taker)),
        ):
            for sentence, source in told:
                yield Warned(medicine.id, kind, f"{medicine.name}: {sentence}", source)
