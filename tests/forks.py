"""Processes of their own for what the tests do beside themselves, forked off one that has loaded all of Qure and used
nothing of it: loading it takes seconds.
"""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor

FORKS = multiprocessing.get_context("forkserver")
_MODULES = ["tests.stores.person", "tests.browser.backstage", "tests.browser.lived_in"]
FORKS.set_forkserver_preload(_MODULES[:1])  # most processes of a test run need no more


def apart(environment: Mapping[str, str], work: Callable, *arguments):
    """What `work` answers or raises there: a function of a module, with arguments and an answer that can be sent."""
    FORKS.set_forkserver_preload(_MODULES)  # counts if it is the first fork
    with ProcessPoolExecutor(1, FORKS, be_in, (environment,)) as process:
        return process.submit(work, *arguments).result()


def be_in(environment: Mapping[str, str]) -> None:
    """Settings are read from it afterwards."""
    os.environ.clear()
    os.environ.update(environment)
