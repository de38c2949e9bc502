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
from core.analytics.charts.language import ACCENT, doctor_colour
from core.analytics.feed import ClinicInfo
from core.words import read_in
from tests.core import chart_frames as frames
from tests.core import chart_frames_people as frames_people
from tests.core.charts_read import RUPEES, hovers, subtitle, title
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_patient

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
    "new_and_returning": (frames_people.patients_per_month, False, "patients_per_month"),
    "retention": (frames_people.retention, False, "retention"),
    "diagnoses_over_time": (frames_people.diagnoses_per_month, False, "diagnoses_per_month"),
    "follow_ups": (frames.summaries, False, "daily_summaries"),
    "overrides_per_month": (frames_people.overrides, False, "overrides"),
    "overrides_by_doctor": (frames_people.prescribing, False, "prescribing"),
    "overridden_medicines": (frames_people.overrides, False, "overrides"),
    "antibiotics_by_doctor": (frames_people.prescribing, False, "prescribing"),
    "most_prescribed": (frames_people.medicines_per_month, False, "medicines_per_month"),
    "items_per_visit": (frames_people.prescribing, False, "prescribing"),
}


def draw(name, frame, clinic=RUPEES):
    return getattr(charts, name)(frame, *([clinic] if FIGURES[name][1] else []))


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
    assert title(drawn["receipts_by_method"]) == "Receipts less refunds: ₹1,090 by Cash"
    assert title(drawn["dues_by_age"]).startswith("Dues: ₹545 is owed on 1 bill, nothing for over 90 days")


def test_the_day_that_still_goes_on_is_drawn_but_not_compared():
    days = frames.summaries(15, revenue=[100_000.0] * 14 + [900.0], is_over=[True] * 14 + [False])

    figure = charts.revenue_per_day(days, RUPEES)
    against = charts.revenue_per_day(days, RUPEES, frames.summaries(15, "2025-02-14", revenue=80_000.0))

    assert title(figure) == "Revenue: ₹1,00,000 a day in the last seven days, as much as in the seven before"
    assert title(against) == "Revenue: ₹14,00,000 in 14 days, 25 % more than in the first 14 days of the period before"
    bars, mean = figure.data
    assert (bars.y[-1], mean.y[-1]) == (900.0, 100_000.0)
    assert title(charts.visits_per_day(days.iloc[-1:])).endswith(" on 15 March 2025")
    of_one = charts.revenue_per_day(days.iloc[-2:], RUPEES, frames.summaries(2, "2025-03-12", revenue=[80_000.0, 9.0]))
    assert title(of_one) == "Revenue: ₹1,00,000 in 1 day, 25 % more than in the first day of the period before"


def test_a_clinics_first_day_is_one_slim_bar_in_the_middle_and_no_mean():
    first = charts.revenue_per_day(frames.summaries(1, revenue=520.0), RUPEES)
    axis = first.layout.xaxis

    assert title(first) == "Revenue: ₹520 on 1 March 2025"
    assert axis.ticktext == ("1 Mar<br>2025",)
    assert axis.range[1] - axis.range[0] == pd.Timedelta(days=6)
    assert axis.range[0] + (axis.range[1] - axis.range[0]) / 2 == pd.Timestamp("2025-03-01")
    assert title(charts.visits_per_day(frames.summaries(1, visits=1))) == "Visits: 1 on 1 March 2025"


@pytest.mark.parametrize(("number", "shown"), [(2, 2), (6, 6), (7, 4), (30, 6), (120, 6), (400, 6), (2000, 6)])
def test_days_have_the_same_ticks_in_every_language_the_newest_among_them(number, shown):
    ours = charts.visits_per_day(frames.summaries(number)).layout.xaxis
    with read_in("hi"):
        theirs = charts.visits_per_day(frames.summaries(number)).layout.xaxis

    assert list(ours.tickvals) == list(theirs.tickvals)
    assert ours.tickvals[-1] == frames.summaries(number).index[-1] or number > 120  # drawn by week or month
    assert 2 <= len(ours.tickvals) <= shown


@pytest.mark.parametrize(("most", "ticks"), [(0, "0"), (1, "0 1"), (3, "0 1 2 3"), (6, "0 2 4 6"), (9, "0 5 10")])
def test_counts_have_whole_ticks_however_few_there_are(most, ticks):
    axis = charts.visits_per_day(frames.summaries(3, visits=[0, 0, most])).layout.yaxis

    assert " ".join(axis.ticktext) == ticks
    assert axis.range[1] >= most


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
    assert max(len(name) for name in by_doctor.layout.yaxis.ticktext) <= 30


def test_what_a_doctor_is_called_is_no_markup():
    figure = charts.revenue_by_doctor(frames.by_doctor(2, ["Dr <b>Bold</b> & Co", ""]), RUPEES)

    assert title(figure).startswith("Revenue by doctor: Dr &lt;b&gt;Bold&lt;/b&gt; &amp; Co brought")
    assert figure.layout.meta["alt"].startswith("Revenue by doctor: Dr <b>Bold</b> & Co brought")
    assert list(figure.layout.yaxis.ticktext) == ["Dr &lt;b&gt;Bold&lt;/b&gt; &amp; Co", "Without a visit"]
