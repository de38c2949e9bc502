from datetime import date

import pytest

from core import books
from core.books import naming
from tests.factories import a_drawer_closed


@pytest.mark.parametrize("what", naming._NAMES)
def test_every_kind_of_record_can_be_named_and_one_that_is_gone_keeps_what_the_rule_told(session, admin, what):
    assert books.named(session, admin, what, ["999999"]) == [books.Named("999999")]


def test_rules_call_their_records_by_words_that_are_named_or_are_dates_and_entries():
    assert {rule.records for rule in books.RULES} - set(naming._NAMES) <= {"days", "years", "entries"}


def test_a_closed_drawer_is_named_by_its_cashier_and_day(session, admin):
    close = a_drawer_closed(session, admin, date(2025, 3, 1))
    key = str(close.close_id)

    assert books.named(session, admin, "closed drawers", [key]) == [books.Named("Asha Admin, 2025-03-01", key)]
