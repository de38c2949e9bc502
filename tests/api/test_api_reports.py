"""The trail, movements and figures over the API: the same questions as the screens ask, and nobody named."""

import pytest

from core.permissions import Role
from tests import factories
from tests.core.test_analytics import busy  # noqa: F401
from tests.etl.conftest import carry, mongo, treat  # noqa: F401

pytestmark = pytest.mark.usefixtures("without_redis")
MARCH = {"first": "2025-03-01", "last": "2025-03-31"}
VISITS, DAYS = "/api/reports/visit-history", "/api/reports/daily-summary"
TRAIL, MOVEMENTS = "/api/reports/audit-logs", "/api/reports/stock-movements"


@pytest.fixture
def analyst(session, as_one):
    return as_one(factories.a_user(session, Role.ANALYST, "Anna"))


def test_visits_are_told_without_names_and_until_when(analyst, busy):  # noqa: F811
    answer = analyst.get(VISITS, params=MARCH)

    assert answer.status_code == 200, answer.text
    assert [visit["visit_date"] for visit in answer.json()["items"]] == ["2025-03-01", "2025-03-01", "2025-03-03"]
    assert answer.json()["whole_until"] == "2025-03-03T04:30:00Z"
    first = answer.json()["items"][0]
    assert (first["diagnosis_code"], first["temperature_c"], first["pulse_bpm"]) == ("RARE", 38.5, None)
    assert not any(secret in answer.text for secret in ("Asha", "Vikram", "98765", "1990", "P0000"))


def test_days_are_summed_with_money_as_text(analyst, busy):  # noqa: F811
    days = analyst.get(DAYS, params=MARCH).json()["items"]

    assert [(day["date"], day["is_open"]) for day in days] == [
        ("2025-03-01", True), ("2025-03-02", False), ("2025-03-03", True),
    ]  # fmt: skip
    assert [day["revenue"] for day in days] == ["545.00", "0.00", "545.00"]
    assert [day["visits"] for day in days] == [2, 0, 1]
