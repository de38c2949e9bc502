"""The file of a backup: one zip, whole to its last byte or refused.

    manifest.json    what is inside and what a restore must find again
    database.dump    pg_dump's custom format
    secret_key       the clinic's own key; only where a passphrase protects it

With a passphrase each member is a standard age file (`manifest.json.age` …) for one key made for this backup, and
`key.age` is that key under the passphrase: `age -d -i key.age database.dump.age` opens them without Qure. The last 64
characters of the file, the comment of the zip, are the SHA-256 of everything before them.
"""

import hashlib
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict

FORMAT = 1
MANIFEST, DUMP, KEY, SEALED_KEY = "manifest.json", "database.dump", "secret_key", "key.age"
SEAL = 64  # characters
PART = 1 << 20  # bytes read at once


class Member(BaseModel):
    """`size` in bytes, before encryption."""

    model_config = ConfigDict(frozen=True)
    size: int
    sha256: str


class Manifest(BaseModel):
    """`rows` counts every table, and `chain_length` and `chain_head` are the audit trail's, in the dump's snapshot.

    `key_print` tells whether a SECRET_KEY is the one that this clinic had, and does not tell the key.
    """

    model_config = ConfigDict(frozen=True)
    format: int = FORMAT
    qure: str
    schema_version: str
    clinic: str
    taken_at: datetime
    rows: dict[str, int]
    chain_length: int
    chain_head: str
    key_print: str
    has_key: bool
    members: dict[str, Member]


class Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


def stored(name: str, identity: object) -> str:
    return f"{name}.age" if identity else name


def pour(source: Source, sink: Sink) -> None:
    while part := source.read(PART):
        sink.write(part)


class Counted:
    """A sink that keeps size and hash of what went in, and nothing else."""

    def __init__(self) -> None:
        self._hash, self._size = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    def member(self) -> Member:
        return Member(size=self._size, sha256=self._hash.hexdigest())
