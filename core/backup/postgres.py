"""PostgreSQL's own programs, as children of this process. No password is on their command lines."""

import os
import subprocess
from pathlib import Path
from typing import IO

from sqlalchemy import make_url

from core import stores
from core.errors import StoreUnavailable
from core.stores import programs
from core.stores.process import Failed

Process = subprocess.Popen[bytes]


def dump(snapshot: str, said: IO[bytes]) -> Process:
    """The database as its snapshot shows it, in the custom format on the standard output; troubles go to `said`."""
    return _start("pg_dump", ["--format=custom", f"--snapshot={snapshot}", "--lock-wait-timeout=60s"], said)


def restore(said: IO[bytes]) -> Process:
    """Takes a dump on its standard input. All of it becomes the database's in one transaction, or nothing."""
    return _start("pg_restore", ["--single-transaction", "--exit-on-error"], said)


def _start(name: str, options: list[str], said: IO[bytes]) -> Process:
    address = make_url(stores.addresses().database_url)
    url = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    password = {"PGPASSWORD": str(address.password)} if address.password else {}
    command: list[str | Path] = [_program(name), "--no-owner", "--no-privileges", "--no-password", *options]
    return subprocess.Popen(
        [*command, f"--dbname={url}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        env={**os.environ, **password, "LC_ALL": "C"},
    )


def _program(name: str) -> Path:
    try:
        return programs.of_postgres(name)
    except Failed as problem:
        raise StoreUnavailable(f"Backups cannot be made or restored: {problem}.") from problem
