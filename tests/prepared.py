"""Databases that are made already: what initdb, a first user and the migrations take seconds for, a copy has at once.

Made by the first who wants one and kept for all workers of a run, in a folder of the conftest at the root.
How a clinic really begins is the matter of tests/test_starting.py and tests/stores.
"""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from core import db, migrations, stores
from core.stores import mongo, scratch
from tests.forks import apart

# Who is told this of a store starts no server for it: it is somewhere else.
ELSEWHERE = {
    "postgres": {"DATABASE_URL": "postgresql://none.invalid"},
    "valkey": {"REDIS_URL": "redis://none.invalid"},
    "mongo": {"MONGO_URL": "mongodb://none.invalid"},
}


def lay_servers(folder: Path) -> None:
    """The embedded PostgreSQL and MongoDB of a data folder, as their first start makes them."""
    _copy(_made("servers", stores.addresses, ELSEWHERE["valkey"]), folder)


def lay_schema(folder: Path) -> None:
    """The same with the newest schema, and PostgreSQL in no hurry to be on the disk."""
    _copy(_made("schema", _migrate, ELSEWHERE["valkey"] | ELSEWHERE["mongo"], lay_servers), folder)


def _migrate() -> None:
    """Without fsync a database survives being killed (-9), if not the machine."""
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
    migrations.upgrade(db.engine())


def _made(name: str, make: Callable[[], object], without: dict[str, str], begin=lambda folder: None) -> Path:
    kept = Path(os.environ["QURE_TESTS_PREPARED"]) / name
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    with open(kept.with_suffix(".lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            fresh = kept.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)  # of somebody who came to no end
            fresh.mkdir(mode=0o700)
            begin(fresh)
            apart(scratch.environment(fresh) | without, make)
            scratch.stop(fresh)
            fresh.rename(kept)
    return kept


def _copy(made: Path, folder: Path) -> None:
    """With its accounts: for root PostgreSQL's files belong to one of their own. Each MongoDB has its own port."""
    servers = [made / name for name in ("postgres", "secantus", "mongod", "mongo.json") if (made / name).exists()]
    subprocess.run(["cp", "-a", *servers, folder], check=True)
    login = mongo.Login(**json.loads((made / "mongo.json").read_text()))
    (folder / "mongo.json").write_text(json.dumps(login._replace(port=mongo._free_port())._asdict()))
