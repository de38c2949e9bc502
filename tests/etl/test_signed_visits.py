"""What becomes of a visit after it was signed: amended, struck, reopened, printed; in its own day and month."""

from datetime import date

from sqlalchemy import select

from core import analytics, audit, billing, documents, prescriptions, visits
from core.models import Diagnosis, Patient, Vitals, WarningKind
from etl import monthly_prescribing, periods
from etl.relay import Relayed
from tests.etl.changes import answer_warning, seen
from tests.factories import a_patient
from tests.statements import count_statements


def of_day(mongo, *names, day="2025-03-01"):
    summary = mongo.daily_summaries.find_one({"_id": day})
    return tuple(summary[name] for name in names)


def test_an_amendment_of_today_counts_on_last_months_day(session, equal, mongo, doctor, treat, frozen_clock):
    visit_id, _ = treat()
    equal()
    frozen_clock(month=4)
    visits.add_diagnosis(session, doctor, visit_id, "J45.9", reason="Result of the laboratory")
    equal()

    assert of_day(mongo, "amendments", "struck") == (1, 0)
    assert mongo.visit_history.find_one()["amendments"] == 1
    codes = [row["code"] for row in mongo.monthly_summaries.find_one({"_id": "2025-03"})["diagnoses"]]
    assert codes == ["J06.9", "J45.9"]
    assert list(analytics.visits()["amended"]) == [True]


def test_what_was_entered_in_error_counts_nowhere_but_as_struck(session, equal, mongo, doctor, treat, frozen_clock):
    visit_id, _ = treat()
    equal()
    frozen_clock(month=4)
    code, measured = session.scalars(select(Diagnosis.id)).one(), session.scalars(select(Vitals.id)).one()
    visits.strike_diagnosis(session, doctor, visit_id, code, "Of another patient")
    visits.strike_vitals(session, doctor, visit_id, measured, "Of another patient")
    equal()

    visit = mongo.visit_history.find_one()
    assert (visit["diagnoses"], visit["diagnosis"], visit["vitals"], visit["struck"]) == ([], "", {}, 2)
    assert of_day(mongo, "struck") == (2,)
    assert mongo.monthly_summaries.find_one({"_id": "2025-03"})["diagnoses"] == []


def test_a_reopened_visit_is_history_again_once_it_is_signed_again(session, equal, mongo, admin, doctor, frozen_clock):
    asha = a_patient(session)
    visit_id = seen(session, doctor, asha)
    frozen_clock(month=4)
    seen(session, doctor, asha)
    equal()

    visits.reopen(session, admin, visit_id, "Wrong side")
    equal()
    assert mongo.visit_history.find_one({"_id": visit_id}) is None
    assert of_day(mongo, "total_visits", "new_patients", "reopened") == (0, 0, 1)
    assert of_day(mongo, "new_patients", day="2025-04-01") == (1,)

    frozen_clock(month=5)
    visits.complete(session, doctor, visit_id)
    equal()
    assert mongo.visit_history.find_one({"_id": visit_id})["completed_at"].month == 3  # when the patient left
    assert of_day(mongo, "total_visits", "new_patients") == (1, 1)
    assert of_day(mongo, "new_patients", day="2025-04-01") == (0,)
    assert mongo.monthly_summaries.find_one({"_id": "2025-04"})["cohorts"] == [{"first": "2025-03", "patients": 1}]
    assert list(analytics.visits(last=date(2025, 3, 1))["consulted_minutes"]) == [0]


def test_papers_and_answered_warnings_belong_to_the_visits_day(session, equal, mongo, doctor, treat, frozen_clock):
    visit_id, _ = treat()
    frozen_clock(month=4)
    answer_warning(session, visit_id, WarningKind.DOSE)
    answer_warning(session, visit_id, WarningKind.ALLERGY)
    note = documents.sick_note(session, doctor, visit_id, date(2025, 3, 1), date(2025, 3, 3))
    documents.visit_summary(session, doctor, visit_id)
    equal()

    assert of_day(mongo, "papers", "sick_notes", "prescribed_items", "overridden_items") == (2, 1, 1, 1)
    visit = mongo.visit_history.find_one()
    assert visit["papers"] == ["SICK_NOTE", "VISIT_SUMMARY"]
    assert visit["prescription"][0]["overridden"] == ["ALLERGY", "DOSE"]
    month = mongo.monthly_prescribing.find_one()
    assert [(row["visits"], row["antibiotics"], row["overridden"]) for row in month["doctors"]] == [(1, 1, 1)]
    assert sorted(row["kind"] for row in month["overrides"]) == ["ALLERGY", "DOSE"]

    documents.cancel(session, doctor, note.document_id, "Wrong days")
    equal()
    assert of_day(mongo, "papers", "sick_notes") == (1, 0)


def test_a_cancelled_prescription_counts_as_changed_only(session, equal, mongo, admin, doctor, treat):
    visit_id, invoice_id = treat(paid="0.00")
    billing.cancel(session, admin, invoice_id, "Wrong")
    standing = prescriptions.for_visit(session, doctor, visit_id)
    documents.prescription_paper(session, doctor, standing.prescription_id)
    equal()
    assert of_day(mongo, "papers") == (1,)
    prescriptions.cancel(session, doctor, standing.prescription_id, "Wrong patient")
    equal()

    assert of_day(mongo, "prescriptions", "prescriptions_changed", "papers") == (0, 1, 0)
    assert mongo.monthly_prescribing.find_one()["medicines"] == []


def test_who_opens_a_file_leaves_an_entry_and_has_nothing_counted_again(session, carry, mongo, doctor, treat):
    treat()
    carry()
    patient = session.scalars(select(Patient)).one()
    audit.record(session, doctor, audit.READ, "patient.file_opened", patient)

    assert carry() == Relayed(events=1)
    assert mongo.audit_logs.find_one({"action": "READ"})["event"] == "patient.file_opened"


def test_many_months_cost_as_many_statements_as_one(session, mongo, treat):
    treat()
    months = [periods.from_key(f"2025-{month:02d}") for month in range(1, 13)]

    assert count_statements(session, lambda: monthly_prescribing.by_month(session, months)) == 4
