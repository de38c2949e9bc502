"""Every job of the clinic, with keys, clicks and seconds counted: docs/jobs.md says what it takes, and is held to it.

QURE_WRITE_JOBS=1 writes its table anew. Keys and clicks must be what it says; seconds only stay below a bound.
"""

import os

import pytest

from tests.browser import lived_in
from tests.browser.at_work import People
from tests.browser.jobs import JOBS
from tests.browser.people import sign_in, visitor
from tests.browser.wall import a_wall
from tests.running import ROOT

DOCS, HEAD = ROOT / "docs" / "jobs.md", "## The table\n\n"
LONGEST = 60  # seconds of the clinic for one job, on a machine however busy
PRINTS = "window.print = () => { top.printed = (top.printed || 0) + 1 }"
COLUMNS = (
    "job",
    "the best there is",
    "our goal",
    "keys",
    "letters",
    "clicks",
    "scans",
    "a hand needs",
    "Qure took",
    "goal",
)


@pytest.fixture(scope="module")
def people(clinic, chromium):
    contexts = [visitor(chromium) for _ in range(3)]
    for context in contexts:
        context.add_init_script(PRINTS)
    at_work = zip(contexts, (lived_in.RECEPTION, lived_in.DOCTOR, lived_in.PHARMACIST), strict=True)
    wall = a_wall(chromium, clinic)
    yield People(*(sign_in(context, clinic, username) for context, username in at_work), wall, **clinic.bills)
    for context in (*contexts, wall.context):
        context.close()


def row(job, hand):
    missed = job.goal.missed_by(hand)
    took = (f"{hand.by_hand:.0f} s", f"{hand.seconds:.1f} s", f"missed by {missed}" if missed else "met")
    return "| " + " | ".join((job.name, job.best, job.goal.words, *map(str, hand.counts), *took)) + " |"


def counted(line):
    """A row without what another machine takes longer for."""
    return line.split("|")[:-3]


def test_every_job_takes_the_keys_and_clicks_that_docs_jobs_says(people, record_property):
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    hands = {job: job.do(people) for job in JOBS}
    rows = head + [row(job, hand) for job, hand in hands.items()]
    record_property("jobs", "\n".join(rows))
    before, _, told = DOCS.read_text().partition(HEAD)
    if os.environ.get("QURE_WRITE_JOBS"):
        told = "\n".join(rows) + "\n"
        DOCS.write_text(before + HEAD + told)

    assert list(map(counted, rows)) == list(map(counted, told.splitlines()))
    assert [job.name for job, hand in hands.items() if hand.seconds > LONGEST] == []
    assert sum(hand.clicks == 0 for hand in hands.values()) >= 10  # the ten commonest without a mouse
