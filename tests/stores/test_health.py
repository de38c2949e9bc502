"""How the stores are: what runs, which version, and what is wrong, within a few seconds and without passwords."""

import socket
import time
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from core import config
from core.stores import client, health
from core.stores.health import StoreStatus, status, without_password
from tests import prepared
from tests.stores.conftest import opened


@pytest.fixture
def given(monkeypatch, tmp_path):
    """Settings with an address for each store, so that nothing is started."""

    def give(**urls):
        defaults = {"database_url": "postgresql://h/d", "redis_url": "redis://h", "mongo_url": "mongodb://h"}
        settings = SimpleNamespace(**{**defaults, **urls}, data_dir=tmp_path)
        monkeypatch.setattr(config, "settings", lambda: settings)

    return give


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("postgresql+asyncpg://h/d", "postgresql+asyncpg://h/d"),
    ],
)
def test_a_given_database_address_is_made_one_for_psycopg(given, url, expected):
    given(database_url=url)

    assert client.addresses().database_url == expected


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h:5432/d", "postgresql://u:***@h:5432/d"),
        ("postgresql://u:p@ss@h/d", "postgresql://u:***@h/d"),
        ("postgresql://h/d?user=u&password=p&sslmode=require", "postgresql://h/d?user=u&password=***&sslmode=require"),
        ("redis://:p@h:6379/0", "redis://:***@h:6379/0"),
        ("mongodb://u:p@a:1,b:2/d?authSource=admin", "mongodb://u:***@a:1,b:2/d?authSource=admin"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock"),
        ("postgresql://postgres@/postgres?host=/run", "postgresql://postgres@/postgres?host=/run"),
        ("cannot reach redis://:p@h, sorry", "cannot reach redis://:***@h, sorry"),
    ],
)
def test_passwords_are_hidden_in_addresses(url, shown):
    assert without_password(url) == shown


def test_embedded_stores_tell_their_versions(clinic):
    found = clinic.person().ask("[asdict(each) for each in stores.status()]")

    assert [(each["name"], each["where"], each["reachable"]) for each in found] == [
        ("PostgreSQL", "embedded", True),
        ("Redis", "embedded", True),
        ("MongoDB", "embedded", True),
    ]
    assert [each["detail"].split()[0] for each in found] == ["PostgreSQL", "Valkey", "MongoDB"]
    assert found[0]["version"].startswith("18.")
    assert ":***@127.0.0.1:" in found[2]["address"]


def test_stores_that_nobody_runs_are_reported_at_once(given):
    given(
        database_url="postgresql://u:secret@127.0.0.1:1/d",
        redis_url="redis://:secret@127.0.0.1:1",
        mongo_url="mongodb://u:secret@127.0.0.1:1",
    )
    began = time.monotonic()
    found = status()

    assert time.monotonic() - began < 10
    assert [(each.where, each.version, each.reachable) for each in found] == [("address", None, False)] * 3
    for each in found:
        assert each.detail.startswith(f"{each.name} cannot be reached: ")
        assert "\n" not in each.detail
        assert "secret" not in str(each)


def test_stores_that_accept_but_never_answer_do_not_hold_us_up(given):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        given(database_url=f"postgresql://{host}/d", redis_url=f"redis://{host}", mongo_url=f"mongodb://{host}")
        began = time.monotonic()
        found = status()

    assert time.monotonic() - began < 10  # LIMIT, and some patience with a busy machine
    assert [each.reachable for each in found] == [False] * 3


def test_a_store_that_is_too_old_is_named(monkeypatch, given):
    given()
    monkeypatch.setitem(health._ASK, "PostgreSQL", lambda url: ("PostgreSQL", "14.11"))
    monkeypatch.setitem(health._ASK, "Redis", lambda url: ("Redis", "7.0.1"))
    monkeypatch.setitem(health._ASK, "MongoDB", lambda url: ("MongoDB", "8.0.17"))

    assert [each.detail for each in status()] == [
        "PostgreSQL 14.11 is older than 15, the oldest that Qure works with.",
        "Redis 7.0.1",
        "MongoDB 8.0.17",
    ]


def test_embedded_stores_that_do_not_start_are_reported_beside_the_others(new_clinic):
    (new_clinic.folder / "keeper.lock").mkdir()
    person = new_clinic.person(REDIS_URL="redis://127.0.0.1:1")
    found = [StoreStatus(**each) for each in person.ask("[asdict(each) for each in stores.status()]")]

    assert [each.where for each in found] == ["embedded", "address", "embedded"]
    assert [each.reachable for each in found] == [False] * 3
    assert found[0].detail == found[2].detail
    assert found[0].detail.startswith("The embedded stores do not start: see ")
    assert found[1].detail.startswith("Redis cannot be reached: ")


def test_an_address_may_hold_odd_signs():
    with opened("50 % of [ä] & ?#+") as clinic:
        clinic.folder.mkdir(mode=0o700)
        prepared.lay_servers(clinic.folder)
        person = clinic.person()
        assert person.ask("note(1)") == 1
        engine = create_engine(person.ask("addresses()")["database_url"])
        with engine.connect() as connection:
            assert connection.scalar(text("select number from notes")) == 1
        engine.dispose()
        assert all(each["reachable"] for each in person.ask("[asdict(each) for each in stores.status()]"))
