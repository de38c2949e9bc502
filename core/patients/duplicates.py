"""Who may have a record already. A family shares a phone, and a name is spelt in several ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core import clock, fields, spelling
from core.errors import Conflict
from core.models import Patient, Sex
from core.patients.records import PatientCard, PatientDetails, card_of
from core.patients.registering import one_spelling
from core.permissions import Actor, Permission, require
from core.words import say

AGES_DIFFER_YEARS = 3  # an age that was asked at the desk is off by this much at most
_MOST_CANDIDATES = 200


@dataclass(frozen=True)
class Likely:
    """A record that is there. `family`: somebody else with the same phone, told but no duplicate."""

    card: PatientCard
    reason: str
    family: bool


class MayBeKnown(Conflict):
    def __init__(self, name: str, likely: Sequence[Likely]) -> None:
        self.likely = tuple(likely)
        first = likely[0]
        told = {"known": first.card.name, "mrn": first.card.mrn, "reason": first.reason}
        super().__init__(say("{name} may have a record already: {known}, {mrn} ({reason}).", name=name, **told))


def refuse_known(session: Session, actor: Actor, details: PatientDetails) -> None:
    """For registering within another workflow. Raises MayBeKnown; a family on one phone is no reason."""
    require(actor, Permission.SEE_PATIENTS)
    likely = find_likely_duplicates(session, actor, details)
    if any(not one.family for one in likely):
        raise MayBeKnown(fields.line(details.name), likely)


def find_likely_duplicates(session: Session, actor: Actor, details: PatientDetails, limit: int = 5) -> list[Likely]:
    """Records that may be of the same person, with the reason in words; then the family on the same phone."""
    require(actor, Permission.SEE_PATIENTS)
    phone, _ = one_spelling(session, details.phone)
    name = spelling.fold(fields.line(details.name))
    found = [_judged(patient, name, phone, details) for patient in _candidates(session, name, phone, details)]
    told = sorted(filter(None, found), key=lambda likely: likely.family)
    return told[:limit]


def _candidates(session: Session, name: str, phone: str, details: PatientDetails) -> list[Patient]:
    together = func.replace(Patient.spelt, " ", "")
    ways = [Patient.phone == phone] if phone else []
    if details.birth_date is not None and name:
        born = and_(Patient.birth_date == details.birth_date, Patient.birth_date_is_estimated.is_(False))
        ways.append(and_(born, together.contains(max(name.split(), key=len), autoescape=True)))
    if not ways:
        return []
    newest = (Patient.last_visit_at.desc().nulls_last(), Patient.id.desc())
    found = select(Patient).where(Patient.archived_at.is_(None), or_(*ways)).order_by(*newest)
    return list(session.scalars(found.limit(_MOST_CANDIDATES)))


def _judged(patient: Patient, name: str, phone: str, details: PatientDetails) -> Likely | None:
    same_phone = phone != "" and patient.phone == phone
    close = spelling.alike(name, patient.spelt) or (same_phone and spelling.nearly(name, patient.spelt))
    alike = close and _may_be_one(patient, details)
    same_name = fields.line(details.name).casefold() == patient.name.casefold()
    if alike and same_phone:
        why = say("same phone, same name") if same_name else say("same phone, name spelt alike")
        return Likely(card_of(patient), why, family=False)
    if alike and patient.birth_date == details.birth_date:
        why = say("same birth date, same name") if same_name else say("same birth date, name spelt alike")
        return Likely(card_of(patient), why, family=False)
    return Likely(card_of(patient), say("same phone: family"), family=True) if same_phone else None


def _may_be_one(patient: Patient, details: PatientDetails) -> bool:
    """Neither sex nor age speaks against it."""
    sexes = {patient.sex, details.sex} - {Sex.UNKNOWN}
    return len(sexes) < 2 and _ages_fit(patient, details)


def _ages_fit(patient: Patient, details: PatientDetails) -> bool:
    if patient.birth_date is None or (details.birth_date is None and details.age_years is None):
        return True
    if details.birth_date is not None and not patient.birth_date_is_estimated:
        return patient.birth_date == details.birth_date
    today = clock.today()
    told = clock.years_between(details.birth_date, today) if details.birth_date else details.age_years or 0
    return abs(told - clock.years_between(patient.birth_date, today)) <= AGES_DIFFER_YEARS
