"""Which fields of two records of one person differ, and what is kept of them when they are merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core import audit
from core.called import called
from core.models import Patient, Sex
from core.patients.registering import CLINICAL, FIELDS
from core.words import date_in_words, say


class Keep(StrEnum):
    """Whose field the record has afterwards: that of the one that stays, of the one that goes, or both texts."""

    STAYS = "STAYS"
    GOES = "GOES"
    BOTH = "BOTH"


@dataclass(frozen=True)
class Difference:
    """A field that the two records tell differently; `keep` is what is proposed."""

    field: str
    label: str
    stays: str
    goes: str
    keep: Keep


def differences(stays: Patient, goes: Patient) -> tuple[Difference, ...]:
    found = []
    for field, label in FIELDS.items():
        left, right = getattr(stays, field), getattr(goes, field)
        if left != right:
            words = (_told(stays, field), _told(goes, field))
            found.append(Difference(field, say(label), *words, _proposed(stays, goes, field)))
    return tuple(found)


def _told(patient: Patient, field: str) -> str:
    value = getattr(patient, field)
    if field == "birth_date" and value:
        day = date_in_words(value)
        return say("{day} (estimated)", day=day) if patient.birth_date_is_estimated else day
    return called(value) if isinstance(value, Sex) else str(value or "")


def _proposed(stays: Patient, goes: Patient, field: str) -> Keep:
    """What stays, unless only the other record knows, or knows better. Of clinical text nothing may get lost."""
    left, right = getattr(stays, field), getattr(goes, field)
    empty = (None, "", Sex.UNKNOWN)
    if left in empty:
        return Keep.GOES
    if right in empty:
        return Keep.STAYS
    if field in CLINICAL:
        return Keep.BOTH
    guessed = field == "birth_date" and stays.birth_date_is_estimated and not goes.birth_date_is_estimated
    return Keep.GOES if guessed else Keep.STAYS


def chosen(stays: Patient, goes: Patient, choices: Mapping[str, Keep]) -> dict[str, Any]:
    """The columns of the record that stays as they become; BOTH joins clinical text and else changes nothing."""
    values: dict[str, Any] = {}
    for difference in differences(stays, goes):
        keep, field = choices.get(difference.field, difference.keep), difference.field
        if keep is Keep.BOTH and field in CLINICAL:
            values[field] = ", ".join(filter(None, (getattr(stays, field), getattr(goes, field))))
        elif keep is Keep.GOES:
            values[field] = getattr(goes, field)
            if field == "birth_date":
                values["birth_date_is_estimated"] = goes.birth_date_is_estimated
    return values


def before(stays: Patient, written: Mapping[str, list[Any]]) -> dict[str, Any]:
    """What the record that stayed said before, field by field, unless it was amended since."""
    now = audit.jsonable({field: (None, getattr(stays, field)) for field in written})
    same = {field for field, (_, after) in written.items() if now[field][1] == after}
    values = {field: written[field][0] for field in same}
    if values.get("birth_date"):
        values["birth_date"] = datetime.fromisoformat(values["birth_date"]).date()
    if "sex" in values:
        values["sex"] = Sex(values["sex"])
    return values
