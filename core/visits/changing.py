"""Several steps of a visit as one: all of them or none."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core.measurements import Measurements
from core.models import VisitState
from core.permissions import Actor, Permission, require
from core.visits.course import locked_own
from core.visits.findings import add_diagnosis, record_vitals, remove_diagnosis, strike_diagnosis, strike_vitals
from core.visits.opening import opened
from core.visits.records import VisitRecord
from core.visits.signed import move_follow_up


@dataclass(frozen=True)
class NewDiagnosis:
    """An ICD-10 code, with the doctor's own words or else its title."""

    code: str
    text: str = ""


@dataclass(frozen=True)
class FollowUp:
    """`on` is None for none."""

    on: date | None


@dataclass(frozen=True)
class VisitChanges:
    """`reason` is needed after the signature, and to strike; `sure` affirms doubtful vitals."""

    vitals: Measurements | None = None
    sure: bool = False
    add_diagnoses: tuple[NewDiagnosis, ...] = ()
    remove_diagnoses: tuple[int, ...] = ()
    strike_diagnoses: tuple[int, ...] = ()
    strike_vitals: tuple[int, ...] = ()
    follow_up: FollowUp | None = None
    reason: str = ""


def change(session: Session, actor: Actor, visit_id: int, changes: VisitChanges) -> VisitRecord:
    """What goes goes first, so that a code may be added anew with other words. Raises what each step refuses."""
    require(actor, Permission.CONSULT)
    signed = locked_own(session, actor, visit_id).state is VisitState.COMPLETED
    _take_away(session, actor, visit_id, changes)
    late = changes.reason if signed else ""  # in an open visit it is that of a strike alone
    if changes.vitals is not None:
        record_vitals(session, actor, visit_id, changes.vitals, reason=late, sure=changes.sure)
    for new in changes.add_diagnoses:
        add_diagnosis(session, actor, visit_id, new.code, new.text, reason=late)
    if changes.follow_up is not None:
        move_follow_up(session, actor, visit_id, changes.follow_up.on, changes.reason)
    return opened(session, actor, visit_id)


def _take_away(session: Session, actor: Actor, visit_id: int, changes: VisitChanges) -> None:
    for diagnosis_id in changes.remove_diagnoses:
        remove_diagnosis(session, actor, visit_id, diagnosis_id)
    for diagnosis_id in changes.strike_diagnoses:
        strike_diagnosis(session, actor, visit_id, diagnosis_id, changes.reason)
    for vitals_id in changes.strike_vitals:
        strike_vitals(session, actor, visit_id, vitals_id, changes.reason)
