"""Figures of queue, slots, patients and prescribing state their finding."""

import numpy as np
import pytest

from core.analytics import charts
from core.analytics.charts.intervals import wilson, xmr
from tests.core import chart_frames as frames
from tests.core import chart_frames_people as frames_people
from tests.core.charts_read import hovers, subtitle, title


def test_a_wait_is_told_by_half_and_one_in_ten():
    waits = frames.waits(20)
    p50, p90 = waits["waited_minutes"].quantile([0.5, 0.9])
    worst = waits.groupby("hour")["waited_minutes"].quantile(0.9).idxmax()

    figure = charts.waits_by_hour(waits)

    assert (
        title(figure)
        == f"Waits: half wait under {p50:.0f} minutes, one in ten over {p90:.0f}; worst at {worst} o'clock"
    )
    assert len(figure.data[0].y) == 10


def test_where_hardly_anybody_waits_the_finding_says_so_and_the_axis_has_a_minute():
    waits = frames.waits(20).assign(waited_minutes=0.01)
    by_hour, over_time = charts.waits_by_hour(waits), charts.waits_per_day(waits)

    assert title(by_hour) == "Waits: nine in ten wait under a minute"
    assert title(over_time).startswith("Waits over time: nine in ten under a minute")
    for figure in (by_hour, over_time):
        over, *_, lowest = (name.y for name in figure.layout.annotations)
        assert 0 < lowest < over < 1 < figure.layout.yaxis.range[1] < 2
        assert list(figure.layout.yaxis.ticktext) == ["0", "1"]


def test_lines_that_end_near_the_axis_are_named_above_it_and_apart():
    busy = frames.waits(20)
    quiet = busy.assign(waited_minutes=busy["waited_minutes"].where(busy["hour"] < busy["hour"].max(), 0.0))

    figure = charts.waits_by_hour(quiet)
    over, half, under = (name.y for name in figure.layout.annotations)

    assert figure.data[0].y[-1] == 0
    assert 0 < under < half < over < figure.layout.yaxis.range[1]
    assert charts.waits_by_hour(busy).layout.annotations[0].y == charts.waits_by_hour(busy).data[0].y[-1]


def test_the_key_to_arrivals_has_the_colours_of_the_bars_and_names_only_what_is_there():
    figure = charts.arrivals_per_day(frames.summaries(20))
    bars, _, left = figure.data

    for words, colour in (("Day", bars.marker.color), ("Left unseen", left.marker.color)):
        assert f'<span style="color:{colour}">■</span> {words}' in figure.layout.title.subtitle.text
    assert "Left unseen" not in subtitle(charts.arrivals_per_day(frames.summaries(20, left=0)))


def test_the_queue_is_the_mean_number_of_people_who_wait():
    two = frames.waits(1, per_day=2).assign(arrived=[600.0, 630.0], called=[660.0, 690.0])

    figure = charts.queue_heat_map(two)

    assert [list(row) for row in figure.data[0].z] == [[1.5, 0.5]]
    assert title(figure) == "Queue: longest on Saturdays at 10 o'clock, with 1.5 waiting on average"


def test_limits_of_noise_lie_at_two_and_two_thirds_of_the_mean_moving_range():
    steady = xmr([10, 12, 10, 12, 10, 12])
    jump = xmr([10.0, 11.0] * 10 + [30.0])
    run = xmr([1.0, 2.0] * 4 + [5.0, 6.0] * 4)

    assert (steady.mean, steady.low, steady.high) == pytest.approx((11, 11 - 2.66 * 2, 11 + 2.66 * 2))
    assert not steady.change.any()
    assert jump.change[-1]
    assert run.in_run.all()
    assert not xmr([1.0, 2.0] * 3 + [5.0, 6.0] * 4).in_run[:6].any()


def test_no_shows_say_whether_it_is_change_or_noise():
    appointments = {"appointments": 50, "cancelled": 0}
    steady = frames.summaries(84, "2025-03-03", no_shows=[5, 6] * 42, **appointments)
    changed = frames.summaries(84, "2025-03-03", no_shows=[5, 6] * 38 + [6] + [25] * 7, **appointments)

    assert title(charts.no_shows(steady)).endswith("what changes from week to week is noise")
    assert "in the week of 19 May 2025 is a change, not noise" in title(charts.no_shows(changed))
    assert "too few weeks" in title(charts.no_shows(steady.iloc[:21]))


def test_a_share_comes_with_its_wilson_interval():
    low, high = wilson([8, 0, 0], [10, 5, 0])

    assert (low[0], high[0]) == pytest.approx((0.4901, 0.9433), abs=1e-4)
    assert (low[1], round(high[1], 4)) == (0, 0.4345)
    assert np.isnan(low[2])
    figure = charts.slot_use(frames.summaries(30, slots=40, appointments=20))
    assert figure.data[0].error_x.array[0] > 0
    assert title(figure) == "Slots: 50 % of 1,200 slots booked"


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (10.0, "100 % waited no longer than the P90 they were told: too careful"),
        (90.0, "0 % waited"),
        (None, "goal of"),
    ],
)
def test_the_forecast_is_held_against_its_goal(waited, words):
    waits = frames.waits(30)
    waits = waits if waited is None else waits.assign(waited_minutes=waited)

    assert words in title(charts.forecast_coverage(waits))


def test_the_newest_month_of_patients_is_paler_and_not_in_the_title():
    figure = charts.new_and_returning(frames_people.patients_per_month(5))

    assert title(figure).startswith("Patients: 219 in June 2024")
    assert all(trace.marker.color[-1] != trace.marker.color[0] for trace in figure.data)


def test_the_retention_triangle_hides_small_numbers_and_the_month_that_goes_on():
    figure = charts.retention(frames_people.retention(12))

    assert figure.data[0].z.shape == (10, 10)
    assert figure.layout.yaxis.ticktext[0] == "Mar 2024 · 40"
    assert figure.layout.xaxis.title.text == "Months later"
    assert "<8" in figure.data[1].text
    assert any("fewer than eight" in words for words in hovers(figure))
    assert title(figure).startswith("Return: 32 % of new patients came again after 1 month")


def test_diagnoses_say_which_leads_and_which_grew():
    figure = charts.diagnoses_over_time(frames_people.diagnoses_per_month(12))

    assert len(figure.layout.yaxis.ticktext) == 11
    assert figure.layout.yaxis.ticktext[-1] == "Rare diagnoses"
    assert figure.layout.yaxis.ticktext[0] == "J00.9 Acute upper res…"  # a year of numbers needs the room
    few = charts.diagnoses_over_time(frames_people.diagnoses_per_month(3))
    assert "J00.9 Acute upper respiratory…" in few.layout.yaxis.ticktext
    assert title(figure) == (
        "Diagnoses: Acute upper respiratory inf… leads with 1,092 visits; Essential (primary) hyperte… grew most, "
        "89 to 223 in three months"
    )


def test_follow_ups_that_may_still_be_kept_are_not_counted():
    figure = charts.follow_ups(frames.summaries(20, follow_ups_due=10, follow_ups_kept=[6] * 13 + [0] * 7))

    assert title(figure).startswith("Follow-ups: 60 % of 130 kept (51 % to 68 %), 52 missed")
    assert len(figure.data[0].x) == 13


def test_doctors_are_set_against_each_other_only_where_they_differ():
    apart = charts.overrides_by_doctor(frames_people.prescribing(12))
    alike = charts.overrides_by_doctor(frames_people.prescribing(1).assign(overridden=20))

    assert title(apart) == "Overrides: 3.8 % of 24,480 items; Dr Khan 4.9 %, Dr Sen 2.5 %"
    assert title(alike).endswith("doctors differ no more than chance allows")


def test_the_most_answered_warning_leads_and_months_without_any_are_there():
    figure = charts.overrides_per_month(frames_people.overrides(3).iloc[[1, 4, 14]])

    assert title(figure) == "Overrides: 27 warnings answered in 3 months, 89 % for age"
    assert figure.layout.yaxis.ticktext == ("Age", "Given twice")
    assert len(figure.layout.xaxis.ticktext) == 3


def test_medicines_too_rare_to_be_told_of_are_counted_and_not_named():
    figure = charts.most_prescribed(frames_people.medicines_per_month(2))

    assert title(figure).startswith("Medicines: Medicine 0 500 mg leads with 28 % of items; 3 medicines make half")
    assert len(figure.layout.yaxis.ticktext) == 15
    assert "RARE" not in figure.to_json()
