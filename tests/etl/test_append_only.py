"""Ledgers only grow, whoever asks: by triggers for everybody, and by rights for the role of docs/app-role.sql."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock, patients, visits
from tests.factories import a_drawer_closed, a_patient

RIGHTS = Path(__file__).parents[2] / "docs" / "app-role.sql"
LEDGERS = """SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE proname = 'refuse_edit' AND tgname LIKE '%append_only' ORDER BY 1"""


@pytest.fixture
def linked(session, carry):
    """Events in the chain, and one that waits."""
    a_patient(session, "Asha Rao")
    carry()
    a_patient(session, "Vikram Sen")
    session.flush()
    return session


@pytest.fixture
def as_app(session):
    """The session acts as the role that a clinic gives the app, until the test ends."""
    session.execute(text("CREATE ROLE app_of_the_test"))
    for statement in RIGHTS.read_text().replace(":app", "app_of_the_test").split(";"):
        if statement.strip():
            session.execute(text(statement))

    def act():
        session.execute(text("SET LOCAL ROLE app_of_the_test"))

    return act


def refused(session, statement, why):
    with pytest.raises(DBAPIError, match=why), session.begin_nested():
        session.execute(text(statement))


def test_every_ledger_is_kept_from_being_emptied(session):
    for ledger in [*session.scalars(text(LEDGERS)), "audit_chains"]:
        refused(session, f"TRUNCATE {ledger} CASCADE", "is append-only")


@pytest.mark.parametrize(
    "change",
    ["chain_position = chain_position + 100", "relayed_at = NULL, chain_position = NULL, chain_hash = NULL"],
)
def test_an_events_place_in_the_chain_is_filled_once(linked, change):
    forge = f"UPDATE audit_events SET {change} WHERE chain_position IS NOT NULL"
    refused(linked, forge, "audit_events is append-only")

    linked.execute(text("ALTER TABLE audit_events DISABLE TRIGGER audit_events_stay_linked"))
    linked.execute(text(forge))


def test_the_chain_only_grows_and_an_event_is_in_it_with_all_three_marks(linked):
    for statement in ("UPDATE audit_chains SET length = length - 1", "UPDATE audit_chains SET head = 'x'"):
        refused(linked, statement, "audit_chains is append-only")
    refused(linked, "DELETE FROM audit_chains", "audit_chains is append-only")
    refused(linked, "UPDATE audit_events SET relayed_at = now() WHERE relayed_at IS NULL", "relayed_as_linked")


def test_the_apps_role_works_through_a_day_and_only_adds_to_ledgers(session, admin, doctor, treat, equal, as_app):
    ledgers = session.scalars(text(LEDGERS)).all()
    asha, double = a_patient(session, "Asha Rao"), a_patient(session, "Asha Rau")
    as_app()
    visit_id, _ = treat(double)
    visits.reopen(session, admin, visit_id, "The weight was wrong")
    visits.complete(session, doctor, visit_id)
    patients.merge(session, admin, asha.patient_id, double.patient_id)
    a_drawer_closed(session, admin, clock.today())
    equal()

    for ledger in [*ledgers, "audit_chains", "alembic_version"]:
        for statement in ("DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL"):
            refused(session, statement.format(ledger), "permission denied|must be owner")
    refused(session, "UPDATE audit_events SET actor_name = 'Nobody'", "permission denied")
    refused(session, "UPDATE payments SET amount = amount + 1", "permission denied")
    refused(session, "UPDATE stock_movements SET change = change + 1", "permission denied")
    refused(session, "UPDATE audit_events SET chain_hash = 'forged'", "audit_events is append-only")
    refused(session, "SET LOCAL session_replication_role = replica", "permission denied")
