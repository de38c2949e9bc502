"""Reading the file of a backup: its seal first, then its key, then each member against the manifest."""

import hashlib
import json
import os
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyrage
from pydantic import ValidationError

from core.backup.archive import (
    FORMAT,
    MANIFEST,
    PART,
    SEAL,
    SEALED_KEY,
    Counted,
    Manifest,
    Sink,
    pour,
    stored,
)
from core.errors import ClinicError

_TOO_MUCH = "Excessive work parameter"  # what the library says where this machine would take over a moment


class Damaged(ClinicError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} is damaged, cut or no backup of Qure. Nothing was changed: take another copy.")


class WrongPassphrase(ClinicError):
    def __init__(self) -> None:
        super().__init__("This is not the passphrase of this backup. Nothing was changed.")


class TooBusy(ClinicError):
    def __init__(self) -> None:
        super().__init__(
            "This machine is too busy to open the backup with its passphrase just now. Nothing was changed: try again."
        )


class PassphraseNeeded(ClinicError):
    def __init__(self) -> None:
        super().__init__("This backup is encrypted: give its passphrase.")


class NotEncrypted(ClinicError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} is not encrypted, although there is a passphrase for it: it may not be the file you saved. "
            "Nothing was changed. If you know that it is yours, say --plain."
        )


class NewerFormat(ClinicError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} was made by a newer Qure. Install that one; nothing was changed.")


class Reading:
    """A whole archive with the right passphrase; see `opened`."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, identity: pyrage.x25519.Identity | None) -> None:
        self.path, self._archive, self.identity = path, archive, identity
        self.manifest = self._manifest()

    def pour(self, name: str, sink: Sink) -> None:
        """Write a member, as it was before encryption, into the sink. Raises Damaged."""
        try:
            with self._archive.open(stored(name, self.identity)) as member:
                if self.identity:
                    pyrage.decrypt_io(member, sink, [self.identity])
                else:
                    pour(member, sink)
        except (KeyError, zipfile.BadZipFile, pyrage.DecryptError, EOFError) as error:
            raise Damaged(self.path) from error
        except OSError as error:
            if error.errno is None:  # what pyrage says of a member that was changed
                raise Damaged(self.path) from error
            raise

    def text(self, name: str) -> str:
        collected = _Collected()
        self.pour(name, collected)
        try:
            return collected.data.decode()
        except UnicodeDecodeError as error:
            raise Damaged(self.path) from error

    def check(self) -> None:
        """Every member is what the manifest says. Raises Damaged."""
        for name, expected in self.manifest.members.items():
            found = Counted()
            self.pour(name, found)
            if found.member() != expected:
                raise Damaged(self.path)

    def _manifest(self) -> Manifest:
        try:
            said = json.loads(self.text(MANIFEST))
            if said["format"] > FORMAT:
                raise NewerFormat(self.path)
            return Manifest.model_validate(said)
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise Damaged(self.path) from error


@contextmanager
def opened(path: Path, passphrase: str | None, identity: pyrage.x25519.Identity | None = None) -> Iterator[Reading]:
    """An archive whose seal holds. With a passphrase only an encrypted one is taken: anybody can make a plain one.

    Raises Damaged, PassphraseNeeded, WrongPassphrase, TooBusy, NotEncrypted and NewerFormat.
    """
    with open(path, "rb") as file:
        if not _seal_holds(file):
            raise Damaged(path)
        try:
            archive = zipfile.ZipFile(file)
        except zipfile.BadZipFile as error:
            raise Damaged(path) from error
        with archive:
            yield Reading(path, archive, identity or _unlocked(path, archive, passphrase))


def looks_like_one(path: Path) -> bool:
    """Whether this is a backup, by what it holds. Raises Damaged for what is no archive at all."""
    return not {MANIFEST, SEALED_KEY}.isdisjoint(_names(path))


def is_encrypted(path: Path) -> bool:
    """Whether a passphrase is needed. Raises Damaged for what is no archive at all."""
    return SEALED_KEY in _names(path)


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except zipfile.BadZipFile as error:
        raise Damaged(path) from error


def _unlocked(path: Path, archive: zipfile.ZipFile, passphrase: str | None) -> pyrage.x25519.Identity | None:
    if SEALED_KEY not in archive.namelist():
        if passphrase:
            raise NotEncrypted(path)
        return None
    if not passphrase:
        raise PassphraseNeeded
    key = _opened(archive.read(SEALED_KEY), passphrase)
    return pyrage.x25519.Identity.from_str(key.decode().strip())


def _opened(sealed: bytes, passphrase: str, tries: int = 5) -> bytes:
    """How much work it may take is measured anew each time: a machine that is busy at this moment tries again.

    Raises WrongPassphrase or TooBusy.
    """
    try:
        opened: bytes = pyrage.passphrase.decrypt(sealed, passphrase)
    except pyrage.DecryptError as error:
        if _TOO_MUCH not in str(error):
            raise WrongPassphrase from error
        if tries == 1:
            raise TooBusy from error
        time.sleep(1)
        return _opened(sealed, passphrase, tries - 1)
    return opened


def _seal_holds(file: IO[bytes]) -> bool:
    size = file.seek(0, os.SEEK_END)
    if size < SEAL:
        return False
    file.seek(0)
    found, left = hashlib.sha256(), size - SEAL
    while left > 0 and (part := file.read(min(PART, left))):
        found.update(part)
        left -= len(part)
    holds = file.read() == found.hexdigest().encode()
    file.seek(0)
    return holds


class _Collected:
    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def flush(self) -> None:
        pass
