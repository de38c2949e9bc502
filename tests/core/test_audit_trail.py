"""The search of the audit trail: what is found by which filter, in words, for whom, and taken away as a file."""

import ast
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core import audit_trail, billing, patients, visits
from core import words as words_of
from core.audit_trail import Filters, words
from core.errors import Invalid, NotPermitted
from core.models import AuditAction, PaymentMethod
from core.permissions import Role
from tests.factories import a_batch, a_completed_visit, a_medicine, a_patient, a_token, a_user, a_visit

ROOT = Path(__file__).parents[2]


def found(session, actor, **filters):
    return [line.words for line in audit_trail.search(session, actor, Filters(**filters))]


@pytest.fixture
def day(session, admin, doctor):
    """A patient who is seen and pays, and another one."""
    asha = a_patient(session, "Asha Rao")
    visit = a_visit(session, doctor, asha)
    visits.add_note(session, doctor, visit.visit_id, "Cough for a week")
    visits.complete(session, doctor, visit.visit_id)
    bill = billing.invoice_visit(session, admin, visit.visit_id)
    billing.pay(session, admin, bill.invoice_id, Decimal(500), PaymentMethod.CASH)
    a_patient(session, "Vikram Sen")
    return asha, bill


def test_each_line_says_in_words_who_did_what_to_which_record(session, admin, day):
    asha, bill = day

    newest, paid, *_ = audit_trail.search(session, admin, Filters())

    assert (newest.words, newest.by, newest.role) == ("Patient registered", "Asha Admin", Role.ADMIN)
    assert (paid.words, paid.record.name) == ("Bill paid", f"Bill {bill.number} of Asha Rao ({asha.mrn})")
    assert (paid.record.screen, paid.record.part, paid.record.key) == ("cash", "find", bill.number)
    assert ("paid", "0.00", "500.00") in paid.changes
    assert "Cough" not in str(audit_trail.search(session, admin, Filters()))


def test_a_patients_trail_has_all_that_is_theirs_and_what_was_merged_into_them(session, admin, doctor, day):
    asha, _ = day
    double = a_patient(session, "Asha Rau")
    a_completed_visit(session, doctor, double)
    patients.merge(session, admin, asha.patient_id, double.patient_id)

    lines = audit_trail.search(session, admin, Filters(record=f" {asha.mrn.lower()} "))

    told = [line.words for line in lines]
    assert told[0] == "Two records merged"
    assert {"Bill paid", "Note added", "Visit completed", "Token given"} <= set(told)
    assert (told.count("Patient registered"), told.count("Visit started")) == (2, 2)
    assert not any("Vikram" in line.record.name for line in lines)


def test_bills_batches_and_tokens_are_found_by_their_numbers(session, admin, doctor, day):
    _, bill = day
    a_batch(session, a_medicine(session), 10)
    batch = audit_trail.search(session, admin, Filters(event="batch.received"))[0].record.name.split()[1]
    number = a_token(session, "Anu Rao", doctor).number

    assert found(session, admin, record=bill.number) == ["Bill paid", "Bill made"]
    assert found(session, admin, record=batch) == ["Batch received"]
    today = {"first": date(2025, 3, 1), "last": date(2025, 3, 1)}
    assert found(session, admin, record=str(number), **today) == ["Token given"]
    with pytest.raises(audit_trail.NoSuchRecord, match="No record has the number P-000000"):
        found(session, admin, record="P-000000")


def test_filters_narrow_one_another(session, admin, doctor, day, frozen_clock):
    frozen_clock(day=2)
    a_patient(session, "Anu Rao")
    yesterday = {"first": date(2025, 3, 1), "last": date(2025, 3, 1)}

    assert found(session, admin, first=date(2025, 3, 2)) == ["Patient registered"]
    assert found(session, admin, event="patient.registered", **yesterday) == ["Patient registered"] * 2
    assert {"Token called", "Note added"} < set(found(session, admin, person_id=doctor.user_id))
    assert "Bill paid" not in found(session, admin, person_id=doctor.user_id)
    assert set(found(session, admin, role=Role.DOCTOR, kind="Visits")) == {
        *("Visit started", "Note added", "Visit completed"),
    }
    assert set(found(session, admin, action=AuditAction.CREATE, kind="Bills and money")) == {"Bill made"}
    assert set(found(session, admin, security=True)) == {"User added"}


def test_pages_go_on_where_the_last_one_ended_while_new_events_come(session, admin, day):
    first = audit_trail.search(session, admin, Filters(), most=3)
    a_patient(session, "Meanwhile Rao")
    rest = audit_trail.search(session, admin, Filters(), before=first[-1].event_id, most=100)

    ids = [line.event_id for line in (*first, *rest)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) + 1 == len(audit_trail.search(session, admin, Filters(), most=100))


def test_what_is_taken_away_as_a_file_runs_no_formula_and_is_in_the_trail(session, admin, day):
    odd = a_patient(session, "=1+1")

    rows = audit_trail.take(session, admin, Filters(record=odd.mrn), ".csv")

    assert f"{odd.mrn})" in (text := rows.as_file(".csv").decode("utf-8-sig"))
    assert all(not cell.startswith("=") for cell in re.split(r"[,\r\n]", text))
    assert rows.as_file(".xlsx")[:2] == b"PK"
    newest = audit_trail.search(session, admin, Filters())[0]
    assert (newest.event, dict((field, after) for field, _, after in newest.changes)) == (
        "audit.exported",
        {"rows": 1, "kind": ".csv", "asked_record": odd.mrn},
    )


def test_a_file_is_english_whoever_takes_it(session, admin, day):
    with words_of.read_in("hi"):
        rows = audit_trail.take(session, admin, Filters(event="patient.registered"), ".csv")

    assert [column.name for column in rows.columns][:3] == ["When", "Who", "Role"]
    assert {row[3] for row in rows.rows} == {"Patient registered"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_searches(session, role):
    somebody = a_user(session, role)
    for verb in (audit_trail.search, audit_trail.take):
        with pytest.raises(NotPermitted, match="may not search the audit trail"):
            verb(session, somebody, Filters(), *([".csv"] if verb is audit_trail.take else []))
    for verb in (audit_trail.people, audit_trail.state):
        with pytest.raises(NotPermitted):
            verb(session, somebody)


def test_a_period_the_wrong_way_round_is_refused(session, admin):
    with pytest.raises(Invalid, match="cannot be after the last"):
        found(session, admin, first=date(2025, 3, 2), last=date(2025, 3, 1))


NOUNS = {event.partition(".")[0] for events in words.KINDS.values() for event in events}


def recorded():
    """Every event that a workflow or the simulation names: a text "<noun>.<verb>" anywhere in a module that records."""
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "etl" / "simulate").rglob("*.py")]:
        source = path.read_text()
        if "audit" not in source or {"migrations", "models", "analytics"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "record"):
                yield from event_of(node)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                noun = node.value.partition(".")[0]
                if re.fullmatch(r"[a-z_]+\.[a-z_]+", node.value) and noun in NOUNS and not node.value.endswith(".id"):
                    yield node.value


def event_of(call):
    """The event of `audit.record(session, actor, action, event, …)` where it stands there as text."""
    if len(call.args) > 3 and isinstance(call.args[3], ast.Constant) and isinstance(call.args[3].value, str):
        yield call.args[3].value


def test_every_event_that_is_recorded_has_words():
    known = {event for events in words.KINDS.values() for event in events}
    steps = ("called again", "skipped", "brought back", "finished", "marked as not shown up")
    made = {f"token.{step.replace(' ', '_')}" for step in steps} | {"stock_take.posted", "stock_take.cancelled"}

    assert len(set(recorded())) > 80
    assert {*recorded(), *made} - known == set()
