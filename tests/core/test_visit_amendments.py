"""After the signature: a visit is locked, and its doctor amends it with a reason."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import quality, visits
from core.errors import Invalid, NotFound
from core.models import AuditEvent
from core.permissions import Role
from core.visits import Measurements
from tests.factories import a_completed_visit, a_user, a_visit

pytestmark = pytest.mark.usefixtures("without_redis")


def fresh(session, doctor, visit):
    session.expire_all()
    return visits.get(session, doctor, visit.visit_id)


def test_an_amended_note_keeps_what_stood_before(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    first = visits.add_note(session, doctor, visit_id, "Cough for 3 days.\nNo fever.")

    second = visits.amend_note(session, doctor, first.note_id, "Cough for 5 days.\nNo fever.")

    assert visits.get(session, doctor, visit_id).notes == (first, second)
    assert (second.amends_id, second.author) == (first.note_id, "Dr Sen")
    with pytest.raises(visits.NoteAmended):
        visits.amend_note(session, doctor, first.note_id, "Cough for a week.")


def test_the_database_refuses_to_overwrite_a_note(session, doctor):
    visits.add_note(session, doctor, a_visit(session, doctor).visit_id, "Cough")

    with pytest.raises(DBAPIError, match="visit_notes is append-only"):
        session.execute(text("UPDATE visit_notes SET body = 'Fever'"))


@pytest.mark.parametrize(("body", "sentence"), [(" \n ", "text of the note is missing"), ("a" * 10_001, "too long")])
def test_a_note_says_something_and_not_too_much(session, doctor, body, sentence):
    with pytest.raises(Invalid, match=sentence):
        visits.add_note(session, doctor, a_visit(session, doctor).visit_id, body)


def test_an_unknown_note_is_not_amended(session, doctor):
    with pytest.raises(NotFound, match="There is no note 999"):
        visits.amend_note(session, doctor, 999, "Cough")


WRITES = {
    "record_vitals": lambda session, actor, visit: visits.record_vitals(
        session, actor, visit.visit_id, Measurements(pulse_bpm=72)
    ),
    "add_diagnosis": lambda session, actor, visit: visits.add_diagnosis(session, actor, visit.visit_id, "I10"),
    "remove_diagnosis": lambda session, actor, visit: visits.remove_diagnosis(
        session, actor, visit.visit_id, visit.diagnoses[0].diagnosis_id
    ),
    "add_note": lambda session, actor, visit: visits.add_note(session, actor, visit.visit_id, "Cough"),
    "complete": lambda session, actor, visit: visits.complete(session, actor, visit.visit_id),
    "cancel": lambda session, actor, visit: visits.cancel(session, actor, visit.visit_id, "Left"),
    "start": lambda session, actor, visit: visits.start(session, actor, visit.token_id),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_completed_visit_is_locked(session, doctor, write):
    visit = a_completed_visit(session, doctor)

    with pytest.raises(visits.VisitLocked, match=r"This visit is completed and cannot be changed. Amend it"):
        WRITES[write](session, doctor, visit)


def test_after_completion_a_note_with_a_reason_is_added_or_amended(session, doctor):
    visit = a_completed_visit(session, doctor)

    late = visits.add_note(session, doctor, visit.visit_id, "X-ray clear", reason="Result came later")
    with pytest.raises(visits.VisitLocked):
        visits.amend_note(session, doctor, late.note_id, "X-ray clear, left side")
    visits.amend_note(session, doctor, late.note_id, "X-ray clear, left side", reason="Side was missing")

    assert [note.reason for note in visits.get(session, doctor, visit.visit_id).notes] == [
        *("Result came later", "Side was missing")
    ]


@pytest.mark.parametrize("write", sorted(WRITES.keys() - {"start", "remove_diagnosis"}))
def test_a_visit_is_changed_by_its_own_doctor_only(session, doctor, write):
    visit, other = a_visit(session, doctor), a_user(session, Role.DOCTOR, "Dr Iyer")

    with pytest.raises(visits.NotYourVisit, match="This visit is with Dr Sen"):
        WRITES[write](session, other, visit)


def test_a_visit_signed_without_a_code_gets_it_later_and_its_day_is_counted_again(session, doctor, frozen_clock):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Sore throat.")
    visits.complete(session, doctor, visit.visit_id)
    frozen_clock(day=4)

    late = visits.add_diagnosis(session, doctor, visit.visit_id, "j029", reason="Swab came back")

    assert fresh(session, doctor, visit).diagnoses == (late,)
    assert (late.code, late.reason, late.recorded_by) == ("J02.9", "Swab came back", "Dr Sen")
    noted = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (noted.event, noted.visit_id, noted.changes) == ("diagnosis.added_late", visit.visit_id, {})
    assert noted.days == [date(2025, 3, 1), date(2025, 3, 4)]


def test_a_struck_diagnosis_stays_readable_and_counts_nowhere(session, doctor, frozen_clock):
    visit = a_completed_visit(session, doctor, code="J06.9")
    [wrong] = visit.diagnoses
    frozen_clock(day=4)

    visits.strike_diagnosis(session, doctor, visit.visit_id, wrong.diagnosis_id, " It was\nmeasles ")
    right = visits.add_diagnosis(session, doctor, visit.visit_id, "B05.9", reason="Rash came out")

    amended = fresh(session, doctor, visit)
    assert amended.diagnoses == (right,)
    [struck] = amended.struck_diagnoses
    assert (struck.code, struck.struck.reason, struck.struck.by) == ("J06.9", "It was measles", "Dr Sen")
    assert [past.diagnoses for past in visits.history(session, doctor, visit.patient.patient_id)] == [(right,)]
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "diagnosis.struck")).all()
    assert [(event.changes, event.days) for event in events] == [({}, [date(2025, 3, 1), date(2025, 3, 4)])]


def test_what_is_struck_twice_is_refused_and_the_same_code_can_be_given_again(session, doctor):
    visit = a_completed_visit(session, doctor, code="J06.9")
    strike = visits.strike_diagnosis, session, doctor, visit.visit_id, visit.diagnoses[0].diagnosis_id
    strike[0](*strike[1:], "Typed in error")

    with pytest.raises(visits.StruckAlready, match=r"J06\.9 is struck already"):
        strike[0](*strike[1:], "Typed in error")
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9", reason="It was right after all")
    with pytest.raises(visits.DiagnosisThere):
        visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9", reason="Again")


def test_vitals_of_somebody_else_are_struck_in_an_open_visit_too(session, doctor):
    visit = a_visit(session, doctor)
    wrong, right = (
        visits.record_vitals(session, doctor, visit.visit_id, Measurements(systolic_mmhg=pressure))
        for pressure in (250, 120)
    )

    visits.strike_vitals(session, doctor, visit.visit_id, wrong.vitals_id, "Cuff on the wrong patient")

    seen = fresh(session, doctor, visit)
    assert seen.vitals == (right,)
    assert [(taken.vitals_id, taken.struck.reason) for taken in seen.struck_vitals] == [
        (wrong.vitals_id, "Cuff on the wrong patient")
    ]


def test_vitals_come_late_with_a_reason_and_only_what_stands_is_past(session, doctor):
    visit = a_completed_visit(session, doctor)
    first = visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=72), reason="On paper")
    last = visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=172), reason="On paper")
    visits.strike_vitals(session, doctor, visit.visit_id, last.vitals_id, "Slip of the pen")

    [past] = visits.history(session, doctor, visit.patient.patient_id)
    assert past.vitals == first
    assert first.reason == "On paper"


def test_the_list_of_records_to_mend_passes_over_what_is_struck(session, doctor, admin):
    def found(key):
        return [record.record_id for record in quality.records(session, doctor, quality.find(key))]

    visit = a_visit(session, doctor)
    coded = visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    taken = visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=299))
    visits.complete(session, doctor, visit.visit_id)
    assert (found("vitals"), found("uncoded")) == ([visit.visit_id], [])

    visits.strike_vitals(session, doctor, visit.visit_id, taken.vitals_id, "Slip of the pen")
    visits.strike_diagnosis(session, doctor, visit.visit_id, coded.diagnosis_id, "Another patient's")

    assert (found("vitals"), found("uncoded")) == ([], [visit.visit_id])


def test_a_follow_up_is_moved_with_a_reason_and_the_change_stays_readable(session, doctor, frozen_clock):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Cough")
    visits.complete(session, doctor, visit.visit_id, date(2025, 3, 10))
    frozen_clock(day=2)

    visits.move_follow_up(session, doctor, visit.visit_id, date(2025, 3, 17), "Travels next week")

    moved = fresh(session, doctor, visit)
    assert moved.follow_up_on == date(2025, 3, 17)
    told = moved.notes[-1]
    assert (told.body, told.reason) == ("Follow-up: 17 March 2025 instead of 10 March 2025.", "Travels next week")
    noted = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (noted.event, noted.days) == (
        "visit.follow_up_moved",
        [date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 10), date(2025, 3, 17)],
    )
    with pytest.raises(visits.SameFollowUp):
        visits.move_follow_up(session, doctor, visit.visit_id, date(2025, 3, 17), "Again")
    with pytest.raises(Invalid, match=r"after today .* The reason is missing"):
        visits.move_follow_up(session, doctor, visit.visit_id, date(2025, 3, 2), " ")


def test_the_follow_up_of_an_open_visit_is_set_by_completing_it(session, doctor):
    with pytest.raises(visits.NotCompleted, match="This visit is open"):
        visits.move_follow_up(session, doctor, a_visit(session, doctor).visit_id, date(2025, 3, 9), "Later")


def test_a_cancelled_visit_takes_no_amendment(session, doctor):
    visit = a_visit(session, doctor)
    visits.cancel(session, doctor, visit.visit_id, "Left")

    for amend in AMENDMENTS.values():
        with pytest.raises(visits.VisitLocked, match="This visit is cancelled and cannot be changed"):
            amend(session, doctor, visit, "Late")


AMENDMENTS = {
    "add_diagnosis": lambda session, actor, visit, reason: visits.add_diagnosis(
        session, actor, visit.visit_id, "I10", reason=reason
    ),
    "record_vitals": lambda session, actor, visit, reason: visits.record_vitals(
        session, actor, visit.visit_id, Measurements(pulse_bpm=72), reason=reason
    ),
    "strike_diagnosis": lambda session, actor, visit, reason: visits.strike_diagnosis(
        session, actor, visit.visit_id, 1, reason
    ),
    "strike_vitals": lambda session, actor, visit, reason: visits.strike_vitals(
        session, actor, visit.visit_id, 1, reason
    ),
    "move_follow_up": lambda session, actor, visit, reason: visits.move_follow_up(
        session, actor, visit.visit_id, date(2025, 3, 9), reason
    ),
    "add_note": lambda session, actor, visit, reason: visits.add_note(session, actor, visit.visit_id, "Fine", reason),
}


@pytest.mark.parametrize("amend", AMENDMENTS)
def test_only_the_visits_own_doctor_amends_it(session, doctor, admin, amend):
    visit = a_completed_visit(session, doctor)

    for other in (a_user(session, Role.DOCTOR), admin):
        with pytest.raises(visits.NotYourVisit, match=r"This visit is with Dr Sen\. Only Dr Sen can change it"):
            AMENDMENTS[amend](session, other, visit, "Late")


@pytest.mark.parametrize("reason", ["x" * 201, "\0 \u200b"])
@pytest.mark.parametrize("amend", AMENDMENTS)
def test_no_amendment_without_a_readable_reason(session, doctor, amend, reason):
    visit = a_completed_visit(session, doctor)

    with pytest.raises((Invalid, visits.VisitLocked), match="reason"):
        AMENDMENTS[amend](session, doctor, visit, reason)


def test_a_finding_of_another_visit_is_not_struck(session, doctor):
    visit, other = (a_completed_visit(session, doctor) for _ in range(2))

    with pytest.raises(NotFound, match="There is no diagnosis"):
        visits.strike_diagnosis(session, doctor, visit.visit_id, other.diagnoses[0].diagnosis_id, "Wrong")
