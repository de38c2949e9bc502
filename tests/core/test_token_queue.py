"""The queue without Redis' help: what PostgreSQL alone answers. Redis' part is in test_token_queue_line.py."""

from datetime import date

import pytest
from sqlalchemy import select

from core import patients, scheduling, token_queue, visits
from core.errors import NotFound, NotPermitted
from core.models import AppointmentState, AuditEvent, Priority, TokenState
from core.patients import AlreadyArchived
from core.permissions import Role
from core.token_queue import AlreadyInQueue, NotYourQueue, StillServing, VisitOpen, WrongTokenState
from tests.factories import a_patient, a_token, a_user, an_appointment

pytestmark = pytest.mark.usefixtures("without_redis")


def test_numbers_go_up_from_one_each_day(session, receptionist, frozen_clock):
    assert [a_token(session, name).number for name in ("Asha", "Vikram")] == [1, 2]

    frozen_clock(day=2)
    assert a_token(session, "Meena").number == 1


def test_a_day_begins_at_midnight_on_the_clinics_wall(session, frozen_clock):
    frozen_clock(day=1, hour=23, minute=59)
    last_of_the_day = a_token(session)
    frozen_clock(day=2, hour=0, minute=1)  # still 1 March in UTC

    assert (last_of_the_day.number, a_token(session).number) == (1, 1)


def test_whoever_came_first_is_called_first(session, doctor):
    a_token(session, "Asha", doctor)
    a_token(session, "Vikram", doctor)

    assert token_queue.call_next(session, doctor, doctor.user_id).patient_name == "Asha"


def test_an_empty_queue_calls_nobody(session, doctor):
    assert token_queue.call_next(session, doctor, doctor.user_id) is None


@pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.ELDERLY, Priority.PREGNANT, Priority.CHILD])
def test_priority_goes_before_those_who_came_a_little_earlier(session, doctor, frozen_clock, priority):
    a_token(session, "Asha", doctor)
    frozen_clock(minute=10)
    a_token(session, "Vikram", doctor, priority=priority)

    assert token_queue.call_next(session, doctor, doctor.user_id).patient_name == "Vikram"


def test_who_waits_for_anyone_is_called_by_whoever_is_free_first(session, doctor):
    for_anyone = a_token(session, "Asha")
    other = a_user(session, Role.DOCTOR)
    a_token(session, "Vikram", doctor)

    called = token_queue.call_next(session, other, other.user_id)

    assert (called.token_id, called.doctor_id) == (for_anyone.token_id, other.user_id)
    assert token_queue.call_next(session, doctor, doctor.user_id).patient_name == "Vikram"


def test_a_doctor_has_one_patient_at_a_time(session, doctor):
    a_token(session, "Asha", doctor)
    a_token(session, "Vikram", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)

    with pytest.raises(StillServing, match="Token 1 is still with this doctor"):
        token_queue.call_next(session, doctor, doctor.user_id)


def test_a_doctor_calls_from_the_own_queue_only(session, doctor):
    other = a_user(session, Role.DOCTOR)

    with pytest.raises(NotYourQueue):
        token_queue.call_next(session, doctor, other.user_id)


@pytest.mark.parametrize("step", [token_queue.skip, token_queue.finish, token_queue.recall, token_queue.mark_no_show])
def test_a_doctor_leaves_another_doctors_patient_alone(session, doctor, step):
    other = a_user(session, Role.DOCTOR)
    token = a_token(session, "Asha", other)
    token_queue.call_next(session, other, other.user_id)

    with pytest.raises(NotYourQueue, match="A doctor calls and moves patients of the own queue only"):
        step(session, doctor, token.token_id)
    with pytest.raises(NotYourQueue):
        token_queue.transfer(session, doctor, token.token_id, doctor.user_id)


def test_reception_may_call_for_a_doctor(session, doctor, receptionist):
    asha = a_token(session, "Asha", doctor)

    assert token_queue.call_next(session, receptionist, doctor.user_id).token_id == asha.token_id


def test_a_patient_is_in_the_queue_once_a_day(session, receptionist):
    asha = a_patient(session, "Asha Rao")
    token_queue.walk_in(session, receptionist, asha.patient_id)

    with pytest.raises(AlreadyInQueue, match="Asha Rao is already in today's queue with token 1"):
        token_queue.walk_in(session, receptionist, asha.patient_id)


def test_whoever_was_seen_may_come_again_on_the_same_day(session, receptionist, doctor):
    token = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    token_queue.finish(session, doctor, token.token_id)

    assert token_queue.walk_in(session, receptionist, token.patient_id).number == 2


def test_a_skipped_patient_comes_back_to_the_place_held_before(session, doctor):
    asha = a_token(session, "Asha", doctor)
    a_token(session, "Vikram", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    token_queue.skip(session, doctor, asha.token_id)
    token_queue.bring_back(session, doctor, asha.token_id)

    assert token_queue.call_next(session, doctor, doctor.user_id).token_id == asha.token_id


def test_a_transferred_patient_is_called_by_the_other_doctor(session, doctor, receptionist):
    other = a_user(session, Role.DOCTOR)
    asha = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)

    moved = token_queue.transfer(session, receptionist, asha.token_id, other.user_id)

    assert (moved.state, moved.doctor_id) == (TokenState.WAITING, other.user_id)
    assert token_queue.call_next(session, doctor, doctor.user_id) is None
    assert token_queue.call_next(session, other, other.user_id).token_id == asha.token_id


def test_finishing_twice_is_no_matter(session, doctor):
    token = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    token_queue.finish(session, doctor, token.token_id)

    assert token_queue.finish(session, doctor, token.token_id).state is TokenState.FINISHED


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (token_queue.recall, "Token 1 is waiting and cannot be called again."),
        (token_queue.bring_back, "Token 1 is waiting and cannot be brought back."),
        (token_queue.finish, "Token 1 is waiting and cannot be finished."),
    ],
)
def test_a_step_that_does_not_fit_the_state_is_refused(session, doctor, step, sentence):
    token = a_token(session, "Asha", doctor)

    with pytest.raises(WrongTokenState) as refusal:
        step(session, doctor, token.token_id)

    assert str(refusal.value) == sentence


def test_who_left_is_not_called_any_more(session, doctor, receptionist):
    asha = a_token(session, "Asha", doctor)

    token_queue.mark_no_show(session, receptionist, asha.token_id)

    assert token_queue.call_next(session, doctor, doctor.user_id) is None
    with pytest.raises(WrongTokenState, match="The patient of token 1 has left: it cannot be skipped"):
        token_queue.skip(session, receptionist, asha.token_id)


def test_who_left_is_off_the_book_too(session, doctor, receptionist, frozen_clock):
    frozen_clock(hour=8)
    booked = an_appointment(session, doctor, day=date(2025, 3, 1))
    token = token_queue.check_in(session, receptionist, booked.appointment_id)

    token_queue.mark_no_show(session, receptionist, token.token_id)

    (left,) = scheduling.list_appointments(session, receptionist, date(2025, 3, 1))
    assert (left.state, left.reason) == (AppointmentState.CANCELLED, "Left unseen")


def test_who_was_seen_without_a_visit_on_record_is_off_the_book_too(session, doctor, receptionist, frozen_clock):
    frozen_clock(hour=8)
    booked = an_appointment(session, doctor, day=date(2025, 3, 1))
    token_queue.check_in(session, receptionist, booked.appointment_id)
    token = token_queue.call_next(session, receptionist, doctor.user_id)

    token_queue.finish(session, receptionist, token.token_id)

    (seen,) = scheduling.list_appointments(session, receptionist, date(2025, 3, 1))
    assert seen.state is AppointmentState.COMPLETED


@pytest.mark.parametrize(
    "leave", [token_queue.skip, token_queue.mark_no_show, lambda *a: token_queue.transfer(*a, None)]
)
def test_nobody_is_taken_out_of_a_visit_that_has_begun(session, doctor, leave):
    token = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    visits.start(session, doctor, token.token_id)

    with pytest.raises(VisitOpen, match="The visit of token 1 has begun"):
        leave(session, doctor, token.token_id)


def test_an_archived_patient_gets_no_token(session, receptionist):
    asha = a_patient(session)
    patients.archive(session, receptionist, asha.patient_id)

    with pytest.raises(AlreadyArchived):
        token_queue.walk_in(session, receptionist, asha.patient_id)


def test_unknown_doctors_and_tokens_are_refused(session, receptionist):
    asha = a_patient(session)

    with pytest.raises(NotFound, match="There is no doctor 999"):
        token_queue.walk_in(session, receptionist, asha.patient_id, 999)
    with pytest.raises(NotFound, match="There is no token 999"):
        token_queue.skip(session, receptionist, 999)


def test_a_doctor_gives_out_no_tokens_and_a_pharmacist_sees_no_queue(session, doctor, pharmacist):
    with pytest.raises(NotPermitted):
        token_queue.walk_in(session, doctor, a_patient(session).patient_id)
    with pytest.raises(NotPermitted):
        token_queue.board(session, pharmacist)


def test_the_board_shows_called_then_waiting_in_order_then_skipped(session, doctor, receptionist):
    tokens = [a_token(session, name, doctor) for name in ("Asha", "Vikram", "Meena", "Ravi")]
    token_queue.skip(session, receptionist, tokens[1].token_id)
    token_queue.call_next(session, doctor, doctor.user_id)

    assert [card.patient_name for card in token_queue.board(session, receptionist)] == [
        *("Asha", "Meena", "Ravi", "Vikram")
    ]


def test_the_waiting_room_sees_numbers_and_rooms_but_no_patient(session, doctor):
    for name in ("Asha", "Vikram", "Meena"):
        a_token(session, name, doctor)
    called = token_queue.call_next(session, doctor, doctor.user_id)

    board = token_queue.public_board(session)

    assert [(now.number, now.room) for now in board.calling] == [(1, called.room)]
    assert board.waiting == (2, 3)
    assert not {"Asha", "Vikram", "Meena"} & set(repr(board).split("'"))


def test_every_step_is_audited_with_the_day_it_belongs_to(session, doctor):
    token = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    token_queue.finish(session, doctor, token.token_id)

    events = session.scalars(select(AuditEvent).where(AuditEvent.resource_type == "tokens").order_by(AuditEvent.id))

    assert [(e.event, e.days) for e in events] == [
        (event, [date(2025, 3, 1)]) for event in ("token.issued", "token.called", "token.finished")
    ]
