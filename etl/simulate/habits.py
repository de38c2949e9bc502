"""What doctors keep at hand: templates of notes, favourite diagnoses, sets of medicines. Made before the first day."""

from datetime import datetime
from decimal import Decimal

from core.models import FavouriteDiagnosis, MedicineSet, MedicineSetItem, NoteTemplate, User
from core.permissions import Actor
from etl.simulate.conditions import ACUTE, CHRONIC, Condition
from etl.simulate.formulary import BY_KEY
from etl.simulate.moments import Making

_TEMPLATES = (
    ("Complaint", "Complaint:\nSince:\nExamination:\nPlan:"),
    ("Follow-up", "Since the last visit:\nTakes medicines as prescribed:\nExamination:\nPlan:"),
)
_OWN = (
    ("Fever", "Fever since:\nEats and drinks:\nThroat, chest, skin:\nTo come back if:"),
    ("Child", "Feeding:\nSleep:\nImmunisation up to date:\nExamination:\nAdvice:"),
    ("Diabetes", "Readings at home:\nHypoglycaemia:\nFeet:\nPlan:"),
    ("Back pain", "Since:\nRed flags:\nStraight leg raise:\nPlan:"),
)
_SETS = {
    "urti": "J06.9",
    "loose motions": "A09.9",
    "gastritis": "K29.7",
    "back": "M54.5",
    "bp": "I10",
    "sugar": "E11.9",
}
_FAVOURITES = 8


def keep(making: Making, at: datetime) -> None:
    for name, body in _TEMPLATES:
        _template(making, at, making.setting.admin, None, name, body)
    for name, code in _SETS.items():
        _set(making, at, making.setting.admin, None, name, code)
    for place, doctor in enumerate(making.setting.doctors):
        own = [_OWN[(place + step) % len(_OWN)] for step in range(2)]
        for name, body in own:
            _template(making, at, doctor.actor, doctor.actor.user_id, name, body)
        for condition in sorted(ACUTE, key=lambda one: -one.weight)[place : place + _FAVOURITES]:
            _favourite(making, at, doctor.actor, condition.code)
        _set(making, at, doctor.actor, doctor.actor.user_id, "mine", ACUTE[place % len(ACUTE)].code)


def _template(making: Making, at: datetime, actor: Actor, owner: int | None, name: str, body: str) -> None:
    number = making.rows.add(NoteTemplate, owner_id=owner, name=name, body=body)
    making.rows.note(at, actor, "template.saved", (NoteTemplate, number))


def _favourite(making: Making, at: datetime, doctor: Actor, code: str) -> None:
    making.rows.add(FavouriteDiagnosis, doctor_id=doctor.user_id, code=code, added_at=at)
    making.rows.note(at, doctor, "favourite.pinned", (User, doctor.user_id), {"code": code})


def _set(making: Making, at: datetime, actor: Actor, owner: int | None, name: str, code: str) -> None:
    """What a condition is usually treated with."""
    number = making.rows.add(MedicineSet, owner_id=owner, name=name)
    making.rows.note(at, actor, "medicine_set.saved", (MedicineSet, number))
    for given in _condition(code).adult:
        making.rows.add(
            MedicineSetItem,
            set_id=number,
            medicine_id=making.setting.medicines[given.medicine].id,
            dose=Decimal(given.dose),
            route=BY_KEY[given.medicine].taken.value,
            frequency=given.frequency,
            duration_days=given.days,
            instructions=given.instructions,
            quantity=None,
        )


def _condition(code: str) -> Condition:
    return next(condition for condition in (*ACUTE, *CHRONIC) if condition.code == code)
