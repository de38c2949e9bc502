"""Dashboards of frames made for the test: their tiles and tables say what the figures beside them say."""

import json

import pytest

from core import analytics
from core.permissions import Role
from pages.ui.figures.dashboard_tiles import summed
from tests.core import chart_frames as frames
from tests.etl.conftest import carry, mongo  # noqa: F401
from tests.factories import a_user

CARD_PX = 846  # inside of a card as wide as the page, in a window of 1280


@pytest.fixture
def manager(session):
    return a_user(session, Role.MANAGER, "Anil Kapoor")


@pytest.fixture
def given(mongo, carry, monkeypatch):  # noqa: F811
    """Call with frames by the name of the function that reads them: pages are shown these, whatever the period."""
    carry()

    def give(**made):
        for name, frame in made.items():

            def read(frame=frame, **period):
                return frame

            read.__name__ = name
            monkeypatch.setattr(analytics, name, read)

    return give


def tile(page, title):
    return next(metric for metric in page.metric if metric.label.startswith(f"{title} "))


def said(page):
    return " ".join(element.value for element in page.markdown).replace("\\", "")


def test_the_day_that_still_goes_on_counts_and_is_not_compared():
    days = frames.summaries(15, revenue=[100.0] * 14 + [9.0], is_over=[True] * 14 + [False])
    before = frames.summaries(15, "2025-02-14", revenue=[80.0] * 14 + [999.0])

    value, change, course = summed(days, before, "revenue", "{:.0f}".format)

    assert (value, change, course.iloc[-1]) == ("1409", "+25 %", 9.0)
    assert summed(days, None, "revenue", "{:.0f}".format)[1] is None


def test_the_share_of_follow_ups_that_were_kept_is_that_of_the_figure(given, open_page, manager):
    given(daily_summaries=frames.summaries(20, follow_ups_due=10, follow_ups_kept=[6] * 13 + [0] * 7))

    page = open_page("patients_report", manager)

    assert tile(page, "Kept").value == "60 %"
    assert "Follow-ups: 60\N{NO-BREAK SPACE}% of 130 kept" in said(page)  # and the line does not break before "%"


def test_appointments_that_nobody_came_to_have_one_name(given, open_page, manager):
    given(daily_summaries=frames.summaries(20))

    page = open_page("operations", manager)

    assert tile(page, "No-shows").value.endswith("%")
    assert "**No-shows: " in said(page)


def test_tables_of_stock_fit_into_their_card(given, open_page, manager):
    given(stock_on_hand=frames.on_hand(30), expiry=frames.expiry(6))

    page = open_page("stock_report", manager)
    widths = [
        [column.get("width", 0) for column in json.loads(table.proto.columns).values()] for table in page.dataframe
    ]

    assert len(widths) == 2
    assert all(sum(of_one) <= CARD_PX for of_one in widths)
