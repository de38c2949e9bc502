"""Two hundred simulated days in their order: learned from the past alone, said at each arrival, held against the wait.

The figures are printed (`pytest -s tests/bench`).
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from random import Random
from statistics import fmean, median

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy.orm import Session

from core.bench.clinic import conninfo
from core.models import Token
from core.token_queue.forecast import Range, said
from core.token_queue.lessons import Day, Wait, calibrated, learned, observed, paced, pairs, reckonings
from etl.simulate import clinical, staff
from etl.simulate.simulation import Plan, made

DAYS, PER_DAY, SEED, UNTIL = 200, 60, 1, date(2025, 2, 28)
LEARNED_EVERY, LEARNED_FROM = 7, 75  # clinic days; 75 are about 90 of the calendar
FIRST_SAID = 14


@dataclass(frozen=True)
class Told:
    """What was said of a wait; `mean`, `mean_of_hour`, `median` and `decile` are those of all waits before that day."""

    said: Range
    waited: float
    doctor: int
    hour: int
    mean: float
    mean_of_hour: float
    median: float
    decile: float


@pytest.fixture(scope="module")
def days(engine):
    """The days (list of Day), oldest first."""
    with engine.connect() as connection, connection.begin() as outer, Session(connection) as session:
        staff.set_up(session)
        setting, _ = staff.staffed(session, PER_DAY, dict.fromkeys(clinical.usual_use(PER_DAY), 100))
        session.expunge_all()
        outer.rollback()  # the rest needs no database
    rows = made(Plan(DAYS, PER_DAY, SEED, UNTIL), setting, {}).of(Token)
    with psycopg.connect(conninfo(), row_factory=dict_row) as connection:
        connection.execute("CREATE TEMPORARY TABLE made (LIKE tokens)")
        with connection.cursor().copy(f"COPY made ({', '.join(rows.columns)}) FROM STDIN") as into:
            for block in rows.text():
                into.write(block)
        tokens = connection.execute("SELECT * FROM made ORDER BY id").fetchall()
    return [a_day(day, list(found), setting.zone) for day, found in groupby(tokens, lambda token: token["issued_on"])]


def a_day(day, tokens, zone):
    six = datetime.combine(day, time(6), zone).astimezone(UTC)

    def minute(moment):
        return None if moment is None else 360 + (moment - six) / timedelta(minutes=1)

    waits = [
        Wait(
            minute(token["issued_at"]), minute(token["place"]), token["doctor_id"], token["for_anyone"],
            minute(token["called_at"]), minute(token["finished_at"]),
        )
        for token in tokens
    ]  # fmt: skip
    return Day(day.weekday(), sorted(waits, key=lambda wait: wait.issued))


def backtest(days, learn):
    """Everything said by models that `learn` draws from the days before."""
    told, model = [], None
    before, by_hour = [], defaultdict(list)
    for number, day in enumerate(days):
        if number >= FIRST_SAID and number % LEARNED_EVERY == 0:
            model = learn(days[max(0, number - LEARNED_FROM) : number])
        called = [wait for wait in day.waits if wait.called is not None]
        if model:
            naive = (fmean(before), median(before), sorted(before)[int(len(before) * 0.9)])
            told += said_on(day, model, naive, by_hour)
        for wait in called:
            before.append(wait.waited)
            by_hour[wait.issued // 60].append(wait.waited)
    return told


def said_on(day, model, naive, by_hour):
    mean, middle, decile = naive
    for minutes, wait in zip(reckonings(model, day, day.doctors), day.waits, strict=True):
        expected = said(model, minutes)
        if expected is not None and wait.called is not None:
            hour = wait.issued // 60
            of_hour = fmean(by_hour[hour]) if by_hour[hour] else mean
            yield Told(expected, wait.waited, wait.doctor, int(hour), mean, of_hour, middle, decile)


def learn(days):
    return learned(days)[0]


def learn_from_shuffled_waits(days):
    """The same waits, each given to somebody else."""
    model = paced([observed(day) for day in days])
    found = [pair for day in days for pair in pairs(day, reckonings(model, day, day.doctors))]
    waited = [waited for _, waited in found]
    Random(1).shuffle(waited)
    return calibrated(model, [(minutes, other) for (minutes, _), other in zip(found, waited, strict=True)])


def within(told, of="p90"):
    """The share that waited no longer than was said."""
    return fmean(one.waited <= getattr(one.said, of) for one in told)


def error(told, guess):
    """Minutes that a guess is off on average."""
    return fmean(abs(one.waited - guess(one)) for one in told)


def pinball(told, guess, share=0.9):
    """What a guess of this share costs: too short a promise is nine times as dear as too long a one."""
    off = [one.waited - guess(one) for one in told]
    return fmean(max(share * minutes, (share - 1) * minutes) for minutes in off)


def p50(one):
    return one.said.p50


def p90(one):
    return one.said.p90


def grouped(told, key):
    found = defaultdict(list)
    for one in told:
        found[key(one)].append(one)
    return dict(sorted(found.items()))


@pytest.fixture(scope="module")
def told(days):
    found = backtest(days, learn)
    report(found)
    return found


def report(told):
    rows = [("all", told)]
    rows += [(f"doctor {doctor}", some) for doctor, some in grouped(told, lambda one: one.doctor).items()]
    rows += [(f"{hour} h", some) for hour, some in grouped(told, lambda one: one.hour).items()]
    print(f"\n{'':10}{'waits':>7}{'in P50':>8}{'in P90':>8}{'off':>7}{'mean':>7}{'by hour':>9}  minutes")  # noqa: T201
    for name, some in rows:
        off = (error(some, p50), error(some, lambda one: one.mean), error(some, lambda one: one.mean_of_hour))
        figures = f"{within(some, 'p50'):8.1%}{within(some):8.1%}{off[0]:7.1f}{off[1]:7.1f}{off[2]:9.1f}"
        print(f"{name:10}{len(some):7}{figures}")  # noqa: T201


def test_nine_in_ten_wait_no_longer_than_was_said(told):
    assert len(told) > 9_000
    assert 0.85 <= within(told) <= 0.95
    # More than half, as a third of all are called at once, and "at once" is said to them.
    assert 0.45 <= within(told, "p50") <= 0.70


def test_what_is_said_holds_with_every_doctor_and_at_every_hour(told):
    for some in grouped(told, lambda one: one.doctor).values():
        assert 0.85 <= within(some) <= 0.95
    for some in grouped(told, lambda one: one.hour).values():
        assert len(some) < 300 or 0.80 <= within(some) <= 0.98


def test_it_is_better_than_the_average_wait_of_the_clinic_and_of_the_hour(told):
    assert error(told, p50) < 0.5 * error(told, lambda one: one.mean)
    assert error(told, p50) < 0.5 * error(told, lambda one: one.mean_of_hour)
    assert pinball(told, p90) < 0.5 * pinball(told, lambda one: one.decile)


def test_what_is_said_to_one_is_of_no_use_to_another(told):
    """Were the bench unable to tell a good forecast from a bad one, this would come out well too."""
    promises = [one.said for one in told]
    Random(1).shuffle(promises)
    mixed = [replace(one, said=promise) for one, promise in zip(told, promises, strict=True)]

    assert error(mixed, p50) > error(mixed, lambda one: one.mean_of_hour)
    assert pinball(mixed, p90) > pinball(mixed, lambda one: one.decile)


def test_little_is_learned_from_shuffled_waits(days):
    some = days[:120]
    shuffled, real = backtest(some, learn_from_shuffled_waits), backtest(some, learn)

    assert error(shuffled, p50) > 2 * error(real, p50)
    assert pinball(shuffled, p90) > 2 * pinball(real, p90)


def test_a_promise_of_half_the_time_is_found_out(told):
    hasty = [replace(one, said=Range(one.said.p50 // 2, one.said.p90 // 2)) for one in told]

    assert within(hasty) < 0.85
