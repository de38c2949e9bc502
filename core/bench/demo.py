"""A demo clinic of a year, made up and loaded, beside COPY of the rows that it came to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import URL, make_url

from core import db, migrations, stores
from core.bench.clinic import Clinic, conninfo
from core.bench.measuring import Job, Operation
from core.models import Base
from etl import simulate

DAYS, PATIENTS_A_DAY, SEED = 365, 60, 1
_EMPTY = "bench_empty"
_BLOCK = 1 << 20  # bytes sent at once
Fresh = Callable[[], URL]


def operations(clinic: Clinic, days: int = DAYS) -> Iterator[Operation]:
    with _databases(clinic.bare) as fresh, TemporaryDirectory(prefix="qure-bench-") as folder:
        work, floor = partial(_simulate, fresh, days), partial(_bare_copy, fresh, days, Path(folder))
        yield Operation(f"demo clinic of {days} days", 3, work, floor, repeats=3, warm_up=0)


@contextmanager
def _databases(server: psycopg.Connection[Any]) -> Iterator[Fresh]:
    """Gives databases that hold our tables and no rows, beside the clinic's. One stays until the next is asked for."""
    home, numbers = make_url(stores.addresses().database_url), count()

    def create(name: str, template: str) -> URL:
        drop(name)
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        return home.set(database=name)

    def drop(name: str) -> None:
        server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def fresh() -> URL:
        number = next(numbers)
        if number == 0:
            empty = db.engine_at(create(_EMPTY, "template0"))
            migrations.upgrade(empty)
            empty.dispose()
        drop(f"bench_{number - 1}")
        return create(f"bench_{number}", _EMPTY)

    try:
        yield fresh
    finally:
        for name in (_EMPTY, f"bench_{next(numbers) - 1}"):
            drop(name)


def _simulate(fresh: Fresh, days: int) -> Job:
    engine = db.engine_at(fresh())

    def make() -> None:
        db.session_factory().configure(bind=engine)
        try:
            simulate.run(days, PATIENTS_A_DAY, SEED)
        finally:
            db.session_factory().configure(bind=db.engine())
            engine.dispose()

    return make


def _bare_copy(fresh: Fresh, days: int, folder: Path) -> Job:
    """The rows as text that PostgreSQL has written itself, in one transaction, with every constraint and trigger."""
    if not any(folder.iterdir()):
        address = fresh()
        _simulate(lambda: address, days)()
        with psycopg.connect(conninfo(address)) as made:
            for table in Base.metadata.sorted_tables:
                _save(made, table.name, folder)
    address = fresh()

    def copy() -> None:
        with psycopg.connect(conninfo(address)) as into:
            for table in Base.metadata.sorted_tables:
                _load(into, table.name, folder)

    return copy


def _save(made: psycopg.Connection[Any], table: str, folder: Path) -> None:
    statement = SQL("COPY {} TO STDOUT").format(Identifier(table))
    with made.cursor().copy(statement) as rows, open(folder / table, "wb") as file:
        file.writelines(rows)


def _load(into: psycopg.Connection[Any], table: str, folder: Path) -> None:
    with open(folder / table, "rb") as file:
        if block := file.read(_BLOCK):
            with into.cursor().copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as rows:
                while block:
                    rows.write(block)
                    block = file.read(_BLOCK)
