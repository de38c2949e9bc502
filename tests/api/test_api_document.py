"""The API does what its document says, whatever the document allows to be sent."""

import os
import subprocess
import sys

import pytest

from core import auth, db
from core.api import api, events, limiting
from core.models import User
from tests.api.serving import served
from tests.verbs.world import World

# So many made-up requests for each operation, beside every edge that its schema has.
MANY = os.environ.get("QURE_API_EXAMPLES", "2")
LEFT_OUT = ["/auth/logout"]  # ends the session by which all others are asked


@pytest.fixture
def unlimited(monkeypatch):
    monkeypatch.setattr(limiting, "seconds_to_wait", lambda _who: 0)


@pytest.fixture
def brief(monkeypatch):
    """A stream ends after its first event: nobody waits for the next one."""
    monkeypatch.setattr(events, "_server_stops", lambda: True)


@pytest.fixture
def clinic_at_work(committed):
    """One of each role, and the token of who may do everything."""
    with db.transaction() as session:
        world = World(session)
        token = auth.open_session(session, session.get_one(User, world.admin.user_id)).token
    return token


def test_schemathesis_finds_no_fault_and_no_undocumented_answer(web, clinic_at_work, unlimited, brief, tmp_path):
    with served(web) as address:
        asked = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/openapi.json"),
                *("--header", f"Authorization: Bearer {clinic_at_work}", "--max-examples", MANY, "--seed", "1"),
                *("--exclude-checks", "positive_data_acceptance"),  # what fits the document may not fit the record
                *("--workers", "2", "--no-color", "--generation-database", "none"),
                *(part for path in LEFT_OUT for part in ("--exclude-path", path)),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert asked.returncode == 0, asked.stdout[-30_000:] + asked.stderr[-2000:]
    every = sum(len(ways) for ways in api.openapi()["paths"].values())
    assert f"Tested: {every - len(LEFT_OUT)}" in asked.stdout
