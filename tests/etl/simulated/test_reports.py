"""MongoDB and the reports say the same of the simulated clinic, and ask as often for weeks as for a day."""

import json
from datetime import date
from functools import partial
from inspect import signature

import pandas as pd
import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener
from sqlalchemy import func, select
from typer.testing import CliRunner

from core import analytics, token_queue
from core.analytics import dictionary, reports, store
from core.cli import app
from core.models import Visit
from core.permissions import Actor, Role
from etl import rebuild


@pytest.fixture
def carried(clinic):
    """MongoDB has all of it."""
    if not store.database().visit_history.find_one():
        rebuild.run()
    return clinic


def test_mongodb_says_the_same_as_the_simulated_clinic(carried):
    clinic = carried
    token_queue.reconcile(clinic)  # Redis still has the lines of other tests
    told = CliRunner().invoke(app, ["verify", "--json"], catch_exceptions=False)
    assert (told.exit_code, json.loads(told.stdout)) == (0, {"ok": True, "breaks": []})
    assert store.database().visit_history.count_documents({}) == clinic.scalar(select(func.count()).select_from(Visit))


class Asked(CommandListener):
    """How often documents are asked for; that an answer comes in several batches is not asking again."""

    def __init__(self):
        self.times = 0

    def started(self, event):
        self.times += event.command_name in {"find", "aggregate", "count", "distinct"}

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def asked(carried, monkeypatch):
    listener = Asked()
    store.close()
    monkeypatch.setattr(
        store, "MongoClient", lambda url, **options: MongoClient(url, **{**options, "event_listeners": [listener]})
    )
    yield listener
    store.close()


REPORTS = ("daily_summary", "visit_history")


def readings(first, last):
    """{name: what reads it} of every frame and report, of a period."""
    of_frames = {table.name: getattr(analytics, table.name) for table in dictionary.frames()}
    period = {"first": first, "last": last}
    actor = Actor(1, "Mira", Role.ADMIN)
    return {
        **{
            name: partial(frame, **({"on": last} if "on" in signature(frame).parameters else period))
            for name, frame in of_frames.items()
            if "actor" not in signature(frame).parameters
        },
        **{name: partial(getattr(reports, name), actor, first, last) for name in REPORTS},
    }


def times_asked(asked, read):
    asked.times = 0
    read()
    return asked.times


def test_reports_ask_mongodb_as_often_for_weeks_as_for_a_day(asked):
    """And for ten years once more for each year of what is kept by the month, for each quarter of records; once more
    where no day was open before."""
    last = date(2025, 2, 28)
    day, weeks = readings(last, last), readings(date(2025, 1, 20), last)
    years = readings(date(2015, 3, 1), last)
    once = {name: times_asked(asked, read) for name, read in day.items()}

    assert {name: times_asked(asked, read) for name, read in weeks.items()} == once
    assert 1 <= min(once.values()) <= max(once.values()) <= 5
    pieces = {name: times_asked(asked, read) - once[name] for name, read in years.items() if name not in REPORTS}
    assert set(pieces.values()) <= {0, 1, 9, 40}, pieces


def test_a_question_for_each_day_is_seen(asked):
    def by_day(first, last):
        return [analytics.daily_summaries(day, day) for day in pd.date_range(first, last).date]

    last = date(2025, 2, 28)
    assert times_asked(asked, lambda: by_day(last, last)) < times_asked(asked, lambda: by_day(date(2025, 2, 25), last))
