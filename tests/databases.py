"""More databases on the server of this test run. Each one that stays costs a killed server time when it starts again:
it looks through the files of all it has."""

from collections.abc import Iterable

from sqlalchemy import Engine, text


def create(server: Engine, name: str, like: str = "template1") -> None:
    """An empty database, or a copy of another at which nobody looks meanwhile."""
    _tell(server, f'CREATE DATABASE "{name}" TEMPLATE "{like}"')


def drop(server: Engine, engines: Iterable[Engine]) -> None:
    """The databases of these engines, whoever is still connected to them."""
    for engine in engines:
        engine.dispose()
        _tell(server, f'DROP DATABASE "{engine.url.database}" WITH (FORCE)')


def _tell(server: Engine, statement: str) -> None:
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
