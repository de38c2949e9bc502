"""The waiting room of past days, replayed: what is learned from it, and what another doctor or other slots change."""

import pandas as pd
import pytest

from core import token_queue
from core.analytics import charts, what_if
from core.analytics.replay import PAUSE, Seat

MONDAY, TUESDAY = "2025-03-03", "2025-03-04"
SEN = {"Dr Sen": Seat(10.0, ((540.0, 780.0),))}
NAN = float("nan")


def waits(*tokens, date=MONDAY):
    """Rows of `waiting_times`: (arrived, called, finished[, doctor[, booked[, priority]]])."""
    usual = (NAN, NAN, NAN, "Dr Sen", False, "NORMAL")
    names = ["arrived", "called", "finished", "doctor", "booked", "priority"]
    frame = pd.DataFrame([(*token, *usual[len(token) :]) for token in tokens], columns=names, dtype=object)
    frame = frame.astype(dict.fromkeys(names[:3], "float64") | {"booked": "bool"}).astype(
        {"doctor": "category", "priority": "category"}
    )
    return frame.assign(
        date=pd.Timestamp(date).as_unit("s"),
        number=range(1, len(frame) + 1),
        left=frame["finished"].isna(),
        waited_minutes=frame["called"] - frame["arrived"],
        consulted_minutes=frame["finished"] - frame["called"],
    )


def waited(frame):
    return frame["waited_minutes"].tolist()


def test_pace_and_hours_are_learned_from_calls():
    morning = [(540 + 12 * place, 540 + 12 * place, 550 + 12 * place) for place in range(20)]
    afternoon = [(840 + 12 * place, 840 + 12 * place, 854 + 12 * place) for place in range(10)]

    (seat,) = what_if.team(waits(*morning, *afternoon)).values()

    assert seat.minutes == pytest.approx((20 * 10 + 10 * 14) / 30)
    assert seat.hours == ((540.0, 780.0), (840.0, 960.0))


def test_a_single_late_call_does_not_make_the_day_longer():
    usual = [waits((540, 540, 550), (555, 556, 565), date=f"2025-03-{day:02}") for day in range(3, 13)]
    late = waits((540, 540, 550), (1000, 1000, 1010), date="2025-03-13")

    assert what_if.team(pd.concat([*usual, late]))["Dr Sen"].hours == ((540.0, 570.0),)


def test_a_doctor_who_only_called_in_vain_teaches_nothing():
    assert what_if.team(waits((540, 550, NAN))) == {}
    assert what_if.one_more({}) == {}


def test_one_more_doctor_is_average_and_stays_the_longest():
    doctors = SEN | {"Dr Iyer": Seat(14.0, ((600.0, 660.0),))}

    assert what_if.one_more(doctors) == {"One more doctor": Seat(12.0, ((540.0, 780.0),))}


def test_a_day_by_the_rules_of_the_queue_replays_as_it_was():
    day = waits((540, 540, 550), (541, 551.5, 561.5), (542, 563, 573))

    again = what_if.replayed(day, SEN)

    assert waited(again) == waited(day) == [0, 10.5, 21]
    assert again["finished"].tolist() == day["finished"].tolist()
    assert list(again.columns) == list(day.columns)
    assert (again.dtypes == day.dtypes).all()


def test_with_one_more_doctor_those_without_an_appointment_wait_less():
    three = waits((540, 540, 550), (540, 551.5, 561.5), (540, 563, 573))

    after = what_if.replayed(three, SEN, what_if.one_more(SEN))

    assert waited(after) == [0, 0, 10 + PAUSE]
    assert sorted(after["doctor"]) == ["Dr Sen", "Dr Sen", "One more doctor"]


def test_who_booked_waits_for_their_own_doctor():
    booked = waits((540, 540, 550, "Dr Sen", True), (540, 551.5, 561.5, "Dr Sen", True))

    assert waited(what_if.replayed(booked, SEN, what_if.one_more(SEN))) == [0, 10 + PAUSE]


def test_a_long_consultation_stays_long_with_another_doctor():
    long = waits((540, 540, 560), (541, 561.5, 571.5))
    quick = {"Dr Sen": Seat(5.0, SEN["Dr Sen"].hours)}

    assert waited(what_if.replayed(long, SEN)) == [0, 20.5]
    assert what_if.replayed(long, quick)["consulted_minutes"].tolist() == [20.0, 10.0]


def test_who_gave_up_stays_if_it_goes_faster():
    given_up = waits((540, 540, 550), (541, 551.5, NAN))

    assert what_if.replayed(given_up, SEN)["left"].tolist() == [False, True]
    assert what_if.replayed(given_up, SEN, what_if.one_more(SEN))["left"].tolist() == [False, False]


def test_the_elderly_are_called_before_their_turn():
    line = waits((540, 540, 550), (541, NAN, NAN), (545, NAN, NAN, "Dr Sen", False, "ELDERLY"))

    assert waited(what_if.replayed(line, SEN)) == [0, 10.5 + 11.5, 6.5]


def test_head_starts_are_those_of_the_queue():
    theirs = {priority.value: ahead.total_seconds() / 60 for priority, ahead in token_queue.HEAD_START.items()}

    assert theirs == what_if.HEAD_START


def test_a_doctor_who_was_not_there_on_a_day_is_not_there_in_its_replay():
    two = SEN | {"Dr Iyer": Seat(10.0, ((540.0, 780.0),))}
    days = pd.concat([waits((540, 540, 550), (540, 551.5, 561.5)), waits((540, 540, 550, "Dr Iyer"), date=TUESDAY)])

    assert waited(what_if.replayed(days, two)) == [0, 10 + PAUSE, 0]


def test_nobody_is_called_where_nobody_works():
    assert what_if.replayed(waits((540, 540, 550)), {})["waited_minutes"].isna().all()


def test_appointments_move_to_the_nearest_free_slot():
    booked = [(arrived, arrived, arrived + 5, "Dr Sen", True) for arrived in (552, 553, 700)]
    other = (553, 560, 570, "Dr Sen", False)

    moved = what_if.in_slots(waits(*booked, other), SEN, 30)

    assert moved["arrived"].tolist() == [540, 570, 690, 553]


def test_who_finds_no_slot_comes_as_they_did():
    short = {"Dr Sen": Seat(10.0, ((540.0, 570.0),))}
    booked = [(arrived, arrived, arrived + 5, "Dr Sen", True) for arrived in (550, 552)]

    assert what_if.in_slots(waits(*booked), short, 30)["arrived"].tolist() == [540, 552]


def test_arrivals_are_spread_by_as_much_as_is_asked():
    rush = waits(*((arrived, arrived, arrived + 5) for arrived in (540, 541, 542, 600)))

    assert what_if.spread(rush, 0)["arrived"].tolist() == [540, 541, 542, 600]
    assert what_if.spread(rush, 0.5)["arrived"].tolist() == [540, 550.5, 561, 600]
    assert what_if.spread(rush, 1)["arrived"].tolist() == [540, 560, 580, 600]


def test_shorter_breaks_let_the_afternoon_begin_sooner():
    doctors = {"Dr Sen": Seat(10.0, ((540.0, 780.0), (900.0, 1020.0), (1030.0, 1100.0)))}

    assert what_if.with_breaks(doctors, 45)["Dr Sen"].hours == ((540, 780), (825, 1020), (1030, 1100))


def test_the_busiest_days_are_those_with_the_most_arrivals():
    days = [waits(*[(540, 540, 550)] * (day % 7 + 1), date=f"2025-03-{day:02}") for day in range(1, 21)]

    assert what_if.busiest(pd.concat(days), 0.1)["date"].dt.day.unique().tolist() == [6, 13]


def test_scenarios_are_compared_by_median_and_p90():
    table = what_if.compared({"as it was": waits((540, 540, 550), (540, 580, 590)), "nobody": waits()})

    assert table.loc["as it was"].to_dict() == {"seen": 2, "median": 20, "p90": 36, "longest": 40, "over_30": 0.5}
    assert table.loc["nobody", "seen"] == 0
    assert table.loc["nobody", ["median", "p90", "longest", "over_30"]].isna().all()


@pytest.mark.parametrize("day", [waits(), waits((540, NAN, NAN, "")), waits((540, 541, 550, "Dr Sen", True))])
def test_every_step_works_on_an_empty_clinic_and_on_a_single_patient(day):
    doctors = what_if.team(day)
    changed = what_if.in_slots(what_if.spread(what_if.busiest(day), 1), doctors, 15)
    after = what_if.replayed(changed, doctors, what_if.one_more(doctors))

    assert len(after) == len(day)
    assert (after.dtypes == day.dtypes).all()


def title(figure):
    return figure.layout.title.text.replace("<br>", " ")


def test_the_figure_of_scenarios_names_the_one_with_the_shortest_waits():
    was, shorter = waits((540, 540, 550), (540, 580, 590)), waits((540, 540, 550), (540, 550, 560))

    figure = charts.waits_compared(what_if.compared({"As it was": was, "Another doctor": shorter}))

    assert title(figure) == "Another doctor: nine of ten wait at most 9 minutes instead of 36"
    assert figure.data[0].customdata[0].replace("<br>", " ") == (
        "As it was: half wait at most 20 minutes, nine of ten at most 36 minutes; 50 % wait longer than half an hour."
    )


def test_the_figure_says_so_when_no_change_helps():
    was, longer = waits((540, 550, 560)), waits((540, 560, 570))

    figure = charts.waits_compared(what_if.compared({"As it was": was, "Longer slots": longer}))

    assert title(figure) == "As it was: nine of ten wait at most 10 minutes, and no change makes it shorter"


@pytest.mark.parametrize("scenarios", [{}, {"As it was": waits()}, {"As it was": waits((540, NAN, NAN))}])
def test_the_figure_says_when_there_is_nothing_to_compare(scenarios):
    assert title(charts.waits_compared(what_if.compared(scenarios))) == "What if: nothing to show yet"
