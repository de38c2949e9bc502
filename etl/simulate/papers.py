"""Papers of a simulated visit: the prescription's, a summary, a sick note. In the words of the real ones.

Their codes come from the simulation's own dice, which a real clinic's never do.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from json import JSONEncoder
from random import Random

from babel.dates import format_date

from core import dosage, icd10
from core.models import Document, DocumentKind, Sex
from core.papers import Bearer, Letterhead, SickNotePaper, VisitSummaryPaper
from core.patients import mrn
from core.prescriptions import ItemDetails
from etl.simulate.charting import Seen
from etl.simulate.moments import Making

_PRINTED, _SUMMARY, _SICK = 0.92, 0.03, 0.085
_WORKING_AGE = range(18, 63)
_IN_YEARS = 2  # younger ones are told in months
_SICK_DAYS, _SICK_SHARES = (1, 2, 3, 5, 7), (3, 5, 6, 3, 1)
_SEXES = {Sex.FEMALE: "Female", Sex.MALE: "Male"}
_json = JSONEncoder(ensure_ascii=False).encode


class Papers:
    def __init__(self, making: Making, rng: Random) -> None:
        self._making, self._rng = making, rng
        profile = making.setting.profile
        self._heads = {
            doctor.actor.user_id: Letterhead(
                clinic=profile.name,
                address=profile.address,
                phone=profile.phone,
                doctor=doctor.actor.name,
                qualification=doctor.qualification,
                speciality=doctor.speciality,
                registration_number="",
                room=doctor.room,
            )
            for doctor in making.setting.doctors
        }

    def prescription(self, seen: Seen, prescription: int) -> None:
        """Most want it on paper; it says what its rows say."""
        if self._rng.random() < _PRINTED:
            self._issue(seen, DocumentKind.PRESCRIPTION, seen.ended + timedelta(seconds=8), "{}", prescription)

    def of_visit(self, seen: Seen, items: Sequence[ItemDetails]) -> None:
        """A sick note for whoever works or studies and came with something new; a summary for a few."""
        acute = set(seen.conditions) - set(seen.person.chronic)
        if acute and seen.person.age(seen.day) in _WORKING_AGE and self._rng.random() < _SICK:
            self._sick_note(seen)
        if self._rng.random() < _SUMMARY and seen.person.age(seen.day) >= _IN_YEARS:
            self._summary(seen, items)

    def _sick_note(self, seen: Seen) -> None:
        days = self._rng.choices(_SICK_DAYS, _SICK_SHARES)[0]
        last = self._day(seen.day + timedelta(days=days - 1))
        day = self._day(seen.day)
        span = f"on {day} (1 day)" if days == 1 else f"from {day} up to and including {last} ({days} days)"
        paper = SickNotePaper(
            letterhead=self._heads[seen.doctor.user_id],
            bearer=self._bearer(seen),
            sentence=f"was seen at this clinic on {day} and is unfit for work or school {span}.",
        )
        self._issue(seen, DocumentKind.SICK_NOTE, seen.ended - timedelta(seconds=12), _json(asdict(paper)))

    def _summary(self, seen: Seen, items: Sequence[ItemDetails]) -> None:
        paper = VisitSummaryPaper(
            letterhead=self._heads[seen.doctor.user_id],
            bearer=self._bearer(seen),
            diagnoses=tuple((condition.code, icd10.title(condition.code)) for condition in seen.conditions),
            vitals=(),
            notes=(),
            medicines=tuple(map(self._line, items)),
        )
        self._issue(seen, DocumentKind.VISIT_SUMMARY, seen.ended + timedelta(seconds=15), _json(asdict(paper)))

    def _line(self, item: ItemDetails) -> tuple[str, str]:
        medicine = self._making.setting.by_id[item.medicine_id]
        return medicine.name, dosage.in_words(dosage.directions(item, medicine))

    def _bearer(self, seen: Seen) -> Bearer:
        person = seen.person
        facts = {
            "Age": f"{'~' if person.estimated else ''}{person.age(seen.day)} y",
            "Sex": _SEXES[person.sex],
            "MRN": mrn(person.number),
            "Date": self._day(seen.day),
        }
        return Bearer(person.name, tuple(facts.items()))

    def _day(self, day: date) -> str:
        return str(format_date(day, "d MMM y", locale=self._making.setting.profile.locale))

    def _issue(
        self, seen: Seen, kind: DocumentKind, at: datetime, content: str, prescription: int | None = None
    ) -> None:
        paper = self._making.rows.add(
            Document,
            code=urlsafe_b64encode(self._rng.randbytes(16)).decode().rstrip("="),
            kind=kind.value,
            patient_id=seen.person.number,
            visit_id=seen.visit,
            prescription_id=prescription,
            issued_at=at,
            issued_by_id=seen.doctor.user_id,
            content=content,
            cancelled_at=None,
        )
        which = (Document, paper)
        self._making.rows.note(at, seen.doctor, "document.issued", which, {"kind": kind.value}, days=[seen.day])
