"""What simulated doctors were warned of: some heed it, the others answer with a reason, as doctors do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from core import dosage
from core.clock import exact_age
from core.models import Medicine, MedicineForm, Route, WarningKind
from core.prescriptions import ItemDetails, Warned
from core.prescriptions.taker import Running, Taker
from core.prescriptions.warnings import warnings
from etl.simulate.charting import Seen
from etl.simulate.moments import Making

# How often a warning is heeded. What is too much for a small child is given in half the dose instead.
_HEEDED = {
    WarningKind.ALLERGY: 0.93,
    WarningKind.DUPLICATE: 0.4,
    WarningKind.INTERACTION: 0.1,
    WarningKind.DOSE: 0.95,
    WarningKind.AGE: 0.8,
}
_REASONS = {
    WarningKind.ALLERGY: ("Has taken it since without trouble", "Rash was years ago, will be watched"),
    WarningKind.DUPLICATE: ("The other one is stopped", "Has finished the last ones"),
    WarningKind.INTERACTION: (
        "Short course, will be checked",
        "Low dose, checked lately",
        "Bore both well before",
    ),
    WarningKind.DOSE: ("Two days only, will be weighed again",),
    WarningKind.AGE: ("Lowest dose, a few days only", "Nothing else helped"),
}
_ONE_DOSE = "One dose only, as WHO recommends"


class Answer(NamedTuple):
    """`warnings` are columns of OverriddenWarning."""

    reason: str
    warnings: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    medicine: Medicine
    route: Route
    doctor: str
    since: date
    until: date


class Answering:
    def __init__(self, making: Making, rng: Random) -> None:
        self._medicines, self._rng = making.setting.by_id, rng
        self._taken: dict[int, list[_Taken]] = defaultdict(list)  # by patient

    def heard(self, seen: Seen, wanted: Sequence[ItemDetails]) -> tuple[list[ItemDetails], dict[int, Answer]]:
        """What is prescribed in the end, and the answers by medicine."""
        taken = [one for one in self._taken[seen.person.number] if one.until > seen.day]
        taker = _taker(seen, taken)
        first = self._warned(wanted, taker)
        items = [kept for item in wanted if (kept := self._thought_over(item, first.get(item.medicine_id, [])))]
        told = first if items == list(wanted) else self._warned(items, taker)
        answers = {
            item.medicine_id: self._answer(item, found) for item in items if (found := told.get(item.medicine_id))
        }
        self._taken[seen.person.number] = taken + [self._begun(seen, item) for item in items]
        return items, answers

    def _thought_over(self, item: ItemDetails, warned: Sequence[Warned]) -> ItemDetails | None:
        """As it was, in a smaller dose, or not at all."""
        if not warned or item.frequency == "STAT" or self._rng.random() >= _HEEDED[warned[0].kind]:
            return item
        medicine = self._medicines[item.medicine_id]
        if warned[0].kind is not WarningKind.DOSE or medicine.form is not MedicineForm.SYRUP:
            return None
        half = item.dose / 2
        quantity = dosage.quantity(half, item.frequency, item.duration_days, medicine.pack_size)
        return replace(item, dose=half, quantity=quantity)

    def _warned(self, items: Sequence[ItemDetails], taker: Taker) -> dict[int, list[Warned]]:
        """By medicine."""
        found: dict[int, list[Warned]] = defaultdict(list)
        for warned in warnings(items, self._medicines, taker):
            found[warned.medicine_id].append(warned)
        return found

    def _answer(self, item: ItemDetails, warned: Sequence[Warned]) -> Answer:
        reason = _ONE_DOSE if item.frequency == "STAT" else self._rng.choice(_REASONS[warned[0].kind])
        told = ({"kind": one.kind.value, "sentence": one.sentence, "source": one.source} for one in warned)
        return Answer(reason, tuple(told))

    def _begun(self, seen: Seen, item: ItemDetails) -> _Taken:
        until = seen.day + timedelta(days=item.duration_days)
        return _Taken(self._medicines[item.medicine_id], item.route, seen.doctor.name, seen.day, until)


def _taker(seen: Seen, taken: Sequence[_Taken]) -> Taker:
    person, running = seen.person, reversed(taken)
    return Taker(
        person.name,
        person.allergies,
        Decimal(exact_age(person.birth, seen.day)),
        seen.weight_kg,
        tuple(Running(one.medicine, one.route, one.doctor, one.since, (one.until - seen.day).days) for one in running),
    )
