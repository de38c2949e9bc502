"""Every notebook in a kernel of its own, as Jupyter runs it, on a clinic of 100 days. A warning in it is an error."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.stores import scratch
from tests import forks, kernels, prepared
from tests.running import ROOT

SIMULATE = ("simulate", "--days", "100", "--patients-per-day", "10", "--seed", "1")
WARNINGS_ARE_ERRORS = 'import warnings\n\nwarnings.simplefilter("error")\n'
PATIENCE = 300  # seconds for each step of making the clinic


@pytest.fixture(scope="module", autouse=True)
def forked():
    with kernels.forked():
        yield


@pytest.fixture(scope="module")
def environment():
    """Where a kernel finds a clinic that is simulated and carried over to MongoDB, and nobody's own Jupyter."""
    folder = Path(tempfile.mkdtemp(prefix="qure-notebooks-"))
    prepared.lay_schema(folder)
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "warnings.py").write_text(WARNINGS_ARE_ERRORS)
    given = scratch.environment(folder) | {"IPYTHONDIR": str(folder / "ipython")}
    # Not in the checkout, where a .env may name somebody's real stores.
    made = forks.run("core.cli", *SIMULATE, environment=given, folder=folder, seconds=PATIENCE)
    assert made.returncode == 0, made.stderr
    command = [sys.executable, "-m", "etl", "run"]  # not forked off: the only place where all of it is really started
    subprocess.run(command, cwd=folder, env=given, check=True, timeout=PATIENCE)
    yield given
    scratch.stop(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_it_runs_from_the_first_cell_to_the_last(path, environment):
    notebook = kernels.read(path.read_text())
    kernels.run(notebook, path.parent, env=environment)

    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
