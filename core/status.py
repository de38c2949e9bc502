"""Is everything running, and how far behind is the relay? What `qure status` tells; it changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import backup, clock, db, migrations, stores
from core.errors import StoreUnavailable
from core.models import AuditEvent, Clinic, SetAside, StockMovement
from core.stores import StoreStatus


@dataclass(frozen=True)
class Backlog:
    """What the relay has not carried to MongoDB yet, and how long the oldest of it has waited."""

    waiting: int
    oldest_seconds: int | None


@dataclass(frozen=True)
class Status:
    """`clinic` is its name once it is set up. What nobody can know now (no database, no tables) is None.

    `advice` is what might be better and is no problem.
    """

    stores: list[StoreStatus]
    schema: str | None
    newest_schema: str
    set_up: bool | None
    clinic: str | None
    audit_events: Backlog | None
    stock_movements: Backlog | None
    backups: backup.Overview
    problems: list[str]
    advice: list[str]

    @property
    def ok(self) -> bool:
        return not self.problems


def look() -> Status:
    """Ask every store. One that cannot be reached is a problem in the answer, not an error."""
    seen = stores.status()
    problems = [store.detail or f"{store.name} cannot be reached." for store in seen if not store.reachable]
    problems += open_doors(seen)
    newest, schema = migrations.newest_version(), None
    set_up = clinic = events = movements = None
    try:
        with db.reading() as session:
            schema = migrations.version(session.connection())
            if schema == newest:
                clinic = session.scalar(select(Clinic.name))
                set_up = clinic is not None
                events = _backlog(session, AuditEvent.relayed_at, AuditEvent.occurred_at)
                movements = _backlog(session, StockMovement.relayed_at, StockMovement.moved_at)
                problems += _set_aside(session)
    except StoreUnavailable as unavailable:
        problems = problems or [str(unavailable)]
    else:
        problems += _schema_problem(schema, newest)
    backups = backup.overview()
    problems += [backups.problem] if backups.problem else []
    advice = [sentence for store in seen for sentence in store.advice]
    return Status(seen, schema, newest, set_up, clinic, events, movements, backups, problems, advice)


def open_doors(seen: list[StoreStatus]) -> list[str]:
    """What stands open to strangers: known holes of stores and libraries, and stores without a lock."""
    return [*(sentence for store in seen for sentence in store.open), *stores.library_holes()]


def _schema_problem(schema: str | None, newest: str) -> list[str]:
    if schema == newest:
        return []
    have = f"has schema {schema}" if schema else "is empty"
    return [f"The database {have}, this Qure needs {newest}. Starting Qure brings an older one up to date."]


def _set_aside(session: Session) -> list[str]:
    refused = session.scalar(select(func.count()).select_from(SetAside)) or 0
    documents = "1 document" if refused == 1 else f"{refused:,} documents"
    return [f"MongoDB refused {documents}, and reports go without. `qure verify` names them."] if refused else []


def _backlog(
    session: Session,
    relayed_at: InstrumentedAttribute[datetime | None],
    since: InstrumentedAttribute[datetime],
) -> Backlog:
    waiting, oldest = session.execute(select(func.count(), func.min(since)).where(relayed_at.is_(None))).one()
    return Backlog(waiting, round((clock.now() - oldest).total_seconds()) if oldest else None)
