"""Years are read a piece at a time, and no day twice or never."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from core.analytics import reading, store
from core.analytics.documents import midnight
from tests.etl.conftest import mongo  # noqa: F401


@pytest.mark.parametrize("days", [1, 91, 92, 400])
def test_pieces_follow_each_other_without_gaps(session, mongo, days):  # noqa: F811
    first = date(2024, 1, 1)
    last = first + timedelta(days=days - 1)

    pieces = list(reading.pieces(first, last))

    assert (pieces[0][0], pieces[-1][1]) == (first, last)
    assert all(after[0] - before[1] == timedelta(days=1) for before, after in pairwise(pieces))


def test_open_ends_stay_open(session, mongo):  # noqa: F811
    store.put("monthly_summaries", [{"_id": "2024-01", "date": midnight(date(2024, 1, 1))}])
    store.put("feed", [next(store.find("feed")) | {"fed_at": midnight(date(2025, 3, 1))}])

    pieces = list(reading.pieces(None, None))

    assert (pieces[0][0], pieces[-1][1]) == (None, None)
    assert len(pieces) == 5


def test_an_empty_clinic_is_asked_once(session, mongo):  # noqa: F811
    assert list(reading.pieces(None, None)) == [(None, None)]
