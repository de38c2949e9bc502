"""The trail, movements and figures over the API: the same questions as the screens ask, and nobody named."""

import pytest

from core import inventory, stores
from core.analytics import store
from core.models import AuditEvent
from core.permissions import Role
from tests import factories
from tests.core.test_analytics import busy  # noqa: F401
from tests.etl.conftest import carry, mongo, treat  # noqa: F401

pytestmark = pytest.mark.usefixtures("without_redis")
MARCH = {"first": "2025-03-01", "last": "2025-03-31"}
VISITS, DAYS = "/api/reports/visit-history", "/api/reports/daily-summary"
TRAIL, MOVEMENTS = "/api/reports/audit-logs", "/api/reports/stock-movements"


@pytest.fixture
def anna(session):
    return factories.a_user(session, Role.ANALYST, "Anna")


def test_visits_and_days_are_told_without_names_and_until_when(busy, as_one, anna):  # noqa: F811
    analyst = as_one(anna)
    visits, days = analyst.get(VISITS, params={**MARCH, "limit": 2}), analyst.get(DAYS, params=MARCH)
    rest = analyst.get(VISITS, params={**MARCH, "limit": 2, "cursor": visits.json()["next"]})

    assert visits.status_code == 200, visits.text
    assert [one["visit_date"] for one in visits.json()["items"] + rest.json()["items"]] == [
        "2025-03-01", "2025-03-01", "2025-03-03",
    ]  # fmt: skip
    first = visits.json()["items"][0]
    assert (first["diagnosis_code"], first["temperature_c"], first["pulse_bpm"]) == ("RARE", 38.5, None)
    assert not any(secret in visits.text for secret in ("Asha", "Vikram", "98765", "1990", "P0000"))
    assert [(one["date"], one["revenue"], one["visits"], one["is_open"]) for one in days.json()["items"]] == [
        ("2025-03-01", "545.00", 2, True),
        ("2025-03-02", "0.00", 0, False),
        ("2025-03-03", "545.00", 1, True),
    ]
    assert visits.json()["whole_until"] == days.json()["whole_until"] == "2025-03-03T04:30:00Z"


def test_reports_that_are_being_prepared_promise_nothing(mongo, as_one, anna):  # noqa: F811
    store.put("feed", [next(store.find("feed")) | {"whole": False}])
    answer = as_one(anna).get(DAYS, params=MARCH).json()
    assert answer == {"items": [], "next": None, "whole_until": None}


def test_a_mongodb_that_is_away_is_told_in_a_sentence(as_one, anna, monkeypatch):
    monkeypatch.setattr(stores, "addresses", lambda: stores.Addresses("", "", "mongodb://127.0.0.1:9/"))
    monkeypatch.setattr(store, "_CONNECT_MS", 50)
    monkeypatch.setattr(store, "_ANSWER_MS", 100)
    answer = as_one(anna).get(DAYS, params=MARCH)

    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("MongoDB, which keeps reports and history, cannot be reached.")
    assert answer.headers["retry-after"]


def test_reports_are_for_who_may_analyse_and_the_refusal_is_kept(session, as_one, doctor):
    answers = [as_one(doctor).get(address, params=MARCH) for address in (VISITS, DAYS)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json()["detail"] == "Dr Sen (doctor) may not see the clinic's reports and analyse its data."
    wanted = [event.changes for event in session.query(AuditEvent).filter_by(event="user.refused")]
    assert "analytics.reports.visit_history" in str(wanted)


@pytest.mark.parametrize(
    ("address", "days"),
    [
        (VISITS, {"first": "2025-03-02", "last": "2025-03-01"}),
        (VISITS, {"first": "2025-01-01", "last": "2025-12-31"}),
        (DAYS, {"first": "2023-01-01", "last": "2025-01-01"}),
        (DAYS, {"first": "2025-03-01"}),
        (DAYS, {"first": "0", "last": "2025-03-01"}),
    ],
)
def test_a_period_that_cannot_be_answered_is_refused(as_one, anna, address, days):
    assert as_one(anna).get(address, params=days).status_code == 422


def test_the_trail_is_searched_as_on_its_screen_in_pages(session, as_one, admin, receptionist):
    patient = factories.a_patient(session, "Asha Rao")
    factories.a_medicine(session)
    trail = as_one(admin)
    of_hers = trail.get(TRAIL, params={"record": patient.mrn}).json()["items"]
    newest = trail.get(TRAIL, params={"limit": 2})
    older = trail.get(TRAIL, params={"limit": 2, "cursor": newest.json()["next"]})

    assert [(one["words"], one["by"], one["action"]) for one in of_hers] == [
        ("Patient registered", "Asha Admin", "CREATE")
    ]
    assert of_hers[0]["at"] == "2025-03-01T04:30:00Z"
    assert {"field": "mrn", "before": None, "after": patient.mrn} in of_hers[0]["changes"]
    ids = [one["event_id"] for page in (newest, older) for one in page.json()["items"]]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 4
    assert trail.get(TRAIL, params={"record": "P999999"}).status_code == 422
    assert trail.get(TRAIL, params={"role": "NOBODY"}).status_code == 422
    assert as_one(receptionist).get(TRAIL).status_code == 403


def test_movements_are_told_of_a_medicine_a_batch_or_some_days(session, as_one, pharmacist, receptionist):
    zinc, iron = (factories.a_medicine(session, name) for name in ("Zinc", "Iron"))
    of_zinc, _ = (factories.a_batch(session, medicine, 100) for medicine in (zinc, iron))
    inventory.adjust(session, pharmacist, of_zinc.batch_id, -3, "Missing")
    pharmacy = as_one(pharmacist)

    def moved(**asked):
        found = pharmacy.get(MOVEMENTS, params=asked).json()["items"]
        return [(one["medicine"], one["change"]) for one in found]

    assert moved() == [("Zinc", -3), ("Iron", 100), ("Zinc", 100)]
    assert moved(medicine_id=zinc.medicine_id) == moved(batch_id=of_zinc.batch_id) == [("Zinc", -3), ("Zinc", 100)]
    assert moved(first="2025-03-01", last="2025-03-01") == moved()
    assert moved(first="2025-03-02") == moved(last="2025-02-28") == []
    first = pharmacy.get(MOVEMENTS, params={"limit": 2}).json()
    assert moved(limit=2, cursor=first["next"]) == [("Zinc", 100)]
    assert pharmacy.get(MOVEMENTS, params={"first": "2025-03-02", "last": "2025-03-01"}).status_code == 422
    assert as_one(receptionist).get(MOVEMENTS).status_code == 403
