"""Doctors in frames: by name, and namesakes told apart."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.analytics import feed

LEFT = "Doctor who left"  # the clinic's list does not know this one any more


@dataclass(frozen=True)
class Doctors:
    names: Mapping[int, str]  # by id

    def name(self, doctor_id: int | None) -> str:
        """ "" for nobody."""
        return "" if doctor_id is None else self.names.get(doctor_id, LEFT)

    def where(self, field: str, doctor: str | None) -> dict[str, Any]:
        """The filter for the ids of a doctor by this name; none for None."""
        if doctor is None:
            return {}
        if doctor == LEFT:
            return {field: {"$nin": [None, *self.names]}}
        return {field: {"$in": [None] if doctor == "" else self.ids(doctor)}}

    def ids(self, doctor: str) -> list[int]:
        return [key for key, name in self.names.items() if name == doctor]


def known() -> Doctors:
    """All who ever saw patients here. Two of one name get their number behind it."""
    names = feed.doctors()
    bearers = Counter(names.values())
    return Doctors({key: name if bearers[name] == 1 else f"{name} ({key})" for key, name in names.items()})
