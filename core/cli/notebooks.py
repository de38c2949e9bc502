"""`qure notebooks`: Jupyter Lab on the data of the clinic that runs on this machine."""

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from core.errors import ClinicError

if TYPE_CHECKING:
    from core.config import Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"


class NoJupyter(ClinicError):
    def __init__(self) -> None:
        super().__init__("Jupyter Lab is not installed. Run: pip install -e '.[notebooks]'")


class NoNotebooks(ClinicError):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"There are no notebooks in {folder}: they are part of Qure's source, not of an installed package. "
            "Get the source, and in its folder run: pip install -e '.[notebooks]'"
        )


def notebooks(context: typer.Context) -> None:
    """Open Jupyter Lab in the notebooks' folder. Whatever follows is Jupyter's: --no-browser, --port 8899 …"""
    if not FOLDER.is_dir():
        raise NoNotebooks(FOLDER)
    if find_spec("jupyterlab") is None:
        raise NoJupyter
    from core import stores
    from core.config import settings

    stores.addresses()  # held while Jupyter runs, so that every kernel finds them at work
    _carry_over(settings())
    raise typer.Exit(_serve([f"--ServerApp.root_dir={FOLDER}", *context.args], environment(settings())))


def environment(given: "Settings") -> dict[str, str]:
    """What a kernel needs to reach this clinic, wherever its notebook lies: it does not see the .env of this folder."""
    found = {
        "DATABASE_URL": given.database_url,
        "REDIS_URL": given.redis_url,
        "MONGO_URL": given.mongo_url,
        "SECRET_KEY": given.secret_key,  # pseudonyms are made with it
        "QURE_DATA_DIR": str(given.data_dir.resolve()),
    }
    return {**os.environ, **{name: value or "" for name, value in found.items()}}


def _carry_over(given: "Settings") -> None:
    """Where the app feeds MongoDB and is not open just now, nobody else does."""
    if given.app_runs_etl:
        from core import backup
        from etl import service

        backup.upgrade()
        service.catch_up(progress=True)


def _serve(words: list[str], environment: dict[str, str]) -> int:
    """Until Jupyter Lab ends; Ctrl+C is left to it, which asks whether it was meant. Returns its exit code."""
    jupyter = subprocess.Popen([sys.executable, "-m", "jupyterlab", *words], env=environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: jupyter.terminate())
    return jupyter.wait()
