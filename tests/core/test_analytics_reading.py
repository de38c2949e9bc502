"""Years are read a piece at a time, and no day twice or never."""

from datetime import UTC, date, datetime, timedelta
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


def test_everything_is_read_by_months_and_what_has_no_day_at_the_end(session, mongo, monkeypatch):  # noqa: F811
    store.put("monthly_summaries", [{"_id": "2024-01", "date": midnight(date(2024, 1, 1))}])
    store.put("feed", [next(store.find("feed")) | {"fed_at": midnight(date(2025, 3, 1))}])
    noon = datetime(2023, 12, 1, 12, tzinfo=UTC)
    moments = [noon + timedelta(days=7 * week, hours=12 * (week % 2)) for week in range(80)]
    store.put("audit_logs", [{"_id": number, "timestamp": moment} for number, moment in enumerate(moments)])
    answers, find = [], store.find

    def noted(*args, **given):
        answers.append(list(find(*args, **given)))
        return iter(answers[-1])

    monkeypatch.setattr(store, "find", noted)

    assert [row["_id"] for row in reading.everything("audit_logs")] == list(range(80))
    within = [answer for answer in answers if answer and "timestamp" in answer[0]]
    assert len(within) > 12
    assert max(len(answer) for answer in within[1:-1]) <= 5

    store.put("audit_logs", [{"_id": 80, "timestamp": None}, {"_id": 81}])
    assert sorted(row["_id"] for row in reading.everything("audit_logs")) == list(range(82))


def test_what_has_no_index_of_days_is_read_at_once(session, mongo):  # noqa: F811
    store.put("stock_levels", [{"_id": number} for number in range(3)])

    assert [row["_id"] for row in reading.everything("stock_levels")] == [0, 1, 2]
