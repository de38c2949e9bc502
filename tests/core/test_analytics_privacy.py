"""Nobody is known by what analysts see: pseudonyms, and nothing told of a handful of people."""

from datetime import date

import pandas as pd
import pytest

from core import analytics, secret
from core.analytics import privacy, store
from core.analytics.documents import midnight
from core.errors import NotPermitted
from core.permissions import Role
from tests.core.test_analytics import busy, looked_at  # noqa: F401
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_user


def test_counts_of_one_to_seven_people_are_not_told():
    counts = pd.Series([0, 1, 7, 8, 120])

    assert privacy.suppressed(counts).tolist()[3:] == [8.0, 120.0]
    assert privacy.suppressed(counts).isna().tolist() == [False, True, True, False, False]


def test_what_is_shared_is_rounded_too():
    assert privacy.shared(pd.Series([0, 3, 8, 12, 13])).fillna(-1).tolist() == [0, -1, 10, 10, 15]


def test_a_pseudonym_is_the_same_in_every_frame_and_depends_on_the_secret(looked_at, monkeypatch):  # noqa: F811
    people = set(analytics.visits()["patient"])
    again = set(analytics.visits(date(2025, 3, 1), date(2025, 3, 1))["patient"])

    assert again < people
    assert set(analytics.prescriptions()["patient"]) == people
    assert set(analytics.diagnoses()["visit"]) == set(analytics.visits()["visit"])

    monkeypatch.setattr(secret, "key", lambda: "another clinic's")

    assert set(analytics.visits()["patient"]).isdisjoint(people)


def test_a_bill_does_not_lead_to_the_visits_of_its_patient(looked_at):  # noqa: F811
    payers = set(analytics.invoices()["payer"])

    assert set(analytics.receivables()["payer"]) < payers
    assert len(payers) == 2
    assert payers.isdisjoint(analytics.visits()["patient"])


def test_a_medicine_that_few_take_is_rare(looked_at):  # noqa: F811
    told = analytics.prescriptions()

    assert (set(told["medicine"]), set(told["medicine_id"])) == ({"RARE"}, {0})


def test_a_diagnosis_that_few_have_is_rare(looked_at):  # noqa: F811
    assert set(analytics.visits()["diagnosis_code"]) == {"RARE"}
    assert set(analytics.diagnoses()["text"]) == {"Rare diagnoses"}
    told = analytics.diagnoses_per_month()
    assert (told["code"].tolist(), told["visits"].isna().all()) == (["RARE"], True)


def test_a_diagnosis_of_eight_people_is_told(looked_at):  # noqa: F811
    visit = next(store.find("visit_history"))
    people = [visit | {"_id": 900 + n, "patient": visit["patient"] | {"id": 900 + n}} for n in range(8)]
    store.put("visit_history", [*people, people[0] | {"_id": 999, "diagnoses": []}])

    assert set(analytics.diagnoses()["code"]) == {"J06.9"}
    assert analytics.diagnoses()["text"].iloc[0].startswith("Acute upper")
    assert set(analytics.visits()["diagnosis_code"]) == {"J06.9", ""}


def test_what_a_doctor_writes_beside_a_code_is_not_told(looked_at):  # noqa: F811
    visit = next(store.find("visit_history"))
    written = {"diagnoses": [{"code": "J06.9", "text": "As his wife Asha Rao"}]}
    people = [visit | written | {"_id": 900 + n, "patient": visit["patient"] | {"id": 900 + n}} for n in range(8)]
    store.put("visit_history", people)

    assert set(analytics.diagnoses()["text"]) == {"Acute upper respiratory infection, unspecified"}


def test_a_diagnosis_that_is_told_of_in_no_month_is_rare(session, mongo):  # noqa: F811
    one = {"code": "B20", "text": "HIV", "visits": 1, "patients": 1}
    store.put("monthly_summaries", [a_month(number, diagnoses=[one]) for number in range(1, 10)])

    told = analytics.diagnoses_per_month()

    assert set(told["code"]) == {"RARE"}
    assert told["patients"].isna().all()


def test_rare_diagnoses_of_a_month_are_one_row_and_few_people_are_not_told_of(session, mongo):  # noqa: F811
    common = {"code": "J06.9", "text": "A cold", "visits": 60, "patients": 50}
    rare = [{"code": code, "text": code, "visits": 5, "patients": 4} for code in ("A00", "B00")]
    few = common | {"visits": 8, "patients": 7}
    store.put("monthly_summaries", [a_month(1, diagnoses=[common, *rare]), a_month(2, diagnoses=[few])])

    told = analytics.diagnoses_per_month()

    assert told[["code", "visits", "patients"]].fillna(-1).to_numpy().tolist() == [
        ["J06.9", 60, 50],
        ["RARE", 10, 8],
        ["J06.9", -1, -1],  # of seven people in that month
    ]
    assert told["text"].tolist() == ["A cold", "Rare diagnoses", "A cold"]


def test_cohorts_of_few_people_are_left_out_and_small_counts_are_not_told(session, mongo):  # noqa: F811
    store.put(
        "monthly_summaries",
        [
            a_month(1, cohorts={"2025-01": 20}),
            a_month(2, cohorts={"2025-01": 10, "2025-02": 5}),
            a_month(4, cohorts={"2025-01": 3, "2025-02": 5, "2025-04": 8}),
        ],
    )
    store.put("feed", [next(store.find("feed")) | {"fed_at": midnight(date(2025, 4, 20))}])

    told = analytics.retention()

    assert told["cohort"].dt.month.tolist() == [1, 1, 1, 1, 4]
    assert told["months_since"].tolist() == [0, 1, 2, 3, 0]
    assert told["size"].tolist() == [20, 20, 20, 20, 8]
    assert told["patients"].fillna(-1).tolist() == [20, 10, 0, -1, 8]
    assert told["share"].fillna(-1).tolist() == [1, 0.5, 0, -1, 1]
    assert analytics.retention(date(2025, 2, 1))["cohort"].dt.month.tolist() == [4]


def test_a_medicine_is_named_where_eight_people_had_it(session, mongo):  # noqa: F811
    told = {"id": 1, "patients": 20, "items": 30, "overridden": 9, "overridden_patients": 8}
    hidden = {"id": 2, "patients": 7, "items": 9, "overridden": 9, "overridden_patients": 7}
    warned = [{"doctor": 1, "medicine": medicine, "kind": "DOSE", "items": 9} for medicine in (1, 2)]
    month = {"_id": "2025-01", "date": midnight(date(2025, 1, 1)), "doctors": []}
    store.put("monthly_prescribing", [month | {"medicines": [told, hidden], "overrides": warned}])

    medicines, overrides = analytics.medicines_per_month(), analytics.overrides()

    assert medicines["medicine"].tolist() == ["Medicine 1", "RARE"]
    assert medicines[["items", "patients"]].fillna(-1).to_numpy().tolist() == [[30, 20], [-1, -1]]
    assert overrides["medicine"].tolist() == ["Medicine 1", "RARE"]
    assert overrides["items"].sum() == 18  # a doctor's own numbers stay whole


def a_month(number, cohorts=None, diagnoses=()):
    day = date(2025, number, 1)
    counts = [{"first": first, "patients": people} for first, people in (cohorts or {}).items()]
    known = {"visits": 20, "patients": 20, "new_patients": 5, "cohorts": counts, "diagnoses": list(diagnoses)}
    return {"_id": f"{day:%Y-%m}", "date": midnight(day)} | known


def test_someone_who_reads_clinical_records_sees_who_it_was(busy, doctor):  # noqa: F811
    named = analytics.visits_with_names(doctor)
    told = analytics.visits()

    assert list(named["patient"]) == ["Asha Rao", "Asha Rao", "Vikram Sen"]
    assert named["birth_date"].iloc[0] == pd.Timestamp(1990, 1, 1)
    assert pd.isna(named["birth_date"].iloc[2])
    assert set(named["diagnosis_code"]) == {"J06.9"}
    assert list(told["age_band"].astype("str").fillna("unknown")) == ["35-44", "35-44", "unknown"]
    same = [column for column in told.columns[2:] if column != "diagnosis_code"]
    pd.testing.assert_frame_equal(named[same], told[same])


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER, Role.RECEPTION])
def test_others_do_not_see_names(session, mongo, role):  # noqa: F811
    with pytest.raises(NotPermitted, match="may not read clinical records"):
        analytics.visits_with_names(a_user(session, role))
