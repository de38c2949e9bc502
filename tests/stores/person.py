"""A process that uses the stores, as the app or a notebook would. It is told Python expressions, and answers with the
value of each as JSON."""

import json
import os
import resource
import signal
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import psycopg
from pymongo import MongoClient
from redis import Redis
from sqlalchemy import create_engine, event

from core import backup, migrations, stores
from core.config import settings
from tests.forks import be_in


def addresses():
    return asdict(stores.addresses())


def sql(statement, *values):
    url = stores.addresses().database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def redis(*command):
    with Redis.from_url(stores.addresses().redis_url, decode_responses=True) as client:
        return client.execute_command(*command)


def mongo(name, *arguments):
    """A method of the collection `notes`."""
    result = getattr(_mongo_at(stores.addresses().mongo_url).qure.notes, name)(*arguments)
    return list(result) if name in ("find", "aggregate") else result if isinstance(result, int | dict) else None


@cache
def _mongo_at(url):
    """As long as the person lives: to log in is ten times the work of a note."""
    return MongoClient(url, timeoutMS=5000)


def _insert(number):
    sql("create table if not exists notes (number int primary key)")
    sql("insert into notes values (%s)", number)


NOTES = {  # of each store: how a number is written into it, which ones are there, and how it forgets all
    "database_url": (
        _insert,
        lambda: [row[0] for row in sql("select number from notes")],
        lambda: sql("drop table if exists notes"),
    ),
    "redis_url": (
        lambda number: redis("SADD", "notes", number),
        lambda: [int(member) for member in redis("SMEMBERS", "notes")],
        lambda: redis("DEL", "notes"),
    ),
    "mongo_url": (
        lambda number: mongo("insert_one", {"_id": number}),
        lambda: [document["_id"] for document in mongo("find")],
        lambda: mongo("drop"),
    ),
}


def _embedded():
    return [NOTES[name] for name in NOTES if not getattr(settings(), name)]


def note(number):
    """Write the number into all three, or those that are embedded. Returns only when all have acknowledged it."""
    for write, _, _ in _embedded():
        write(number)
    return number


def notes():
    """The numbers in each of them."""
    return [sorted(read()) for _, read, _ in _embedded()]


def forget():
    for _, _, clear in _embedded():
        clear()


def restore(path, passphrase=None):
    """The rows that came back, and what a person should know."""
    back = backup.restore(Path(path), passphrase)
    return [back.rows, back.remarks, back.problems]


def take(path, passphrase=None, most_bytes=None):
    """A backup; with `most_bytes` on a disk where no larger file has room."""
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    return backup.take(Path(path), passphrase).size


def upgrade():
    backup.upgrade()


def killed_migration(url, number, in_one_transaction=True):
    """Migrate in a forked child that kills itself before its statement of this number. Whether it came to that."""
    child = os.fork()
    if child == 0:
        engine = create_engine(url, isolation_level=None if in_one_transaction else "AUTOCOMMIT")
        sent = []

        @event.listens_for(engine, "before_cursor_execute")
        def count(*_):
            sent.append(1)
            if len(sent) == number:
                os.kill(os.getpid(), signal.SIGKILL)

        code = 1
        try:
            migrations.upgrade(engine)
            code = 0
        finally:
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL), ended
    return ended != 0


def child_addresses():
    """What a forked child is told, and whether it holds on by itself."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, json.dumps(addresses()).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    with open(reading) as answer:
        return json.load(answer)


def attempt(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def live(line, environment):
    """Until whoever is at the other end of the line hangs up."""
    be_in(environment)
    with suppress(EOFError):
        while True:
            line.send(json.dumps(eval(line.recv())))
