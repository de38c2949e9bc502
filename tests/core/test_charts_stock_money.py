"""Figures of money and stock state their finding."""

import numpy as np
import pytest

from core.analytics import charts
from core.analytics.charts.language import ACCENT
from tests.core import chart_frames as frames
from tests.core.charts_read import RUPEES, hovers, subtitle, title


def test_a_chart_states_its_finding_in_the_clinics_money():
    days = frames.summaries(14, revenue=[100_000.0] * 7 + [125_000.0] * 7, invoices=1)

    figure = charts.revenue_per_day(days, RUPEES)

    assert title(figure) == "Revenue: ₹1,25,000 a day in the last seven days, 25 % more than in the seven before"
    assert subtitle(figure).startswith("Paid for bills less refunds, per day, INR, by date of the bill")
    assert hovers(figure)[0] == "On Saturday 1 March 2025 1 bill brought ₹1,00,000.00."
    assert list(figure.layout.yaxis.ticktext) == ["₹0", "₹50K", "₹1L", "₹1.5L"]
    assert figure.layout.meta["alt"].startswith("Revenue: ₹1,25,000 a day")


def test_the_waterfall_falls_from_the_list_price_to_what_was_kept():
    figure = charts.from_billed_to_received(frames.summaries(30), RUPEES)
    amounts = dict(zip(figure.layout.yaxis.ticktext, figure.data[0].x, strict=True))

    assert amounts["Billed"] == pytest.approx(amounts["List price"] + amounts["Discount"] + amounts["Tax"])
    assert amounts["Revenue"] == pytest.approx(amounts["Billed"] + amounts["Not yet paid"] + amounts["Refunded"])
    assert title(figure).startswith("Revenue: 92 % of ")


def test_refunds_are_told_as_a_share_of_what_came_in():
    days = frames.summaries(3, received=1000.0, refunded=[0.0, 90.0, 0.0])

    assert title(charts.refunds_per_day(days, RUPEES)) == "Refunds: ₹90, 3 % of what came in"


def test_receipts_are_told_less_refunds():
    brought = charts.receipts_by_method(frames.receipts(1), RUPEES)
    evened_out = charts.receipts_by_method(frames.receipts(1, UPI=100.0, CASH=-100.0), RUPEES)

    assert title(brought) == "Receipts less refunds: UPI brought 46 % of ₹19,380"
    assert title(evened_out) == "Receipts less refunds: ₹0"


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
