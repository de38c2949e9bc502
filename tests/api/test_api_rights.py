"""Role x operation, and what a stranger gets. `QURE_WRITE_API_PAGE=1` puts the table into docs/api.md."""

import os

import pytest
from sqlalchemy import update

from core.models import User
from core.permissions import Permission
from tests.api import rights
from tests.api.operations import OPERATIONS
from tests.verbs.world import World

pytestmark = pytest.mark.usefixtures("without_redis")
FOR_STRANGERS = {"auth_login": "anybody", "fhir_metadata": "anybody"}
# With tests of their own: a stream, and what ends the session by which the rest is asked.
APART = {"queue_events": f"who may {Permission.SEE_QUEUE}", "auth_logout": "whoever is signed in"}


@pytest.fixture
def clients(session, as_one):
    """{role: the API as a person of this role asks it}."""
    actors = World(session).actors
    session.execute(update(User).values(must_change_password=False))
    return {role: as_one(actor) for role, actor in actors.items()}


def test_strangers_are_told_to_sign_in(stranger):
    answers = {one.name: one.ask(stranger).status_code for one in OPERATIONS if one.name not in FOR_STRANGERS}
    assert answers == dict.fromkeys(answers, 401)


def test_each_role_is_refused_what_it_may_not_and_nothing_else(clients):
    found = {one: _who(one, clients) for one in OPERATIONS}
    if os.environ.get("QURE_WRITE_API_PAGE"):
        rights.write(rights.table(found))
    assert rights.table(found) == rights.in_page()


def test_a_right_that_is_not_asked_for_is_seen(clients, monkeypatch):
    """The control: with the table of rights open to all nobody is refused, and the page says otherwise."""
    monkeypatch.setattr("core.permissions.allowed", lambda _actor, _permission: True)
    reads = next(one for one in OPERATIONS if one.name == "patients_get")

    assert _who(reads, clients) == "whoever is signed in"


def _who(operation, clients):
    if known := (FOR_STRANGERS | APART).get(operation.name):
        return known
    answers = {role: operation.ask(client) for role, client in clients.items()}
    assert not {role: each.text for role, each in answers.items() if each.status_code in {401, 500}}, operation.name
    missed = {role: rights.missed(answer) for role, answer in answers.items()}
    named = set(missed.values()) - {None}
    assert len(named) <= 1, (operation.name, named)
    for permission in named:
        assert {role for role in missed if missed[role]} == rights.roles_without(permission), operation.name
        return f"who may {permission}"
    return "whoever is signed in"
