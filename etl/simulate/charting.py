"""What doctors write in a visit besides codes, and what becomes of it after the signature.

All of it has dice of its own, so that who comes and what is billed stays as it would be without.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from core import icd10
from core.models import Diagnosis, Patient, Visit, VisitNote, VisitReopening, VisitState, Vitals
from core.permissions import Actor
from etl.simulate import demand
from etl.simulate.conditions import Condition
from etl.simulate.moments import Making
from etl.simulate.people import Person

_NOTED, _NOTE_MENDED = 0.35, 0.03  # of the visits; of the notes, while the patient still sits there
_SLIPS = 0.006  # sets of vitals in the wrong unit
_LATE_NOTES, _LATE_CODES, _REOPENED = 0.012, 0.01, 0.004
_LATEST = 9  # days after the visit

_SINCE = ("since yesterday", "for two days", "for three days", "for a week", "on and off for a month")
_FEVERISH = (
    "Fever {since}, eats and drinks. Throat red, chest clear.",
    "Temperature up {since}. No rash, neck supple. To come back if it lasts three more days.",
    "Fever and body ache {since}. Drinks well, passing urine. Danger signs explained.",
)
_AILING = (
    "Complaint {since}. Examination otherwise normal. Advice given.",
    "Came {since}; no red flags. To come back if not better within a week.",
    "Troubled {since}. Explained what to avoid at home and at work.",
)
_STEADY = (
    "Takes medicines as prescribed, no complaints. Continue.",
    "Feels well. Diet and walking discussed, readings at home are fair.",
    "Forgot some evening doses. Showed how to keep a box for the week.",
)
_MENDED = "{body} Also asked about smoking: none."
_LATE = (
    ("Result of the laboratory", "Blood count within the usual range."),
    ("Result of the laboratory", "Fasting glucose reported, a little above the last one. Told on the phone."),
    ("Told on the phone", "Better since the second day, medicines finished."),
    ("Not written down in the visit", "Mother asked about the next vaccination: due next month."),
)
_FOUND_LATER = {"B34.9": "A97.9", "K29.7": "K25.9", "J20.9": "J45.9", "A09.9": "A01.0"}
_WRONG_UNITS = (
    ("weight_kg", Decimal("2.2046"), "Weight was in pounds"),
    ("height_cm", Decimal("0.3937"), "Height was in inches"),
)
_WHY_REOPENED = ("Follow-up was agreed for another month", "Finding belonged to the next patient", "Side was mixed up")


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit as it was signed."""

    visit: int
    person: Person
    doctor: Actor
    day: date
    started: datetime
    ended: datetime
    conditions: tuple[Condition, ...]
    weight_kg: Decimal | None = None

    def part(self, share: float) -> datetime:
        """When so much of the visit is over, to the second."""
        return self.started + timedelta(seconds=round((self.ended - self.started).total_seconds() * share))


class Charting:
    """`until` is the last day that is simulated: nothing happens after it."""

    def __init__(self, making: Making, rng: Random, until: date) -> None:
        self._making, self._rng, self._until = making, rng, until

    def opened(self, doctor: Actor, person: Person, at: datetime) -> None:
        """The doctor looks into the file of whoever comes in."""
        self._making.rows.note(at, doctor, "patient.file_opened", (Patient, person.number))

    def slip(self, seen: Seen, measured: Mapping[str, Any]) -> None:
        """Now and then the first set of vitals was in another unit, and is struck before the right one."""
        if self._rng.random() >= _SLIPS:
            return
        name, factor, reason = self._rng.choice(_WRONG_UNITS)
        if measured.get(name) is None:
            return
        wrong = {**measured, name: min(round(measured[name] * factor, 1), Decimal(499))}
        at, struck_at = seen.part(0.15), seen.part(0.2)
        by = {"struck_at": struck_at, "struck_by_id": seen.doctor.user_id, "strike_reason": reason}
        self._note(Vitals, "vitals.struck", seen, struck_at, self._found(Vitals, seen, at, **wrong, **by))

    def write(self, seen: Seen) -> None:
        """A note in a third of the visits."""
        if self._rng.random() >= _NOTED:
            return
        feverish = any(condition.fever for condition in seen.conditions)
        words = _STEADY if set(seen.conditions) <= set(seen.person.chronic) else _FEVERISH if feverish else _AILING
        body = self._rng.choice(words).format(since=self._rng.choice(_SINCE))
        first = self._written(seen, seen.part(0.7), body)
        if self._rng.random() < _NOTE_MENDED:
            self._written(seen, seen.part(0.8), _MENDED.format(body=body), amends=first)

    def go_on(self, seen: Seen) -> None:
        """What comes after the signature: a result, a code that only the result gave, a visit opened once more."""
        drawn = self._rng.random()
        at = self._later(seen)
        if at is None:
            return
        if drawn < _LATE_NOTES:
            reason, body = self._rng.choice(_LATE)
            self._written(seen, at, body, reason=reason)
        elif drawn < _LATE_NOTES + _LATE_CODES:
            self._code(seen, at)
        elif drawn < _LATE_NOTES + _LATE_CODES + _REOPENED:
            self._reopen(seen, at)

    def _later(self, seen: Seen) -> datetime | None:
        """In the evening of a day on which the clinic was open; None if that is not over yet."""
        day = seen.day + timedelta(days=self._rng.randint(1, _LATEST))
        return (
            self._making.at(day, self._rng.uniform(1215, 1275)) if demand.is_open(day) and day <= self._until else None
        )

    def _code(self, seen: Seen, at: datetime) -> None:
        found = icd10.find(_FOUND_LATER.get(seen.conditions[0].code, ""))
        if found and len(seen.conditions) == 1:
            late = {"code": found.code, "text": found.title, "reason": "Result of the laboratory"}
            self._note(Diagnosis, "diagnosis.added_late", seen, at, self._found(Diagnosis, seen, at, **late))

    def _reopen(self, seen: Seen, at: datetime) -> None:
        """By the administrator; its doctor writes what was missing and signs it again within the hour."""
        rows, admin, again = self._making.rows, self._making.setting.admin, at + timedelta(minutes=31)
        reopened = {"reopened_at": at, "reopened_by_id": admin.user_id, "completed_at": seen.ended}
        rows.add(VisitReopening, visit_id=seen.visit, reason=self._rng.choice(_WHY_REOPENED), **reopened)
        self._note(Visit, "visit.reopened", seen, at, seen.visit, admin, {"state": VisitState.OPEN.value})
        self._written(seen, again - timedelta(minutes=2), "Looked at again; what was missing is added.")
        rows.of(Visit).amend(seen.visit, {"completed_at": again})
        self._note(Visit, "visit.completed", seen, again, seen.visit, changes={"state": VisitState.COMPLETED.value})

    def _found(self, table: type[Vitals] | type[Diagnosis], seen: Seen, at: datetime, **values: object) -> int:
        return self._making.rows.add(table, **finding(seen.visit, seen.doctor, at, **values))

    def _written(self, seen: Seen, at: datetime, body: str, amends: int | None = None, reason: str = "") -> int:
        note = self._making.rows.add(
            VisitNote,
            visit_id=seen.visit,
            body=body,
            written_at=at,
            author_id=seen.doctor.user_id,
            amends_id=amends,
            reason=reason,
        )
        self._note(VisitNote, "note.added" if amends is None else "note.amended", seen, at, note)
        return note

    def _note(
        self,
        table: type[Vitals] | type[Diagnosis] | type[VisitNote] | type[Visit],
        event: str,
        seen: Seen,
        at: datetime,
        number: int,
        actor: Actor | None = None,
        changes: dict[str, object] | None = None,
    ) -> None:
        which = (table, number)
        self._making.rows.note(at, actor or seen.doctor, event, which, changes, days=[seen.day], visit_id=seen.visit)


def finding(visit: int, doctor: Actor, at: datetime, **values: object) -> dict[str, Any]:
    """A row of vitals or a diagnosis; every such row has the same columns."""
    known = {"reason": "", "struck_at": None, "struck_by_id": None, "strike_reason": ""}
    return {"visit_id": visit, "recorded_at": at, "recorded_by_id": doctor.user_id, **known, **values}
