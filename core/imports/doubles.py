"""Who may stand twice in a file of patients, or have a record already. A family shares a phone and is no double."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core import spelling
from core.imports.reading import Item, one_of
from core.imports.sheet import Finding
from core.models import Patient, Sex
from core.patients import PatientDetails
from core.words import say

_MOST_COMPARED = 20  # of one phone: a clinic's own number stands beside thousands


@dataclass(frozen=True)
class _Person:
    """`where` says in words where this one stands; `born` is None unless the day is known."""

    where: str
    name: str
    spelt: str
    sex: Sex
    born: date | None
    phone: str


class _Known:
    """Persons by phone, and by birth date with the name in its one spelling."""

    def __init__(self) -> None:
        self._by_phone: dict[str, list[_Person]] = defaultdict(list)
        self._by_birth: dict[tuple[date, str], _Person] = {}

    def add(self, person: _Person) -> None:
        if person.phone and len(self._by_phone[person.phone]) < _MOST_COMPARED:
            self._by_phone[person.phone].append(person)
        if person.born:
            self._by_birth.setdefault((person.born, person.spelt), person)

    def like(self, person: _Person) -> str | None:
        """Why somebody known may be the same, in words."""
        for reason, other in self._others(person):
            if len({person.sex, other.sex} - {Sex.UNKNOWN}) < 2:
                name = say("same name") if other.name.casefold() == person.name.casefold() else say("name spelt alike")
                why = {"where": other.where, "name": name, "reason": reason}
                return say("perhaps the same person as {where}: {name} and {reason}", **why)
        return None

    def _others(self, person: _Person) -> Iterator[tuple[str, _Person]]:
        if person.born and (other := self._by_birth.get((person.born, person.spelt))):
            yield say("birth date"), other
        for other in self._by_phone.get(person.phone, ()):
            born_alike = None in (person.born, other.born) or person.born == other.born
            if born_alike and spelling.alike(person.spelt, other.spelt):
                yield say("phone"), other


def find(session: Session, items: Iterable[Item[PatientDetails]], column: str) -> tuple[Finding, ...]:
    """One finding for each row that may be of somebody on record or further up in the file."""
    persons = [(item, _of(item)) for item in items]
    on_record, further_up = _on_record(session, [person for _, person in persons]), _Known()
    found = []
    for item, person in persons:
        if reason := on_record.like(person) or further_up.like(person):
            found.append(Finding(item.line, column, reason, person.name))
        further_up.add(person)
    return tuple(found)


def _of(item: Item[PatientDetails]) -> _Person:
    details = item.details
    where, spelt = say("on line {line}", line=item.line), spelling.fold(details.name)
    return _Person(where, details.name, spelt, details.sex, details.birth_date, details.phone)


def _on_record(session: Session, persons: list[_Person]) -> _Known:
    phones = {person.phone for person in persons if person.phone}
    born = {person.born for person in persons if person.born}
    exact = and_(Patient.birth_date_is_estimated.is_(False), _on_one_of(born))
    same_birth = and_(exact, one_of(Patient.spelt, {person.spelt for person in persons}))
    rows = session.execute(
        select(Patient.mrn, Patient.name, Patient.spelt, Patient.sex, Patient.birth_date, Patient.phone)
        .add_columns(Patient.birth_date_is_estimated)
        .where(Patient.archived_at.is_(None), or_(one_of(Patient.phone, phones), same_birth))
        .order_by(Patient.last_visit_at.desc().nulls_last(), Patient.id)
    )
    known = _Known()
    for mrn, name, spelt, sex, birth, phone, estimated in rows:
        known.add(_Person(mrn, name, spelt, sex, None if estimated else birth, phone))
    return known


def _on_one_of(days: set[date]) -> ColumnElement[bool]:
    return Patient.birth_date == any_(literal(sorted(days), ARRAY(Date)))
