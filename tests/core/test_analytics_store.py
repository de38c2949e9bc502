"""MongoDB away or slow: what a screen waits for, and what a job over years does."""

from dataclasses import replace
from time import monotonic

import pytest

from core import stores
from core.analytics import store
from core.errors import StoreUnavailable

MANY = [{"_id": number} for number in range(store.BATCH)]


@pytest.fixture
def nobody_there(monkeypatch):
    away = replace(stores.addresses(), mongo_url="mongodb://127.0.0.1:1")
    monkeypatch.setattr(stores, "addresses", lambda: away)
    yield
    store.close()


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits longer than a thousandth of a second."""
    store.close()
    monkeypatch.setattr(store, "_ANSWER_MS", 1)
    yield
    with store.unhurried():
        store.database().drop_collection("of_a_test")
    store.close()


def test_a_rebuild_says_within_seconds_that_mongo_is_away(nobody_there):
    began = monotonic()

    with pytest.raises(StoreUnavailable):
        store.start_afresh()
    with pytest.raises(StoreUnavailable), store.unhurried():
        list(store.find("audit_logs"))

    assert monotonic() - began < 20


def test_a_screen_does_not_wait_for_a_slow_answer(impatient):
    with pytest.raises(StoreUnavailable):
        store.put("of_a_test", MANY)


def test_a_job_over_years_does(impatient):
    with store.unhurried():
        assert store.put("of_a_test", MANY) == len(MANY)
        # Not counted: what the impatient ones left the server at work on may move a document while it is read.
        assert {row["_id"] for row in store.find("of_a_test")} == {row["_id"] for row in MANY}


def test_a_job_over_years_outlasts_a_server_that_is_deaf_for_minutes():
    with store.unhurried():
        patient = store.database().client.options
    hurried = store.database().client.options

    assert patient.pool_options.connect_timeout >= 60  # seconds: pymongo also gives up by it on what is under way
    assert patient.server_selection_timeout == hurried.server_selection_timeout
    assert hurried.pool_options.connect_timeout <= 2


def test_documents_are_counted_exactly():
    store.start_afresh()
    store.put("advances", [{"_id": number} for number in range(3)])

    assert (store.count("advances"), store.count("invoices")) == (3, 0)
    store.start_afresh()
