"""Count what every check finds, and list the records behind one."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.permissions import Actor, Permission, allowed, require
from core.quality import diary, medicines, people, visits, vitals
from core.quality.check import Check, Finding, Score

MOST_RECORDS = 200
CHECKS = (*visits.CHECKS, *vitals.CHECKS, *diary.CHECKS, *people.CHECKS, *medicines.CHECKS)


def scoreboard(session: Session, actor: Actor) -> list[Score]:
    """One statement per check, worst first: by share of what was looked at, then by number.

    Whoever analyses the clinic gets every count; everyone else those of the records that the role may see.
    """
    require(actor, Permission.SIGN_IN)
    everything = allowed(actor, Permission.ANALYSE)
    scores = [_score(session, check) for check in CHECKS if everything or allowed(actor, check.sees)]
    return sorted(scores, key=lambda score: (-score.share, -score.found))


def score(session: Session, actor: Actor, name: str) -> Score:
    """Of one check. Raises NotFound."""
    require(actor, Permission.ANALYSE if allowed(actor, Permission.ANALYSE) else find(name).sees)
    return _score(session, find(name))


def records(session: Session, actor: Actor, check: Check, limit: int = MOST_RECORDS) -> list[Finding]:
    """The records behind a check, at most `limit`, for a role that may see records of this kind."""
    require(actor, check.sees)
    found = check.found()
    if check.own_first:
        whose, on, record_id = (found.selected_columns[name] for name in ("staff_id", "on", "record_id"))
        found = found.order_by(None).order_by((whose == actor.user_id).desc(), on.desc(), record_id.desc())
    return [Finding(*row) for row in session.execute(found.limit(limit))]


def find(name: str) -> Check:
    """Raises NotFound."""
    check = next((check for check in CHECKS if check.name == name), None)
    if check is None:
        raise NotFound("check", name)
    return check


def _score(session: Session, check: Check) -> Score:
    found = select(func.count()).select_from(check.found().order_by(None).subquery())
    counted = session.execute(select(found.scalar_subquery(), check.among().scalar_subquery())).one()
    return Score(check, *counted)
