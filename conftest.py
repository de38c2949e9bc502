"""Where the tests and the notebooks run: embedded stores of their own, in a folder that is thrown away.

Set here, before anything reads the settings, and in the environment, which a notebook's kernel inherits. What is set
to nothing here counts for more than a developer's `.env`: no test ever reaches a real clinic.
"""

import os
import shutil
import tempfile
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

_FOLDER = Path(tempfile.mkdtemp(prefix="qure-tests-"))

_STORES = ("DATABASE_URL", "REDIS_URL", "MONGO_URL", "SECRET_KEY", "SECRET_KEY_BEFORE")
_WAYS = ("QURE_SECURE_COOKIES", "QURE_ETL_IN_APP", "QURE_SESSION_HOURS", "QURE_IDLE_MINUTES")
for _name in (*_STORES, *_WAYS):
    os.environ[_name] = ""
os.environ["QURE_DATA_DIR"] = str(_FOLDER)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))


class _Together(LoadScopeScheduling):
    """Side by side (`-n`) a file stays whole, and so does what shares one costly thing: all browser tests, for two
    browsers at once would wait for each other, and all notebooks, for their simulated clinic. Only the long sweep of
    crash points goes to whoever is free."""

    def _split_scope(self, nodeid):
        if nodeid.startswith("tests/faults/test_crash_points"):
            return nodeid
        whole = ("tests/browser", "notebooks")
        return next((folder for folder in whole if nodeid.startswith(folder)), nodeid.partition("::")[0])


def pytest_xdist_auto_num_workers(config):
    """One more than there are processors: half of the time goes by in waiting for servers, browsers and time-outs."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config, log):
    return _Together(config, log)


def pytest_sessionfinish():
    from core import stores

    stores.release()
    shutil.rmtree(_FOLDER, ignore_errors=True)
