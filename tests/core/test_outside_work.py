"""Outside one's own work nothing clinical of anybody is read without a reason, and each such opening is kept.

Every function that gives something clinical of a patient stands in READS. One that is added and not listed fails, and
with the guard off each of them reads: what refuses is the guard and nothing else.
"""

import ast
from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, true
from sqlalchemy.exc import DatabaseError

from core import billing, clock, patients, prescriptions, scheduling, token_queue, visits
from core.errors import Invalid, NotFound, NotPermitted
from core.models import AuditEvent, OutsideOpening, Patient
from core.patients import NotAtThePharmacy, ReasonNeeded
from core.permissions import Role
from tests.core.clinical_reads import OTHERWISE_GUARDED, PHARMACY, READS, Seen, refused
from tests.factories import a_completed_visit, a_patient, a_slot, a_token, a_user
from tests.statements import count_statements

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def seen(session, doctor):
    return Seen(session, doctor)


@pytest.fixture
def colleague(session):
    return a_user(session, Role.DOCTOR, "Dr Rao")


def may_read(session, actor, patient_id):
    try:
        patients.check_open(session, actor, patient_id)
    except ReasonNeeded:
        return False
    return True


def kept(session):
    rows = select(OutsideOpening.patient_id, OutsideOpening.user_id, OutsideOpening.reason)
    return [tuple(row) for row in session.execute(rows.order_by(OutsideOpening.id))]


def test_everything_that_gives_something_clinical_of_a_patient_is_listed_here():
    """Whatever asks for one of the two rights to read, by its text."""
    asks = set()
    core = Path(patients.__file__).parent.parent
    for path in [path for path in core.rglob("*.py") if "Permission.READ_" in path.read_text()]:
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                rights = {ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.Attribute)}
                if rights & {"Permission.READ_CLINICAL", "Permission.READ_PRESCRIPTIONS"}:
                    asks.add(f"{path.parent.name}.{function.name}")

    listed = set(READS) - {"patient_file.timeline", "prescriptions.review"}  # these ask for other rights
    assert asks == listed | set(OTHERWISE_GUARDED)


def test_a_doctor_reads_on_without_a_word_where_the_patient_was_theirs(session, doctor, seen):
    assert refused(session, doctor, seen) == set()
    assert kept(session) == []


@pytest.mark.parametrize("who", ["colleague", "admin"])
def test_outside_ones_work_every_way_to_the_file_needs_a_reason_that_holds_for_a_shift(
    session, seen, frozen_clock, request, who
):
    actor = request.getfixturevalue(who)
    assert refused(session, actor, seen) == set(READS)
    with pytest.raises(ReasonNeeded):
        patients.open_file(session, actor, seen.patient_id)
    assert kept(session) == []

    patients.open_file(session, actor, seen.patient_id, "Covering for a colleague")

    assert refused(session, actor, seen) == set()
    assert kept(session) == [(seen.patient_id, actor.user_id, "Covering for a colleague")]
    frozen_clock(hour=21, minute=59)
    assert refused(session, actor, seen) == set()
    frozen_clock(hour=22)
    assert refused(session, actor, seen) == set(READS)


def test_with_the_guard_off_a_stranger_reads_everything(session, colleague, seen, monkeypatch):
    """So the refusals above are the guard's."""
    monkeypatch.setattr(patients, "check_open", lambda *args: None)
    monkeypatch.setattr(patients, "open_to", lambda *args: true())

    assert refused(session, colleague, seen) == set()


def test_a_reason_is_given_for_one_file_and_by_one_person(session, colleague, admin, seen):
    other = a_patient(session, "Vikram Sen")
    patients.open_file(session, colleague, seen.patient_id, "Emergency")

    assert not may_read(session, colleague, other.patient_id)
    assert not may_read(session, admin, seen.patient_id)


def test_whoever_waits_or_is_booked_is_within_a_doctors_work(session, doctor, colleague, receptionist, frozen_clock):
    anyone, mine = a_token(session), a_token(session, "Vikram Sen", doctor)
    assert [may_read(session, who, anyone.patient_id) for who in (doctor, colleague)] == [True, True]
    assert [may_read(session, who, mine.patient_id) for who in (doctor, colleague)] == [True, False]

    token_queue.transfer(session, receptionist, mine.token_id, colleague.user_id)
    assert [may_read(session, who, mine.patient_id) for who in (doctor, colleague)] == [False, True]
    token_queue.mark_no_show(session, receptionist, anyone.token_id)
    assert not may_read(session, doctor, anyone.patient_id)

    booked = a_patient(session, "Meera Das").patient_id
    appointment = scheduling.book(session, receptionist, a_slot(session, doctor, date(2025, 3, 3), time(9)), booked)
    assert [may_read(session, who, booked) for who in (doctor, colleague)] == [True, False]
    scheduling.cancel(session, receptionist, appointment.appointment_id, "Is well again")
    assert not may_read(session, doctor, booked)

    frozen_clock(day=2)
    assert may_read(session, colleague, mine.patient_id)  # called past midnight, or written up in the morning
    frozen_clock(day=3)
    assert not may_read(session, colleague, mine.patient_id)


def test_an_administrator_is_within_nobodys_treatment(session, admin):
    assert not may_read(session, admin, a_token(session).patient_id)


def test_a_merged_record_is_the_same_person(session, doctor, colleague, admin, seen):
    double = a_patient(session, "Aasha Rao").patient_id
    patients.open_file(session, colleague, double, "Emergency")
    assert not may_read(session, doctor, double)

    done = patients.merge(session, admin, seen.patient_id, double)
    assert may_read(session, doctor, double)
    assert may_read(session, colleague, seen.patient_id)

    patients.undo_merge(session, admin, done.merge_id)
    assert not may_read(session, doctor, double)
    assert not may_read(session, colleague, seen.patient_id)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("   ", "The reason is missing"),
        ("\u202e\u200b\0", "The reason is missing"),
        (". - .", "too short"),
        ("12345", "too short"),
        ("x" * 201, "too long: 201 characters"),
    ],
)
def test_a_reason_that_says_nothing_opens_nothing(session, colleague, seen, typed, sentence):
    with pytest.raises(Invalid, match=sentence):
        patients.open_file(session, colleague, seen.patient_id, typed)

    assert kept(session) == []
    assert refused(session, colleague, seen) == set(READS)


def test_own_words_stay_out_of_the_trail_and_odd_ones_are_text(session, colleague, admin, seen, frozen_clock):
    typed = "=cmd <b>Röntgen\u202e</b> \0 \ud800 மருத்துவர்"
    patients.open_file(session, colleague, seen.patient_id, typed)
    patients.open_file(session, admin, seen.patient_id, "Quality check")

    said, offered = session.scalars(
        select(AuditEvent.changes).where(AuditEvent.event == "patient.file_opened_outside").order_by(AuditEvent.id)
    )
    assert (set(said), offered["reason"]) == ({"opening_id"}, [None, "Quality check"])
    today = clock.today()
    mine, cleaned = patients.list_outside(session, admin, today, today)
    assert (cleaned.by, cleaned.patient, cleaned.mrn) == ("Dr Rao", "Asha Rao", seen.mrn)
    assert cleaned.reason == "=cmd <b>Röntgen</b> மருத்துவர்"
    assert [one.reason for one in patients.list_openings(session, admin, seen.patient_id)] == [
        "Quality check",
        cleaned.reason,
    ]
    assert patients.list_outside(session, admin, today, today, admin.user_id) == [mine]
    assert patients.count_outside(session, admin, today, today) == 2
    frozen_clock(day=2)
    assert patients.list_outside(session, admin, clock.today(), clock.today()) == []
    with pytest.raises(NotPermitted):
        patients.list_outside(session, colleague, today, today)
    with pytest.raises(NotPermitted):
        patients.count_outside(session, colleague, today, today)


def test_a_second_tab_says_why_only_once(session, colleague, seen):
    for reason in ("Emergency", "Asked by the patient"):
        patients.open_file(session, colleague, seen.patient_id, reason)

    assert [reason for *_, reason in kept(session)] == ["Emergency"]
    events = select(func.count(AuditEvent.id)).where(AuditEvent.event.startswith("patient.file_opened"))
    assert session.scalar(events) == 1


def test_whoever_is_within_their_work_gives_no_reason_even_if_they_send_one(session, doctor, seen):
    patients.open_file(session, doctor, seen.patient_id, "Emergency")

    assert kept(session) == []


def test_what_was_said_stays_said(session, colleague, seen):
    patients.open_file(session, colleague, seen.patient_id, "Emergency")

    for statement in ("UPDATE outside_openings SET reason = 'Nothing'", "DELETE FROM outside_openings"):
        with pytest.raises(DatabaseError, match="outside_openings"), session.begin_nested():
            session.execute(text(statement))


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.PHARMACIST, Role.MANAGER, Role.ANALYST])
def test_no_reason_makes_up_for_a_right(session, seen, role):
    actor = a_user(session, role)
    with pytest.raises(NotPermitted):
        patients.open_file(session, actor, seen.patient_id, "Emergency")

    for name, read in READS.items():
        if not (role is Role.PHARMACIST and name in PHARMACY) and not (
            role is Role.RECEPTION and name == "patient_file.timeline"
        ):
            with pytest.raises((NotPermitted, NotFound)):
                read(session, actor, seen)


def test_a_pharmacist_reads_prescriptions_of_whoever_comes_to_the_counter(
    session, doctor, admin, pharmacist, frozen_clock
):
    seen, billed = Seen(session, doctor), a_completed_visit(session, doctor)
    billing.invoice_visit(session, admin, billed.visit_id)
    for name in PHARMACY:
        READS[name](session, pharmacist, seen)

    frozen_clock(day=3)

    for name in PHARMACY:
        with pytest.raises(NotAtThePharmacy, match=r"^This patient has no bill"):
            READS[name](session, pharmacist, seen)
    patients.check_open(session, pharmacist, billed.patient.patient_id)


def test_the_room_pays_no_statement_for_it(session, doctor, seen):
    """What the room reads of a patient of one's own, with and without the guard in it."""

    def room():
        visits.get(session, doctor, seen.visit_id)
        prescriptions.for_visit(session, doctor, seen.visit_id)
        prescriptions.former(session, doctor, seen.visit_id)
        visits.history(session, doctor, seen.patient_id)
        visits.vital_trends(session, doctor, seen.patient_id)

    guarded = count_statements(session, room)
    with pytest.MonkeyPatch.context() as off:
        off.setattr(patients, "check_open", lambda *args: None)
        off.setattr(patients, "open_to", lambda *args: true())
        assert guarded == count_statements(session, room)


def test_outside_it_is_one_statement(session, colleague, seen):
    def ask():
        with pytest.raises(ReasonNeeded):
            patients.check_open(session, colleague, seen.patient_id)

    assert count_statements(session, ask) == 1


def test_who_is_not_there_is_not_opened(session, colleague):
    nobody = session.scalar(select(func.coalesce(func.max(Patient.id), 0))) + 1
    with pytest.raises(NotFound):
        patients.open_file(session, colleague, nobody, "Emergency")
    assert visits.history(session, colleague, nobody) == []
