"""Versions with known holes and stores without a lock are told in words; what pip may install has none of them."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from core import status, stores
from core.stores import health, holes

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("product", "running", "closed_in"),
    [
        *(
            ("Valkey", "9.0.2", "9.0.3"),
            ("Valkey", "9.0.3", None),
            ("Valkey", "9.1.2", None),
            ("Valkey", "8.1.5", "8.1.6"),
        ),
        *(("MongoDB", "8.0.16", "8.0.17"), ("MongoDB", "8.0.17", None), ("MongoDB", "8.1.9", "8.2.3")),
        *(("Redis", "7.0.1", "8.2.2"), ("Redis", "7.2.11", None), ("Redis", "8.4.0", None)),
        *(("PostgreSQL", "17.5", "17.6"), ("PostgreSQL", "18.4", None), ("PostgreSQL", "15.14", None)),
    ],
)
def test_a_version_has_known_holes_before_the_one_of_its_line_that_closed_them(product, running, closed_in):
    told = holes.hole(product, running)

    assert (told is None) == (closed_in is None)
    assert told is None or told.endswith(f"update it to {closed_in} or newer.")


@pytest.mark.parametrize(
    ("url", "stands_open"),
    [
        *(("redis://board.example:6379/0", True), ("redis://:secret@board.example", False)),
        *(("redis://localhost", False), ("redis://127.0.0.1:6379", False), ("unix:///run/valkey.sock", False)),
        *(("mongodb://a.example:1,b.example:2/d", True), ("mongodb://u:p@a.example/d", False)),
    ],
)
def test_a_store_elsewhere_without_a_password_stands_open(url, stands_open):
    assert (holes.unlocked("A store", url) is not None) is stands_open


@pytest.mark.parametrize(
    ("url", "heard"),
    [
        *(("postgresql+psycopg://u:p@db.example/d", True), ("postgresql+psycopg://u:p@localhost/d", False)),
        *(("postgresql://u:p@db.example/d?sslmode=verify-full", False), ("postgresql://u@/d?host=/run", False)),
        ("postgresql://u:p@db.example/d?sslmode=disable", True),
    ],
)
def test_a_line_that_may_be_listened_to_is_told_as_advice(url, heard):
    assert (holes.overheard(url) is not None) is heard


def test_what_stands_open_is_a_problem_and_what_might_is_advice(session, monkeypatch):
    monkeypatch.setitem(health._ASK, "Redis", lambda url: ("Valkey", "9.0.2"))
    monkeypatch.setitem(health._ASK, "PostgreSQL", lambda url: ("PostgreSQL", "18.4"))
    seen = [
        health._status("Redis", "address", "redis://board.example", ""),
        health._status("PostgreSQL", "address", "postgresql://u:p@db.example/d", ""),
    ]
    monkeypatch.setattr(stores, "status", lambda: seen)

    found = status.look()

    assert [problem.split(":")[0] for problem in found.problems] == [
        "Valkey 9.0.2 has known holes (CVE-2026-27623 and others",
        "Redis at board.example is reached without a password",
    ]
    assert [advice.split(" need")[0] for advice in found.advice] == ["The line to PostgreSQL at db.example"]
    assert not found.ok


def test_the_stores_that_qure_brings_along_have_none(engine):
    assert [(store.name, store.open, store.advice) for store in stores.status()] == [
        (name, (), ()) for name in ("PostgreSQL", "Redis", "MongoDB")
    ]


def test_an_old_library_is_told(monkeypatch):
    assert stores.library_holes() == []
    monkeypatch.setattr(holes, "version", lambda name: "2.11.0" if name == "pyjwt" else version(name))

    (told,) = stores.library_holes()
    assert told.startswith("The library pyjwt 2.11.0 has known holes")


@pytest.mark.parametrize("name", holes.LIBRARIES)
def test_pip_may_install_no_library_with_known_holes(name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {wanted.name: wanted for wanted in map(Requirement, project["dependencies"])}

    lowest = min(Version(each.version) for each in asked[name].specifier if each.operator == ">=")
    assert lowest >= Version(holes.LIBRARIES[name][0])
