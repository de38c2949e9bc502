"""Ids that came by, in little memory."""

import sys

from etl.seen import Seen


def test_numbers_and_words_that_came_by_are_known():
    seen = Seen()
    for key in (1, 8, 70_000, "2025-03"):
        seen.add(key)

    assert [key for key in (0, 1, 7, 8, 9, 69_999, 70_000, 10**12, "2025-03", "2025-04") if key in seen] == [
        1,
        8,
        70_000,
        "2025-03",
    ]


def test_two_million_events_are_a_quarter_of_a_megabyte():
    seen = Seen()
    for key in range(0, 2_000_000, 100):
        seen.add(key)

    assert sys.getsizeof(seen._bits) < 300_000
