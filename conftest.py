"""Where the tests and the notebooks run: embedded stores of their own, in a folder that is thrown away.

Set here, before anything reads the settings, and in the environment, which a notebook's kernel inherits. What is set
to nothing here counts for more than a developer's `.env`: no test ever reaches a real clinic.
"""

import gc
import importlib
import os
import random
import shutil
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

from core import config

gc.disable()  # until the tests are loaded: see pytest_collection_finish

_FOLDER = Path(tempfile.mkdtemp(prefix="qure-tests-"))

for _name in config.names():
    os.environ[_name] = ""
os.environ["QURE_DATA_DIR"] = str(_FOLDER)
os.environ.setdefault("QURE_TESTS_PREPARED", str(_FOLDER / "prepared"))  # a worker has it from whoever started it
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))


# What takes longest, in the order in which it is begun: side by side, nobody is left alone with it at the end.
_LONGEST = (
    *("tests/browser", "tests/test_notebooks_in", "tests/faults/test_random_kills", "tests/faults", "tests/stores"),
    *("tests/etl/simulated/", "tests/api/test_api_document", "tests/test_starting", "tests/races"),
    *("tests/etl", "tests/verbs", "tests/pages", "tests/api", "tests/core"),
)
_ONE_CLINIC = "tests/browser/one_clinic"  # about as long as the other files with a browser


class _Together(LoadScopeScheduling):
    """Side by side (`-n`) a file stays whole, and so does what shares one costly thing: half of the browser tests, for
    more than two browsers at once would wait for each other, and what looks at one simulated clinic.
    Only the long sweep of crash points goes to whoever is free."""

    def _split_scope(self, nodeid):
        if nodeid.startswith("tests/faults/test_crash_points"):
            return nodeid
        if nodeid.startswith("tests/browser"):
            return f"tests/browser {nodeid.startswith(_ONE_CLINIC)}"
        simulated = "tests/etl/simulated/"
        return simulated if nodeid.startswith(simulated) else nodeid.partition("::")[0]


def pytest_xdist_auto_num_workers(config):
    """Two more than there are processors: half of the time goes by in waiting for servers, browsers and time-outs."""
    return (os.cpu_count() or 1) + 2


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # it would begin with the files of the most tests, which are short ones
    return _Together(config, log)


def pytest_sessionstart(session):
    """Side by side each process loads the tests in an order of its own: what one has compiled the others only read.
    What cannot be loaded is told when it is collected."""
    worker, root = os.environ.get("PYTEST_XDIST_WORKER"), session.config.rootpath
    if worker is None:
        return
    wanted = [root / argument.partition("::")[0] for argument in session.config.args]
    modules = sorted(path for path in root.glob("tests/**/test_*.py") if any(map(path.is_relative_to, wanted)))
    random.Random(worker).shuffle(modules)
    for path in modules:
        with suppress(Exception), warnings.catch_warnings(action="error"):
            importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: next((n for n, path in enumerate(_LONGEST) if item.nodeid.startswith(path)), 99))


def pytest_collection_finish():
    """What is loaded by now stays to the end: the collector of garbage need not look at it again, nor at the rest
    after every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)
    gc.enable()


_heard: list[str] = []  # what the keeper of the tests' own stores warned of, and during which test
_read = 0


def pytest_runtest_logfinish(nodeid):
    """A server that ended is started again; until then, tests that need it may fail, whoever ended it."""
    global _read
    log = _FOLDER / "keeper.log"
    if log.exists() and log.stat().st_size != _read:
        lines = log.read_bytes()[_read:].decode().splitlines()
        _read = log.stat().st_size
        _heard.extend(f"{line} (by the end of {nodeid})" for line in lines if " WARNING " in line)


def pytest_testnodedown(node):
    _heard.extend(f"{node.gateway.id}: {line}" for line in getattr(node, "workeroutput", {}).get("keeper", ()))


def pytest_terminal_summary(terminalreporter):
    if _heard:
        terminalreporter.section("What keepers said of the tests' own stores")
        terminalreporter.write_line("\n".join(_heard))


def pytest_sessionfinish(session):
    from core import stores

    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["keeper"] = _heard
    stores.release()
    shutil.rmtree(_FOLDER, ignore_errors=True)
    gc.collect()
    gc.freeze()  # pytest looks at all of it ten times over in search of what was not closed; once finds it, too
