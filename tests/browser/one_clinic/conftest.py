"""What is looked at in one clinic, for an app takes seconds to start: the files here, in the order of their names.

It is in the middle of its day (tests/browser/lived_in.py). What a file leaves behind the next one finds.
"""

import pytest

from tests.browser import lived_in
from tests.browser.conftest import an_app
from tests.browser.people import visitor
from tests.forks import apart


@pytest.fixture(scope="session")
def clinic():
    """The running app; `bills` are the numbers of those that wait for somebody."""
    with an_app() as app:
        app.bills = apart(app.environment, lived_in.make)
        yield app


@pytest.fixture(scope="module")
def browser(chromium):
    """Of one person after another; see `context`."""
    context = visitor(chromium)
    yield context
    context.close()


@pytest.fixture
def context(browser):
    """Of somebody who is not signed in, in whose first tab somebody else may have been."""
    yield browser
    for tab in browser.pages[1:]:
        tab.close()
    browser.clear_cookies()
