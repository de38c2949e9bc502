"""Figures state their finding, whatever there is to show."""

import calendar
import json
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from core import analytics
from core.analytics import charts
from core.analytics.charts.intervals import wilson, xmr
from core.analytics.charts.language import ACCENT, doctor_colour
from core.analytics.feed import ClinicInfo
from core.words import read_in
from tests.core import chart_frames as frames
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_patient

RUPEES = ClinicInfo("Lotus Clinic", "INR", "IN", "Asia/Kolkata")
YEN = ClinicInfo("Hasu Clinic", "JPY", "JP", "Asia/Tokyo")
# name: the frame as the tests make it, whether money is drawn, and the frame as core.analytics gives it
FIGURES = {
    "revenue_per_day": (frames.summaries, True, "daily_summaries"),
    "receipts_by_method": (frames.receipts, True, "receipts_by_method"),
    "revenue_by_doctor": (frames.by_doctor, True, "revenue_by_doctor"),
    "billed_by_kind": (frames.kinds, True, "billed_by_kind"),
    "from_billed_to_received": (frames.summaries, True, "daily_summaries"),
    "dues_by_age": (frames.receivables, True, "receivables"),
    "refunds_per_day": (frames.summaries, True, "daily_summaries"),
    "refunds_by_reason": (frames.refunds, True, "refunds"),
    "cash_differences": (frames.day_closes, True, "day_closes"),
    "losses_per_month": (frames.stock_losses, True, "stock_losses"),
    "lead_times": (frames.purchase_orders, False, "purchase_orders"),
    "visits_per_day": (frames.summaries, False, "daily_summaries"),
    "arrivals_per_day": (frames.summaries, False, "daily_summaries"),
    "waits_by_hour": (frames.waits, False, "waiting_times"),
    "waits_per_day": (frames.waits, False, "waiting_times"),
    "queue_heat_map": (frames.waits, False, "waiting_times"),
    "no_shows": (frames.summaries, False, "daily_summaries"),
    "slot_use": (frames.summaries, False, "daily_summaries"),
    "doctor_pace": (frames.waits, False, "waiting_times"),
    "forecast_coverage": (frames.waits, False, "waiting_times"),
    "medicines_per_day": (frames.summaries, False, "daily_summaries"),
    "days_of_cover": (frames.on_hand, False, "stock_on_hand"),
    "money_at_risk": (frames.expiry, True, "expiry"),
    "consumption_per_month": (frames.consumption, True, "consumption"),
    "abc": (frames.consumption, True, "consumption"),
    "slow_movers": (frames.on_hand, True, "stock_on_hand"),
    "stock_value": (frames.consumption, True, "consumption"),
    "new_and_returning": (frames.patients_per_month, False, "patients_per_month"),
    "retention": (frames.retention, False, "retention"),
    "diagnoses_over_time": (frames.diagnoses_per_month, False, "diagnoses_per_month"),
    "follow_ups": (frames.summaries, False, "daily_summaries"),
    "overrides_per_month": (frames.overrides, False, "overrides"),
    "overrides_by_doctor": (frames.prescribing, False, "prescribing"),
    "overridden_medicines": (frames.overrides, False, "overrides"),
    "antibiotics_by_doctor": (frames.prescribing, False, "prescribing"),
    "most_prescribed": (frames.medicines_per_month, False, "medicines_per_month"),
    "items_per_visit": (frames.prescribing, False, "prescribing"),
}


def draw(name, frame, clinic=RUPEES):
    return getattr(charts, name)(frame, *([clinic] if FIGURES[name][1] else []))


def title(figure):
    return figure.layout.title.text.replace("<br>", " ")


def subtitle(figure):
    return figure.layout.title.subtitle.text.replace("<br>", " ")


def hovers(figure):
    """What the pointer shows, of all marks."""
    told = [words for trace in figure.data if trace.customdata is not None for words in np.ravel(trace.customdata)]
    return [words.replace("<br>", " ") for words in told if words]


def zeroed(frame):
    numbers = frame.select_dtypes(["int64", "float64"]).columns
    return frame.assign(**{name: frame[name] * 0 for name in numbers})


def unknown(frame):
    amounts = frame.select_dtypes("float64").columns
    return frame.assign(**{name: frame[name] * np.nan for name in amounts})


def one_row(frame):
    return frame.iloc[[0]]


def check(figure):
    """What every figure keeps to."""
    lines = figure.layout.title.text.split("<br>")
    assert all(len(line) <= 47 for line in lines)
    assert ": " in title(figure)
    assert figure.layout.title.subtitle.text
    assert unescape(title(figure)) in figure.layout.meta["alt"]
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.height >= 380
    assert not figure.layout.showlegend
    said = " ".join([title(figure), subtitle(figure), *hovers(figure)])
    assert not {"nan", "inf", "NaT", "None"} & set(said.replace(";", " ").replace(",", " ").split())
    assert all(words.endswith(".") for words in hovers(figure))
    bars = [trace for trace in figure.data if trace.type == "bar" and trace.orientation != "h"]
    if bars and min([0, *(y for trace in bars for y in trace.y)]) >= 0 and figure.layout.yaxis.range:
        assert figure.layout.yaxis.range[0] == 0
    json.loads(figure.to_json())


def test_every_figure_is_held_by_these_tests():
    assert set(FIGURES) == set(charts.__all__) - {"waits_compared"}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_nothing_says_so(name):
    figure = draw(name, FIGURES[name][0]())

    check(figure)
    assert "nothing to show yet" in title(figure) or title(figure) == "Dues: nobody owes anything"


@pytest.mark.parametrize("clinic", [RUPEES, YEN, ClinicInfo()], ids=["rupees", "yen", "no currency"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_what_it_shows(name, clinic):
    figure = draw(name, FIGURES[name][0](21), clinic)

    check(figure)
    assert "nothing to show" not in title(figure)
    assert hovers(figure)
    assert ("¥" in figure.to_json() or "\\u00a5" in figure.to_json()) == (clinic is YEN and FIGURES[name][1])


@pytest.mark.parametrize("change", [one_row, zeroed, unknown])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_bears_one_row_zeros_and_what_is_unknown(name, change):
    check(draw(name, change(FIGURES[name][0](21))))


@pytest.mark.parametrize("name", [name for name, (make, *_) in FIGURES.items() if make is frames.summaries])
@pytest.mark.parametrize("days", [2, 8, 121, 400, 1200])
def test_a_figure_bears_any_length_of_time(name, days):
    check(draw(name, frames.summaries(days)))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_speaks_another_language(name):
    with read_in("hi"):
        figure = draw(name, FIGURES[name][0](21))

    said = " ".join([title(figure), *hovers(figure), *map(str, figure.layout.xaxis.ticktext or ())])
    assert not re.search(rf"\b({'|'.join([*calendar.month_name[1:], *calendar.day_name])})\b", said)
    assert "{" not in said
    json.loads(figure.to_json())


def test_a_figure_of_days_names_them_in_the_readers_language():
    with read_in("hi"):
        figure = charts.visits_per_day(frames.summaries(21))

    assert "शनिवार 1 मार्च 2025" in hovers(figure)[0]
    assert figure.layout.xaxis.ticktext[0] == "1 मार्च<br>2025"


@pytest.fixture
def busy(carry, treat, frozen_clock, session):  # noqa: F811
    """Two days with a closed one between them; the relay ran on the second at ten."""
    asha = a_patient(session, "Asha Rao")
    treat(asha)
    treat(asha, paid="0.00")
    frozen_clock(day=3)
    treat(a_patient(session, "Vikram Sen"))
    carry()


def test_all_figures_of_an_empty_clinic_say_that_there_is_nothing(session, mongo):  # noqa: F811
    for name, (_, _, frame) in FIGURES.items():
        check(draw(name, getattr(analytics, frame)(), analytics.clinic()))


def test_all_figures_of_a_clinic_can_be_drawn(busy):
    drawn = {
        name: draw(name, getattr(analytics, frame)(), analytics.clinic()) for name, (_, _, frame) in FIGURES.items()
    }

    for figure in drawn.values():
        check(figure)
    assert title(drawn["receipts_by_method"]) == "Receipts: ₹1,090 received by Cash"
    assert title(drawn["dues_by_age"]).startswith("Dues: ₹545 is owed on 1 bill, nothing for over 90 days")


def test_a_chart_states_its_finding_in_the_clinics_money():
    days = frames.summaries(14, revenue=[100_000.0] * 7 + [125_000.0] * 7, invoices=1)

    figure = charts.revenue_per_day(days, RUPEES)

    assert title(figure) == "Revenue: ₹1,25,000 a day in the last seven days, 25 % more than in the seven before"
    assert subtitle(figure).startswith("Paid for bills less refunds, per day, INR, by date of invoice")
    assert hovers(figure)[0] == "On Saturday 1 March 2025 1 invoice brought ₹1,00,000.00."
    assert list(figure.layout.yaxis.ticktext) == ["₹0", "₹50K", "₹1L", "₹1.5L"]
    assert figure.layout.meta["alt"].startswith("Revenue: ₹1,25,000 a day")


def test_the_day_that_still_goes_on_is_drawn_but_not_compared():
    days = frames.summaries(15, revenue=[100_000.0] * 14 + [900.0], is_over=[True] * 14 + [False])

    figure = charts.revenue_per_day(days, RUPEES)
    against = charts.revenue_per_day(days, RUPEES, frames.summaries(15, "2025-02-14", revenue=80_000.0))

    assert title(figure) == "Revenue: ₹1,00,000 a day in the last seven days, as much as in the seven before"
    assert title(against) == "Revenue: ₹14,00,000 in 14 days, 25 % more than in the 15 days before"
    bars, mean = figure.data
    assert (bars.y[-1], mean.y[-1]) == (900.0, 100_000.0)
    assert title(charts.visits_per_day(days.iloc[-1:])).endswith(" a day")


def test_the_period_before_lies_on_the_same_weekdays():
    now, then = frames.summaries(30, "2025-03-01"), frames.summaries(30, "2025-01-30", revenue=range(30), invoices=1)

    figure = charts.revenue_per_day(now, RUPEES, then)
    moved = figure.data[-1]

    assert moved.line.dash == "dot"
    by_day = dict(zip(pd.DatetimeIndex(moved.x), moved.y, strict=True))
    assert by_day[pd.Timestamp("2025-03-03")] == then.loc["2025-02-03", "revenue"]
    assert title(figure).endswith("more than in the 30 days before")
    assert "against ₹4.00 in the period before" in hovers(figure)[2]


def test_long_periods_are_drawn_by_week_and_very_long_ones_by_month():
    by_week = charts.visits_per_day(frames.summaries(121, visits=1))
    by_month = charts.visits_per_day(frames.summaries(1101, visits=1))

    assert "per week from Monday, whole weeks only" in subtitle(by_week)
    assert set(by_week.data[0].y) == {7}
    assert hovers(by_week)[0].startswith("In the week of Monday 3 March 2025 there were 7 visits")
    assert "per month, whole months only" in subtitle(by_month)
    assert set(by_month.data[0].y) <= {28, 29, 30, 31}
    assert len(charts.visits_per_day(frames.summaries(120)).data[0].y) == 120


def test_a_week_that_misses_only_closed_days_is_whole():
    until_saturday = frames.summaries(125, "2025-03-03")
    until_friday = until_saturday.iloc[:-1]

    assert charts.visits_per_day(until_saturday).data[0].x[-1] == np.datetime64("2025-06-30")
    assert charts.visits_per_day(until_friday).data[0].x[-1] == np.datetime64("2025-06-23")


def test_a_doctor_has_the_same_colour_whoever_else_is_there():
    alone = charts.revenue_by_doctor(frames.by_doctor(3, ["Dr Sen"]), RUPEES)
    among = charts.revenue_by_doctor(frames.by_doctor(3, ["Dr Iyer", "Dr Sen"]), RUPEES, doctor="Dr Iyer")
    pace = charts.doctor_pace(frames.waits(3, ["Dr Sen"]))

    assert list(among.data[1].marker.color) == [ACCENT, doctor_colour("Dr Sen")]
    assert list(alone.data[1].marker.color) == [doctor_colour("Dr Sen")] == list(pace.data[1].marker.color)


def test_beyond_fifteen_doctors_the_rest_are_others():
    names = [f"Dr Number {place} {'of a very long name' * 2}" for place in range(40)]

    by_doctor = charts.revenue_by_doctor(frames.by_doctor(2, names), RUPEES)
    pace = charts.doctor_pace(frames.waits(20, names))

    assert len(by_doctor.data[1].y) == len(pace.layout.yaxis.ticktext) == 16
    assert by_doctor.layout.yaxis.ticktext[-1] == "25 others"
    assert "25 others" in pace.layout.yaxis.ticktext
    assert max(len(name) for name in by_doctor.layout.yaxis.ticktext) <= 22


def test_what_a_doctor_is_called_is_no_markup():
    figure = charts.revenue_by_doctor(frames.by_doctor(2, ["Dr <b>Bold</b> & Co", ""]), RUPEES)

    assert title(figure).startswith("Revenue by doctor: Dr &lt;b&gt;Bold&lt;/b&gt; &amp; Co brought")
    assert figure.layout.meta["alt"].startswith("Revenue by doctor: Dr <b>Bold</b> & Co brought")
    assert list(figure.layout.yaxis.ticktext) == ["Dr &lt;b&gt;Bold&lt;/b&gt; &amp; Co", "Without a visit"]


def test_the_waterfall_falls_from_the_list_price_to_what_was_kept():
    figure = charts.from_billed_to_received(frames.summaries(30), RUPEES)
    amounts = dict(zip(figure.layout.yaxis.ticktext, figure.data[0].x, strict=True))

    assert amounts["Billed"] == pytest.approx(amounts["List price"] + amounts["Discount"] + amounts["Tax"])
    assert amounts["Revenue"] == pytest.approx(amounts["Billed"] + amounts["Not yet paid"] + amounts["Refunded"])
    assert title(figure).startswith("Revenue: 92 % of ")


def test_refunds_are_told_as_a_share_of_what_came_in():
    days = frames.summaries(3, received=1000.0, refunded=[0.0, 90.0, 0.0])

    assert title(charts.refunds_per_day(days, RUPEES)) == "Refunds: ₹90, 3 % of what came in"


def test_what_drawers_miss_and_have_too_much_is_told_side_by_side():
    assert title(charts.cash_differences(frames.day_closes(8), RUPEES)) == (
        "Cash differences: ₹100 missing and ₹20 too much in 4 of 8 closed drawers"
    )
    assert title(charts.cash_differences(frames.day_closes(8, (0.0,)), RUPEES)).endswith("none in 8 closed drawers")


def test_losses_say_why_and_of_what_and_suppliers_who_is_late():
    assert title(charts.losses_per_month(frames.stock_losses(3), RUPEES)) == (
        "Losses: ₹360, 75 % of it expired, most of Medicine 1 500 mg"
    )
    assert title(charts.lead_times(frames.purchase_orders(9))) == (
        "Delivery: 50 % of 8 orders came late, most often from Metro Pharma"
    )


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


def test_medicines_that_run_out_before_an_order_arrives_stand_out():
    shelf = frames.on_hand(30)
    late = shelf[shelf["days_of_cover"] <= shelf["lead_days"]]

    figure = charts.days_of_cover(shelf)

    assert title(figure).startswith(f"Cover: {len(late)} medicines would run out before an order arrives; Medicine 0")
    assert len(figure.data[0].x) == 20
    assert list(figure.data[0].x) == sorted(figure.data[0].x)
    assert list(figure.data[0].marker.color).count(ACCENT) == len(late)


def test_money_at_risk_is_told_with_what_has_expired():
    batches = frames.expiry(6)

    figure = charts.money_at_risk(batches, RUPEES)

    assert f"{RUPEES.money_round(batches['at_risk_value'].sum())} at risk" in title(figure)
    assert title(figure).endswith("₹540 has expired")
    assert hovers(figure)[0].startswith("Expired already: ₹540.00 in 2 batches")


def test_consumption_of_one_medicine_is_told_in_units():
    figure = charts.consumption_per_month(frames.consumption(8), RUPEES, medicine="Medicine 2 500 mg")

    assert title(figure).startswith("Medicine 2 500 mg: 300 units a month in the last three whole months, as much as")
    assert figure.data[0].marker.color[-2] != figure.data[0].marker.color[-1]


def test_class_a_makes_four_fifths_of_the_cost():
    used = frames.consumption(1, 4).assign(dispensed_value=[50.0, 31.0, 15.0, 4.0])

    figure = charts.abc(used, RUPEES)

    assert title(figure).startswith("ABC: 2 of 4 medicines make 81 % of the cost")
    assert [words.split("class ")[1] for words in hovers(figure)] == ["A).", "A).", "B).", "C)."]


def test_what_lasts_too_long_or_is_not_used_lies_still():
    shelf = frames.on_hand(3, value=[100.0, 300.0, 500.0], days_of_cover=[181.0, np.inf, 20.0])

    figure = charts.slow_movers(shelf, RUPEES)

    assert title(figure) == "Slow movers: ₹400 lies in 2 medicines, 44 % of the stock"
    assert list(figure.layout.yaxis.ticktext) == ["Medicine 1 500 mg", "Medicine 0 500 mg"]


def test_the_newest_month_of_patients_is_paler_and_not_in_the_title():
    figure = charts.new_and_returning(frames.patients_per_month(5))

    assert title(figure).startswith("Patients: 219 in June 2024")
    assert all(trace.marker.color[-1] != trace.marker.color[0] for trace in figure.data)


def test_the_retention_triangle_hides_small_numbers_and_the_month_that_goes_on():
    figure = charts.retention(frames.retention(12))

    assert figure.data[0].z.shape == (10, 10)
    assert figure.layout.yaxis.ticktext[0] == "Mar 24 · 40"
    assert "<8" in figure.data[1].text
    assert any("fewer than eight" in words for words in hovers(figure))
    assert title(figure).startswith("Return: 32 % of new patients came again after 1 month")


def test_diagnoses_say_which_leads_and_which_grew():
    figure = charts.diagnoses_over_time(frames.diagnoses_per_month(12))

    assert len(figure.layout.yaxis.ticktext) == 11
    assert figure.layout.yaxis.ticktext[-1] == "Rare diagnoses"
    assert title(figure) == (
        "Diagnoses: Acute upper respiratory inf… leads with 1,092 visits; Essential (primary) hyperte… grew most, "
        "89 to 223 in three months"
    )


def test_follow_ups_that_may_still_be_kept_are_not_counted():
    figure = charts.follow_ups(frames.summaries(20, follow_ups_due=10, follow_ups_kept=[6] * 13 + [0] * 7))

    assert title(figure).startswith("Follow-ups: 60 % of 130 kept (51 % to 68 %), 52 missed")
    assert len(figure.data[0].x) == 13


def test_doctors_are_set_against_each_other_only_where_they_differ():
    apart = charts.overrides_by_doctor(frames.prescribing(12))
    alike = charts.overrides_by_doctor(frames.prescribing(1).assign(overridden=20))

    assert title(apart) == "Overrides: 3.8 % of 24,480 items; Dr Khan 4.9 %, Dr Sen 2.5 %"
    assert title(alike).endswith("doctors differ no more than chance allows")


def test_the_most_answered_warning_leads_and_months_without_any_are_there():
    figure = charts.overrides_per_month(frames.overrides(3).iloc[[1, 4, 14]])

    assert title(figure) == "Overrides: 27 warnings answered in 3 months, 89 % for age"
    assert figure.layout.yaxis.ticktext == ("Age", "Given twice")
    assert len(figure.layout.xaxis.ticktext) == 3


def test_medicines_too_rare_to_be_told_of_are_counted_and_not_named():
    figure = charts.most_prescribed(frames.medicines_per_month(2))

    assert title(figure).startswith("Medicines: Medicine 0 500 mg leads with 28 % of items; 3 medicines make half")
    assert len(figure.layout.yaxis.ticktext) == 15
    assert "RARE" not in figure.to_json()
