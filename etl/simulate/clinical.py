"""What is found in a visit: diagnoses, vitals that fit them, and a prescription from the formulary."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from math import sqrt
from random import Random

from core import dosage
from core.measurements import Measurements, checked
from core.prescriptions import ItemDetails
from etl.simulate.conditions import ACUTE, Condition, Given
from etl.simulate.formulary import BY_KEY
from etl.simulate.people import Person
from etl.simulate.staff import Setting

SEASONAL = 2.5
_ADVICE_ALONE = 0.14  # of the visits for something new
CHILD = 12  # years; from then on people take what adults take


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why someone comes: one condition, or several chronic ones at once."""

    conditions: tuple[Condition, ...]

    @property
    def pace(self) -> float:
        return sqrt(sum(condition.pace for condition in self.conditions))

    @property
    def again(self) -> int:
        """Days until the follow-up; 0 without one."""
        return min((condition.again for condition in self.conditions if condition.again), default=0)


def complaint(rng: Random, person: Person, day: date, due: bool) -> Complaint:
    """`due` is who comes for a chronic condition; others come with something new, and now and then with both."""
    if person.chronic and (due or rng.random() < 0.3):
        return Complaint(person.chronic)
    return Complaint((_acute(rng, person, day),))


def _acute(rng: Random, person: Person, day: date) -> Condition:
    age = person.age(day)
    likely = [c for c in ACUTE if c.ages[0] <= age <= c.ages[1] and c.sex in (None, person.sex)]
    weights = [c.weight * (SEASONAL if day.month in c.season else 1.0) for c in likely]
    return rng.choices(likely, weights)[0]


def vitals(
    rng: Random, person: Person, day: date, conditions: tuple[Condition, ...]
) -> dict[str, Decimal | int | None]:
    """The columns of a set of measurements. Not everything is measured every time."""
    age, codes = person.age(day), {condition.code for condition in conditions}
    fever = max((condition.fever for condition in conditions), default=0.0)
    fever = max(0.0, rng.gauss(fever, 0.5)) if fever else 0.0
    short_of_breath = codes & {"J18.9", "J45.9", "J20.9"}
    systolic = rng.gauss(96 + min(age, 20) + 0.28 * max(age - 20, 0), 8) + (18 if "I10" in codes else 0)
    height = _height(person, age)
    measured = Measurements(
        temperature_c=_tenth(36.6 + rng.gauss(0, 0.2) + fever),
        pulse_bpm=round(rng.gauss(max(74, 128 - 4 * age) + 9 * fever, 6)),
        systolic_mmhg=round(systolic) if age >= 12 else None,
        diastolic_mmhg=round(systolic * rng.uniform(0.6, 0.68)) if age >= 12 else None,
        respiration_bpm=round(max(14, 30 - 1.5 * age) + (6 if short_of_breath else 0) + rng.gauss(0, 1.2)),
        oxygen_saturation_pct=min(100, round(rng.gauss(94.5 if short_of_breath else 98.2, 1.0))),
        weight_kg=_tenth(height**2 / 10_000 * (person.body_mass if age >= 18 else 16.5) * rng.uniform(0.98, 1.02)),
        height_cm=_tenth(height) if rng.random() < 0.4 else None,
    )
    return checked(measured)


def _height(person: Person, age: int) -> float:
    grown = 52 + 23 * min(age, 1) + 6.4 * max(min(age, 17) - 1, 0)
    return min(person.height_cm, grown)


def _tenth(value: float) -> Decimal:
    return Decimal(round(value * 10)) / 10


def prescription(
    rng: Random, person: Person, day: date, conditions: tuple[Condition, ...], setting: Setting
) -> list[ItemDetails]:
    """What the doctor thinks of first, nothing twice. Some go with good advice alone."""
    if not set(conditions) & set(person.chronic) and rng.random() < _ADVICE_ALONE:
        return []
    wanted: dict[int, ItemDetails] = {}
    for given in _given(rng, person.age(day), conditions):
        medicine = setting.medicines[given.medicine]
        generics = {setting.by_id[medicine_id].generic for medicine_id in wanted}
        if medicine.generic not in generics:
            wanted[medicine.id] = _item(given, medicine.id)
    return list(wanted.values())


def _given(rng: Random, age: int, conditions: tuple[Condition, ...]) -> list[Given]:
    choices = (given for c in conditions for given in (c.child if age < CHILD and c.child else c.adult))
    return [given for given in choices if rng.random() < given.chance]


def _item(given: Given, medicine_id: int) -> ItemDetails:
    return ItemDetails(
        medicine_id,
        given.amount,
        given.frequency,
        given.days,
        route=BY_KEY[given.medicine].taken,
        quantity=units(given),
        instructions=given.instructions,
    )


@cache
def units(given: Given) -> int:
    """How many units of the medicine are handed over."""
    return dosage.quantity(given.amount, given.frequency, given.days, BY_KEY[given.medicine].pack)


_KEPT_OF_BRANDS = 0.1  # of what the usual one is used


def usual_use(patients_per_day: float) -> dict[str, float]:
    """Units of each medicine that a day takes, roughly: what a careful owner orders before opening."""
    total = sum(condition.weight for condition in ACUTE)
    use = dict.fromkeys(BY_KEY, 0.0)
    for condition in ACUTE:
        for given in condition.adult:
            use[given.medicine] += patients_per_day * 0.65 * condition.weight / total * given.chance * units(given)
        for given in condition.child:
            use[given.medicine] += patients_per_day * 0.2 * condition.weight / total * given.chance * units(given)
    for key in (key for key, listed in BY_KEY.items() if listed.brand):
        use[key] = use[key.removesuffix(" brand")] * _KEPT_OF_BRANDS
    return use
