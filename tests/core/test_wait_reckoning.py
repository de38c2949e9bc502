"""How a wait is reckoned and what is learned, without a clinic: minutes, lines and paces."""

from datetime import date, datetime
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from core import clock
from core.token_queue.forecast import Hours, Model, free_from, reckoned, said
from core.token_queue.learning import wall_minutes
from core.token_queue.lessons import Day, Wait, calibrated, learned, observed, paced, reckonings

TODAY, YESTERDAY = date(2025, 3, 1), date(2025, 2, 28)


SATURDAY = TODAY.weekday()


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "UTC"])
def test_nine_oclock_is_nine_oclock_on_the_day_the_clocks_change_too(monkeypatch, zone):
    monkeypatch.setattr(clock, "_zone", ZoneInfo(zone))
    day = date(2025, 3, 9)

    assert wall_minutes(day, datetime(2025, 3, 9, 9, tzinfo=ZoneInfo(zone))) == 540


def test_whoever_is_free_first_takes_who_waits_for_anyone():
    model = Model(10.0, {2: 20.0})

    found = reckoned(model, SATURDAY, {1: 600.0, 2: 600.0}, [None, 2, None, 1, None])

    assert found.calls == [600.0, 600.0, 610.0, 620.0, 620.0]
    assert found.ready == {1: 630.0, 2: 640.0}


def test_without_a_doctor_nobody_is_called():
    assert reckoned(Model(10.0), SATURDAY, {}, [None, 1]).calls == [None, None]
    assert reckoned(Model(10.0), SATURDAY, {2: 600.0}, [1]).calls == [None]


def test_nobody_is_called_while_the_doctor_is_away():
    model = Model(10.0, hours={1: {SATURDAY: Hours(((0, 540), (600, 660)), 720)}})

    assert reckoned(model, SATURDAY, {1: 530.0}, [1]).calls == [540]
    assert reckoned(model, SATURDAY, {1: 585.0}, [1, 1, 1]).calls == [585, 595, 660]


def test_whoever_stays_longer_than_usual_is_soon_done():
    assert free_from(Model(10.0), 1, now=600, called=None) == 600
    assert free_from(Model(10.0), 1, now=600, called=595) == 605
    assert free_from(Model(10.0), 1, now=600, called=500) == 602


def a_morning(pause=(600, 660)):
    """One doctor who takes nine minutes, is away in the pause, and never idle."""
    waits, free = [], 540.0
    for number in range(24):
        issued = 535.0 + 8 * number
        called = max(issued, free)
        called = pause[1] if pause[0] <= called < pause[1] else called
        waits.append(Wait(issued, issued, 1, False, called, called + 9))
        free = called + 10
    return Day(SATURDAY, waits)


def test_paces_and_hours_are_learned_from_calls_while_others_wait():
    model = paced([observed(a_morning()) for _ in range(4)])

    assert model.pace[1] == pytest.approx(10, abs=3)
    assert model.hours[1][SATURDAY].away == ((0.0, 540.0), (600.0, 660.0))
    assert paced([]) is None


def test_a_day_on_which_a_doctor_stood_in_is_no_usual_day():
    usual, other = a_morning(), a_morning()
    stand_in = Day(SATURDAY, [Wait(w.issued, w.place, 2, False, w.called, w.ended) for w in other.waits])
    both = Day(SATURDAY, sorted([*usual.waits, *stand_in.waits], key=lambda wait: wait.issued))

    model = paced([observed(day) for day in (both, usual, usual, usual)])

    assert set(model.hours) == {1}


def test_a_reckoning_knows_nothing_of_what_comes_after():
    day = a_morning()
    model = paced([observed(day)])

    whole = reckonings(model, day, [1])

    for number in (1, 9, 20):
        assert reckonings(model, Day(SATURDAY, day.waits[:number]), [1]) == whole[:number]


def test_nine_in_ten_of_the_waits_that_were_learned_from_are_within_the_range():
    rng = Random(3)
    found = [(base, base * rng.uniform(0.5, 2)) for base in (rng.uniform(0, 60) for _ in range(2000))]

    model = calibrated(Model(10.0), found)

    inside = [waited <= said(model, base).p90 for base, waited in found]
    assert 0.87 < sum(inside) / len(inside) < 0.93


def test_who_waits_behind_more_people_is_never_told_less():
    rng = Random(4)
    model = calibrated(Model(10.0), [(rng.uniform(0, 60), rng.uniform(0, 90)) for _ in range(500)])

    told = [said(model, minutes) for minutes in range(200)]

    assert all(a.p50 <= b.p50 and a.p90 <= b.p90 and b.p50 <= b.p90 for a, b in pairwise(told))
    assert all(one.p90 % 5 == 0 for one in told if one.p90 >= 10)


@pytest.mark.parametrize("days", [[], [Day(SATURDAY, [])], [Day(SATURDAY, [Wait(600, 600, None, True, None, None)])]])
def test_days_without_a_call_teach_nothing(days):
    assert learned(days) == (None, 0)
