"""Writing the file of a backup, as a stream: no more than a few parts of it are ever in memory."""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, cast

import pyrage

from core.backup.archive import SEAL, SEALED_KEY, Counted, Member, Source, pour, stored


class _Measured:
    """Reads through, and counts what went by."""

    def __init__(self, source: Source) -> None:
        self._source, self.counted = source, Counted()

    def read(self, size: int = -1) -> bytes:
        part = self._source.read(size)
        self.counted.write(part)
        return part


class _Sealed:
    """Writes through and knows the hash of all but the last SEAL bytes. It cannot go back, which zipfile respects."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self._last = file, hashlib.sha256(), b""
        self.failed: OSError | None = None

    def write(self, data: bytes) -> int:
        known = self._last + data
        self._hash.update(known[:-SEAL])
        self._last = known[-SEAL:]
        try:
            return self._file.write(data)
        except OSError as error:
            self.failed = error
            raise

    def flush(self) -> None:
        self._file.flush()

    def seal(self) -> bytes:
        return self._hash.hexdigest().encode()


class Writing:
    """An archive that is being written; see `begun`."""

    def __init__(self, archive: zipfile.ZipFile, passphrase: str | None) -> None:
        self._archive, self.members = archive, dict[str, Member]()
        self.identity = pyrage.x25519.Identity.generate() if passphrase else None
        if self.identity:
            sealed = pyrage.passphrase.encrypt(f"{self.identity}\n".encode(), passphrase)
            self._archive.writestr(SEALED_KEY, sealed)

    def add(self, name: str, source: Source) -> None:
        measured = _Measured(source)
        with self._archive.open(stored(name, self.identity), "w", force_zip64=True) as member:
            if self.identity:
                pyrage.encrypt_io(measured, member, [self.identity.to_public()])
            else:
                pour(measured, member)
        self.members[name] = measured.counted.member()


@contextmanager
def begun(file: IO[bytes], passphrase: str | None) -> Iterator[Writing]:
    """An archive into an empty file. Afterwards it is sealed, and on disk as far as the system can tell."""
    through = _Sealed(file)
    try:
        with zipfile.ZipFile(cast("IO[bytes]", through), "w") as archive:
            archive.comment = b"0" * SEAL
            yield Writing(archive, passphrase)
    except Exception as error:
        raise through.failed or error from None  # pyrage makes an error of its own out of a full disk
    file.seek(-SEAL, os.SEEK_END)
    file.write(through.seal())
    file.flush()
    os.fsync(file.fileno())
    with suppress(AttributeError, OSError):  # what is read again comes from the disk, where the system offers that
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
