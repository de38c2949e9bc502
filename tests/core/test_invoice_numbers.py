"""Invoice numbers follow each other and begin anew with the financial year."""

import pytest
from sqlalchemy import text, update

from core.models import Clinic, Invoice
from tests.factories import an_invoice


@pytest.mark.parametrize(("day", "number"), [((2025, 3, 31), "2024-25/000001"), ((2025, 4, 1), "2025-26/000001")])
def test_numbers_begin_anew_with_the_financial_year(session, frozen_clock, day, number):
    an_invoice(session)
    session.execute(text("DELETE FROM invoice_counters"))
    session.execute(update(Invoice).values(number="x", financial_year=1))
    frozen_clock(*day)

    assert an_invoice(session).number == number


def test_numbers_follow_each_other(session):
    assert [an_invoice(session).number for _ in range(3)] == ["2024-25/000001", "2024-25/000002", "2024-25/000003"]


def test_a_financial_year_that_is_the_calendar_year_is_named_by_it(session):
    session.get(Clinic, 1).financial_year_month = 1

    assert an_invoice(session).number == "2025/000001"
