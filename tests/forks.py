"""Processes of their own for what the tests do beside themselves, forked off one that has loaded all of Qure and used
nothing of it: loading it takes seconds.
"""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.stores.person", "tests.browser.backstage", "tests.browser.lived_in"])


def apart(environment: Mapping[str, str], work: Callable, *arguments):
    """What `work` answers or raises there: a function of a module, with arguments and an answer that can be sent."""
    with ProcessPoolExecutor(1, FORKS, be_in, (environment,)) as process:
        return process.submit(work, *arguments).result()


def be_in(environment: Mapping[str, str]) -> None:
    """Settings are read from it afterwards."""
    os.environ.clear()
    os.environ.update(environment)
