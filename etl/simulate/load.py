"""Rows into PostgreSQL by COPY, with every constraint and trigger at work, in the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from psycopg import Copy, sql
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from tqdm import tqdm

from core.errors import Conflict
from core.models import Base, Batch, Invoice, Patient, PurchaseOrder, Record, Slot, Token
from core.words import say
from etl.simulate.rows import Table

_HAPPENED: tuple[type[Record], ...] = (Patient, Slot, Token, Invoice, Batch, PurchaseOrder)


class ClinicInUse(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This clinic already has records of its own. A simulated one is made only where nothing has happened yet:"
            " use another database, or another folder with QURE_DATA_DIR."
        )


class ClinicAtWork(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Somebody worked in this clinic while it was being simulated, and nothing of the simulation was kept. Start"
            " it again while nobody is signed in."
        )


def reserve(session: Session) -> None:
    """Nobody else writes until this transaction ends. Raises ClinicInUse unless the clinic is empty or only set up."""
    names = ", ".join(model.__tablename__ for model in _HAPPENED)
    session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # years take a while to make
    for model in _HAPPENED:
        if session.scalar(select(model.id).limit(1)) is not None:
            raise ClinicInUse


def first_ids(session: Session) -> dict[str, int]:
    """What the sequence of each table would give next, without taking it."""
    return {
        table.name: session.scalars(text(f"SELECT last_value + is_called::int FROM {table.name}_id_seq")).one()
        for table in Base.metadata.sorted_tables
        if table.columns.get("id") is not None and table.columns["id"].identity is not None
    }


def load(
    session: Session,
    tables: Sequence[Table],
    progress: bool = False,
    tell: Callable[[str, float], object] = lambda what, share: None,
) -> int:
    """Write everything; returns the number of rows. Raises ClinicAtWork if somebody has taken a number meanwhile, such
    as that of the audit event of a sign-in."""
    now = first_ids(session)
    if any(now.get(table.model.__tablename__, table.first_id) != table.first_id for table in tables):
        raise ClinicAtWork
    total, written = sum(map(len, tables)), 0
    with tqdm(total=total, desc="loading", unit=" rows", disable=None if progress else True) as bar:
        for table in tables:
            tell(say("Writing it down"), written / total)
            if table.model.__tablename__ in now:
                _count_on(session, table)
            _copy_text(session, table)
            bar.update(len(table))
            written += len(table)
    session.execute(text("ANALYZE"))  # the deferred triggers look things up at commit
    return written


def _count_on(session: Session, table: Table) -> None:
    if table.last_id:
        session.execute(select(func.setval(f"{table.model.__tablename__}_id_seq", table.last_id)))


def copy(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with _copying(session, table, columns) as into:
        for row in rows:
            into.write_row(row)


def _copy_text(session: Session, table: Table) -> None:
    with _copying(session, table.model.__tablename__, table.columns) as into:
        for block in table.text():
            into.write(block)


@contextmanager
def _copying(session: Session, table: str, columns: Sequence[str]) -> Iterator[Copy]:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        yield copying
