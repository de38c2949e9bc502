"""The data folder: private, owned by one account, and reachable by sockets however deep it lies.

keeper.lock  keeper.sock  start.lock           the keeper and its users
postgres/data  postgres/run  valkey/           each server's files, with its socket
secantus/ or mongod/, mongo.json               the Mongo server's files; its port and password
secret_key  *.log  *.log.old
"""

import hashlib
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from core.errors import StoreUnavailable

# The path of a Unix socket holds 103 bytes on macOS and 107 on Linux. This is the longest that we add to the folder.
LONGEST_FOLDER = 103 - len("/postgres/run/.s.PGSQL.5432")


def prepare(folder: Path, called: str = "data folder", setting: str = "QURE_DATA_DIR") -> Path:
    """Make the folder if it is missing, and private in any case. Returns its real path.

    Raises StoreUnavailable, which names the folder as it is `called` and its `setting`, when it belongs to another
    account: the two would lock each other out of their files.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = folder.resolve(strict=True)
        if os.name == "posix":
            found = folder.stat()
            if found.st_uid != os.geteuid():
                raise StoreUnavailable(
                    f"The {called} {folder} belongs to another account: "
                    f"run Qure as its owner, or set {setting} to a folder of your own."
                )
            if stat.S_IMODE(found.st_mode) & 0o077:
                folder.chmod(0o700)
    except OSError as error:
        raise StoreUnavailable(
            f"The {called} {folder} cannot be used ({error.strerror}): set {setting} to a folder of your own."
        ) from error
    return folder


def reach(folder: Path) -> Path:
    """The folder, or a short way to it when its path is too long for a Unix socket.

    The sockets themselves always lie in the data folder, because the servers bind them by relative paths. A deep
    folder is reached through a link in a small private folder that any process may make again, so that it does not
    matter whether two processes agree on it or whether something cleans it away.
    """
    if len(os.fsencode(folder)) <= LONGEST_FOLDER:
        return folder
    name = f"qure-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    link = _private(_runtime() / name) / "d"
    if not link.is_symlink() or link.readlink() != folder:
        fresh = link.with_name(secrets.token_hex(4))
        fresh.symlink_to(folder, target_is_directory=True)
        fresh.replace(link)  # in one step: another process may be doing the same
    return link


def _runtime() -> Path:
    """Where short-lived files go: the account's own runtime folder, or the shared one for temporary files."""
    own = Path(os.environ.get("XDG_RUNTIME_DIR", "nowhere"))
    if own.is_absolute() and own.is_dir() and own.stat().st_uid == os.geteuid() and len(str(own)) < 40:
        return own
    common = tempfile.gettempdir()
    return Path(common if len(common) < 40 else "/tmp")


def _private(folder: Path) -> Path:
    """A folder in a place where others may write too: it must be ours, no link, and closed to everybody else."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise StoreUnavailable(
            f"{folder} was made by somebody else: remove it, or set QURE_DATA_DIR to a folder with a shorter path."
        )
    return folder


def secret_key() -> str:
    """The key that signs access tokens where SECRET_KEY is not set: random, made once, readable by its owner alone.

    Every click asks for it: the file is read again only when it was written anew.
    """
    from core.config import settings

    kept = settings().data_dir / "secret_key"
    with suppress(OSError):  # it is not there yet, or not ours to read
        return _read_key(kept, kept.stat().st_mtime_ns)
    _make_key(prepare(kept.parent) / kept.name)
    return _read_key(kept, kept.stat().st_mtime_ns)


def _make_key(kept: Path) -> None:
    fresh = kept.with_name(f".{secrets.token_hex(8)}")
    write_private(fresh, secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(fresh, kept)  # unlike a rename it never replaces: of two that start at once the first one counts
    fresh.unlink()


@lru_cache(maxsize=1)
def _read_key(kept: Path, _written_at: int) -> str:
    return (prepare(kept.parent) / kept.name).read_text("ascii")


def closed(path: str, flags: int) -> int:
    """An opener: a file that this makes is readable by its owner alone."""
    return os.open(path, flags, 0o600)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; it is whole and on disk before it has its name."""
    fresh = path.with_name(f".{secrets.token_hex(8)}")
    with open(fresh, "x", opener=closed) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
