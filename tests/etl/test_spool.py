"""Rows of a simulation wait on disk, and nothing of them is lost or changed on the way."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from core.bench.clinic import conninfo
from core.models import Token, Vitals
from etl.simulate.rows import Table
from etl.simulate.spool import Trail, line

_ODD = 'a\\N\t"b"\r\n{c,d}\\'


def test_odd_values_arrive_as_they_are(engine):
    row = (None, "", _ODD, True, date(2025, 3, 1), Decimal("1.50"), ["x", _ODD, ""], [date(2025, 3, 1)])
    with psycopg.connect(conninfo()) as connection:
        connection.execute(
            "CREATE TEMPORARY TABLE odd (a text, b text, c text, d bool, e date, f numeric(9, 2), g text[], h date[])"
        )
        with connection.cursor().copy("COPY odd FROM STDIN") as into:
            into.write(line(row))

        assert connection.execute("SELECT * FROM odd").fetchone() == row


def test_only_the_newest_rows_are_kept_in_memory():
    table = Table(Vitals, 1)
    for number in range(1, 5_001):
        table.add({"id": number, "visit_id": number})

    assert 2_000 <= len(table._newest) <= 4_000
    assert (len(table), table.last_id) == (5_000, 5_000)
    lines = b"".join(table.text()).decode().splitlines()
    assert [int(row.split("\t")[0]) for row in lines] == list(range(1, 5_001))


def test_a_new_row_may_be_amended_and_one_on_disk_may_not():
    table = Table(Token, 11)
    for number in range(11, 4_012):
        table.add({"id": number, "number": 1})

    table.amend(2_012, {"number": 2})  # the last but two thousand: of the same day in the largest clinic

    assert b"".join(table.text()).splitlines()[2_001].startswith(b"2012\t2")
    with pytest.raises(IndexError, match="tokens 11 is put down already"):
        table.amend(11, {"number": 2})


def test_a_trail_of_months_comes_in_the_order_of_time():
    trail, first = Trail(), datetime(2025, 1, 31, 12, tzinfo=UTC)
    moments = [first + timedelta(minutes=37 * number % 5_003) for number in range(3_000)]
    for number, moment in enumerate(moments):
        trail.add(moment, {"at": moment, "number": number})

    told = [(event["at"], event["number"]) for event in trail.in_order()]

    assert told == sorted((moment, number) for number, moment in enumerate(moments))
