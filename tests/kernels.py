"""Notebooks as Jupyter reads and runs them."""

from contextlib import contextmanager

import pytest

from tests import forks
from tests.forks import Program

PATIENCE = 300  # seconds for each cell


def read(text):
    """The notebook; fails where the text is no valid one."""
    import nbformat  # here and below: loading it takes seconds, and few of a run's processes need it

    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return notebook


def run(notebook, folder, **options):
    """All its cells, in a kernel of its own that works in `folder`; fails where a cell does. Outputs are kept in it."""
    import nbclient

    where = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=PATIENCE, resources=where).execute(**options)


@contextmanager
def forked():
    """Each is forked off a process that has loaded what every kernel loads for seconds."""
    forks.preload("ipykernel_launcher", "nbformat", "plotly.io", "core.analytics")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", _launched)
        yield


def _launched(command, *, env, cwd, **_streams):
    return Program(*command[command.index("-m") + 1 :], environment=env, folder=cwd)
