"""What is looked at in one clinic, for an app takes seconds to start: the files here, in the order of their names.

It is in the middle of its day (tests/browser/lived_in.py). What a file leaves behind the next one finds.
"""

import json
import subprocess
import sys

import pytest

from tests.browser.conftest import an_app
from tests.running import ROOT


@pytest.fixture(scope="session")
def clinic():
    """The running app; `bills` are the numbers of those that wait for somebody."""
    with an_app() as app:
        command = [sys.executable, "-m", "tests.browser.lived_in"]
        told = subprocess.run(command, cwd=ROOT, env=app.environment, capture_output=True, text=True, check=True).stdout
        app.bills = json.loads(told)
        yield app
