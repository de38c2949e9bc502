from types import SimpleNamespace

import pytest

from core import words
from core.models import AppointmentState, TokenState, VisitState
from pages.ui import show
from pages.ui.messages import _as_text


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (TokenState.NO_SHOW, "Left"),
        (AppointmentState.NO_SHOW, "Did not come"),
        (AppointmentState.COMPLETED, "Seen"),
        (VisitState.COMPLETED, "Completed"),
    ],
)
def test_states_of_different_things_are_told_apart_though_they_are_equal_as_text(state, word):
    assert word in show.badge(state)


def test_what_people_typed_stays_text_in_markdown():
    assert show.plain("*a* [b](c) $x$ <i>") == r"\*a\* \[b\]\(c\) \$x\$ \<i\>"


def test_a_name_in_a_message_is_no_markup():
    assert _as_text("[Asha](http://x) *is* $5$ here.") == r"\[Asha\](http://x) \*is\* \$5\$ here."


@pytest.mark.parametrize(
    ("country", "order"),
    [("IN", "DD/MM/YYYY"), ("DE", "DD/MM/YYYY"), ("US", "MM/DD/YYYY"), ("CA", "YYYY-MM-DD"), ("", "DD/MM/YYYY")],
)
def test_a_day_is_typed_as_the_country_writes_it(monkeypatch, country, order):
    monkeypatch.setattr(show, "clinic", lambda: SimpleNamespace(locale=words.locale(country)))

    assert show.day_format() == order


@pytest.mark.parametrize(
    ("count", "unit", "words"),
    [(1, "tablet", "1 tablet"), (0, "tablet", "0 tablets"), (2, "box", "2 boxes"), (40, "drops", "40 drops")],
)
def test_units_are_counted_as_one_says_them(count, unit, words):
    assert show.units(count, unit) == words
