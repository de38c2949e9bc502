"""What is on hand, how long it lasts, and what will expire before it is used. Documents as the jobs leave them."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from core import analytics
from core.analytics import store
from core.analytics.documents import midnight, money
from core.models import MovementReason
from tests.etl.conftest import mongo  # noqa: F401

TODAY = date(2025, 3, 31)


@pytest.fixture
def shelf(session, mongo):  # noqa: F811
    """The clinic is at work since 1 January; 90 days later it hands over ten capsules a day."""

    def stock(*levels, dispensed=900):
        opened = {"day": [1], "is_open": [1]}
        store.put("monthly_columns", [{"_id": "2025-01", "date": midnight(date(2025, 1, 1)), "days": opened}])
        store.put("feed", [next(store.find("feed")) | {"fed_at": midnight(TODAY)}])
        store.put("stock_levels", levels)
        used = {"id": 1, "dispensed": dispensed}
        store.put("monthly_stock", [{"_id": "2025-02", "date": midnight(date(2025, 2, 1)), "medicines": [used]}])

    return stock


def a_level(*batches, number=1, **details):
    plain = {"name": "Amoxicillin", "generic": "Amoxicillin", "unit": "capsule", "reorder_level": 50}
    known = plain | {"price": money(5), "withdrawn": False, "lead_days": None, "last_dispensed": None}
    known |= {"supplier": "", "on_order": 0, "controlled": False}
    return {"_id": number, **known, **details, "batches": list(batches)}


def a_batch(number, on_hand, expires, *, blocked=False):
    days = {"received_on": midnight(date(2025, 1, 1)), "expires_on": midnight(expires)}
    return {"id": 1, "number": number, **days, "on_hand": on_hand, "unit_cost": money(3), "blocked": blocked}


def test_expired_and_blocked_batches_are_no_stock(shelf):
    shelf(
        a_level(
            a_batch("A", 100, date(2025, 3, 31)),
            a_batch("B", 20, date(2025, 3, 30)),
            a_batch("C", 7, date(2026, 1, 1), blocked=True),
            a_batch("D", 5, date(2025, 1, 1), blocked=True),
            lead_days=4,
            last_dispensed=datetime(2025, 3, 30, 6, tzinfo=UTC),
        )
    )

    on_hand = analytics.stock_on_hand().iloc[0]

    assert on_hand[["on_hand", "expired", "blocked"]].tolist() == [100, 25, 7]
    assert on_hand["value"] == 132 * 3.0
    assert on_hand[["used_per_day", "days_of_cover", "lead_days"]].tolist() == [10.0, 10.0, 4.0]
    assert on_hand["last_dispensed"] == pd.Timestamp(2025, 3, 30, 11, 30)


def test_what_is_not_used_lasts_for_ever_and_what_is_sold_out_is_listed(shelf):
    shelf(
        a_level(a_batch("A", 10, date(2026, 1, 1)), number=2, name="Zinc"),
        a_level(number=1),
        a_level(number=3, name="Old", withdrawn=True),
        a_level(a_batch("B", 1, date(2020, 1, 1)), number=4, name="Left over", withdrawn=True),
    )

    on_hand = analytics.stock_on_hand().set_index("medicine")

    assert list(on_hand.index) == ["Amoxicillin", "Left over", "Zinc"]
    assert list(on_hand["days_of_cover"]) == [0.0, float("inf"), float("inf")]
    assert on_hand["last_dispensed"].isna().all()


def test_the_batch_that_expires_first_is_used_first(shelf):
    shelf(a_level(a_batch("late", 300, date(2025, 4, 29)), a_batch("soon", 150, date(2025, 4, 9))))

    batches = analytics.expiry().set_index("batch_number")

    assert list(batches.index) == ["soon", "late"]
    assert list(batches["days_left"]) == [9, 29]
    assert list(batches["at_risk_units"]) == [50.0, 100.0]  # 100 used in ten days, then 200 in twenty
    assert list(batches["at_risk_value"]) == [150.0, 300.0]


def test_all_of_an_expired_or_blocked_batch_is_at_risk(shelf):
    shelf(a_level(a_batch("gone", 4, date(2025, 3, 1)), a_batch("recalled", 6, date(2027, 1, 1), blocked=True)))

    batches = analytics.expiry()

    assert list(batches["days_left"]) == [-30, 641]
    assert list(batches["at_risk_units"]) == [4.0, 6.0]


def test_the_day_can_be_chosen(shelf):
    shelf(a_level(a_batch("A", 10, date(2025, 4, 30))))

    assert analytics.expiry(date(2025, 5, 1))["days_left"].iloc[0] == -1
    assert analytics.stock_on_hand(date(2025, 5, 1))["expired"].iloc[0] == 10


def test_a_medicine_that_is_not_listed_any_more_keeps_its_number(shelf):
    shelf()
    month = next(store.find("monthly_stock"))
    kinds = [reason.lower() for reason in MovementReason]
    units = dict.fromkeys(kinds, 1)
    values = dict.fromkeys([*(f"{kind}_value" for kind in kinds), "value_change"], money(-2))
    store.put("monthly_stock", [month | {"medicines": [{"id": 17} | units | values]}])

    moved = analytics.consumption(date(2025, 2, 20), date(2025, 2, 21))

    assert moved["medicine"].tolist() == ["Medicine 17"]
    assert moved["value_change"].tolist() == [-2.0]
