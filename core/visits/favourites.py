"""Diagnoses a doctor wants at hand, and those that are given most: what a search shows first."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, fields, icd10
from core.errors import Conflict, check, quoted
from core.models import Diagnosis, Doctor, FavouriteDiagnosis, User, Visit, VisitState
from core.permissions import Actor, Permission, require
from core.visits.course import NotADoctor
from core.words import say

MOST_FAVOURITES = 30
OFTEN, MOST_OFTEN = 2, 200  # from how many times in a year a code counts as often given; how many are told


class TooManyFavourites(Conflict):
    def __init__(self) -> None:
        super().__init__(say("{most} favourites are enough. Take one out first.", most=MOST_FAVOURITES))


@dataclass(frozen=True)
class UsualCodes:
    """`favourites` as they were pinned; `own` and `clinic`: given often in the last year, the most often first."""

    favourites: tuple[str, ...]
    own: tuple[str, ...]
    clinic: tuple[str, ...]

    @property
    def ranked(self) -> tuple[str, ...]:
        """The order in which a search shows what fits alike."""
        return tuple(dict.fromkeys([*self.favourites, *self.own, *self.clinic]))


def pin(session: Session, actor: Actor, code: str) -> None:
    """Keep a code among the actor's favourites. Twice is no matter. Raises NotADoctor, TooManyFavourites or Invalid."""
    require(actor, Permission.CONSULT)
    known = icd10.find(code)
    check(code=None if known else say("{code} is not an ICD-10 code.", code=quoted(code)))
    assert known is not None
    if session.get(Doctor, actor.user_id, with_for_update=True, populate_existing=True) is None:
        raise NotADoctor(actor)
    kept = _favourites(session, actor.user_id)
    if known.code in kept:
        return
    if len(kept) >= MOST_FAVOURITES:
        raise TooManyFavourites
    favourite = insert(FavouriteDiagnosis).values(doctor_id=actor.user_id, code=known.code, added_at=clock.now())
    session.execute(favourite)
    _record(session, actor, "favourite.pinned", None, known.code)


def unpin(session: Session, actor: Actor, code: str) -> None:
    """Take a code out of the actor's favourites. Twice is no matter."""
    require(actor, Permission.CONSULT)
    mine = (FavouriteDiagnosis.doctor_id == actor.user_id, FavouriteDiagnosis.code == fields.storable(code))
    gone = session.scalar(delete(FavouriteDiagnosis).where(*mine).returning(FavouriteDiagnosis.code))
    if gone:
        _record(session, actor, "favourite.unpinned", gone, None)


def usual_codes(session: Session, actor: Actor) -> UsualCodes:
    """What the actor pinned and what was given in the last year. Two statements; a hint, which may be kept a while."""
    require(actor, Permission.CONSULT)
    times, own = func.count(), func.count().filter(Visit.doctor_id == actor.user_id)
    counted = session.execute(
        select(Diagnosis.code, times, own)
        .join(Visit, Visit.id == Diagnosis.visit_id)
        .where(Visit.started_at >= clock.now() - timedelta(days=365))
        .where(Visit.state != VisitState.CANCELLED, Diagnosis.struck_at.is_(None))
        .group_by(Diagnosis.code)
        .having(times >= OFTEN)
        .order_by(times.desc(), Diagnosis.code)
        .limit(MOST_OFTEN)
    ).all()
    mine = sorted((row for row in counted if row[2] >= OFTEN), key=lambda row: -row[2])
    return UsualCodes(
        tuple(_favourites(session, actor.user_id)),
        tuple(code for code, _, _ in mine),
        tuple(code for code, _, _ in counted),
    )


def _favourites(session: Session, doctor_id: int) -> list[str]:
    kept = select(FavouriteDiagnosis.code).where(FavouriteDiagnosis.doctor_id == doctor_id)
    return list(session.scalars(kept.order_by(FavouriteDiagnosis.added_at, FavouriteDiagnosis.code)))


def _record(session: Session, actor: Actor, event: str, before: str | None, after: str | None) -> None:
    """A favourite is the doctor's, not a patient's: the code may stand in the trail."""
    user = session.get_one(User, actor.user_id)
    audit.record(session, actor, audit.UPDATE, event, user, {"favourite": (before, after)})
