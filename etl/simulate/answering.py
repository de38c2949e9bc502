"""What simulated doctors were warned of: some heed it, most answer with a reason, as doctors do.

The warnings are those of the pairs and ages that this formulary makes likely, and of what a patient still takes.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from core.models import Medicine, MedicineForm, Route, WarningKind
from core.prescriptions import ItemDetails
from etl.simulate.charting import Seen
from etl.simulate.moments import Making

_HEEDED = 0.15
_LEFT, _FOR_LONG = 1, 30  # days of the same medicine at home that are worth a warning; of what is fetched each month

_NSAIDS = frozenset({"Ibuprofen", "Diclofenac", "Naproxen"})
_PRESSURE = frozenset({"Telmisartan", "Losartan", "Hydrochlorothiazide", "Atenolol"})
_BLEEDING = frozenset({"Acetylsalicylic acid", "Prednisolone"})
_LEVOTHYROXINE = frozenset({"Levothyroxine"})
_MINERALS = frozenset({"Calcium carbonate", "Ferrous ascorbate and folic acid"})
# What is prescribed, with what else, what comes of it, where that stands.
_INTERACTIONS = (
    (_NSAIDS, _PRESSURE, "weakens it and strains the kidneys", "BNF, interactions of NSAIDs"),
    (
        _NSAIDS,
        frozenset({"Acetylsalicylic acid", "Prednisolone"}),
        "bleeding is likelier",
        "BNF, interactions of NSAIDs",
    ),
    (_MINERALS, _LEVOTHYROXINE, "less of it is taken up", "BNF, interactions of levothyroxine"),
    (frozenset({"Fluconazole"}), frozenset({"Glimepiride"}), "blood sugar may fall low", "BNF, interactions of azoles"),
    (
        frozenset({"Glimepiride"}),
        frozenset({"Sitagliptin"}),
        "blood sugar may fall low",
        "BNF, interactions of gliptins",
    ),
    (frozenset({"Sumatriptan"}), frozenset({"Amitriptyline"}), "serotonin may rise", "BNF, interactions of triptans"),
)
# From an age on; its source is the same for all.
_AGES = (
    (frozenset({"Amitriptyline", "Dicycloverine"}), 65, "confusion and falls are likelier from the age of 65"),
    (frozenset({"Glimepiride"}), 65, "blood sugar falls low more easily from the age of 65"),
    (frozenset({"Hydrochlorothiazide"}), 65, "sodium falls low more easily from the age of 65"),
    (frozenset({"Diclofenac", "Naproxen"}), 75, "bleeding is likelier from the age of 75"),
)
_BABY = 1  # years; a spoon of the strong syrup is much for it
_REASONS = {
    WarningKind.DUPLICATE: ("Has finished the last ones", "Lost the strip", "Course is made longer"),
    WarningKind.INTERACTION: ("Short course, will be checked", "Taken hours apart", "Has taken both for years"),
    WarningKind.DOSE: ("Weighs more than its age", "Two days only, fever above 39"),
    WarningKind.AGE: ("Lowest dose, a few days only", "Nothing else helped"),
}


class Answer(NamedTuple):
    """`warnings` are columns of OverriddenWarning."""

    reason: str
    warnings: tuple[dict[str, str], ...]


class Answering:
    def __init__(self, making: Making, rng: Random) -> None:
        self._medicines, self._rng = making.setting.by_id, rng
        self._at_home: dict[int, dict[int, date]] = defaultdict(dict)  # by patient and medicine, until when it lasts

    def heard(self, seen: Seen, items: Sequence[ItemDetails]) -> tuple[list[ItemDetails], dict[int, Answer]]:
        """What is prescribed in the end, and the answers by medicine."""
        kept, answers = [], {}
        taken = {number for number, until in self._at_home[seen.person.number].items() if until >= seen.day}
        together = {*taken, *(item.medicine_id for item in items)}
        for item in items:
            if found := list(self._warnings(seen, item, together)):
                if self._rng.random() < _HEEDED:
                    continue
                reason = self._rng.choice(_REASONS[found[0][0]])
                told = ({"kind": kind.value, "sentence": said, "source": source} for kind, said, source in found)
                answers[item.medicine_id] = Answer(reason, tuple(told))
            kept.append(item)
        for item in kept:
            self._at_home[seen.person.number][item.medicine_id] = seen.day + timedelta(days=item.duration_days)
        return kept, answers

    def _warnings(self, seen: Seen, item: ItemDetails, taken: set[int]) -> Iterator[tuple[WarningKind, str, str]]:
        medicine, age = self._medicines[item.medicine_id], seen.person.age(seen.day)
        until = self._at_home[seen.person.number].get(item.medicine_id, seen.day)
        if item.duration_days < _FOR_LONG and (until - seen.day).days > _LEFT:
            yield WarningKind.DUPLICATE, f"{medicine.name}: the last ones are not used up yet.", "Former prescriptions"
        if item.route is Route.TOPICAL:
            return
        for these, others, comes, source in _INTERACTIONS:
            if medicine.generic in these and (other := self._one_of(others, taken)):
                yield WarningKind.INTERACTION, f"{medicine.name}: with {other.name} {comes}.", source
        for these, since, comes in _AGES:
            if medicine.generic in these and age >= since:
                yield WarningKind.AGE, f"{medicine.name}: {comes}.", "AGS Beers Criteria 2023"
        if medicine.generic == "Paracetamol" and medicine.form is MedicineForm.SYRUP and age <= _BABY:
            said = f"{medicine.name}: more than 60 mg a day for each kg."
            yield WarningKind.DOSE, said, "WHO Model Formulary for Children"

    def _one_of(self, generics: frozenset[str], taken: set[int]) -> Medicine | None:
        known = (self._medicines[number] for number in sorted(taken))
        return next((medicine for medicine in known if medicine.generic in generics), None)
