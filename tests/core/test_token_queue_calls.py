"""Calling a certain patient, putting a call back, another priority, another room."""

import pytest
from sqlalchemy import select

from core import clock, token_queue, visits
from core.errors import Invalid, NotPermitted
from core.models import AuditEvent, Doctor, Priority, TokenState
from core.permissions import Role
from core.token_queue import (
    CalledTooLongAgo,
    NotYourQueue,
    StillServing,
    VisitOpen,
    WaitsForAnother,
    WrongTokenState,
)
from tests.factories import a_token, a_user

pytestmark = pytest.mark.usefixtures("without_redis")


def last_event(session):
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()


def test_a_doctor_calls_a_certain_patient_and_the_trail_tells_how_many_were_passed_over(session, doctor, frozen_clock):
    for minute, name in enumerate(("Asha", "Vikram")):
        frozen_clock(minute=minute)
        a_token(session, name, doctor)
    frozen_clock(minute=5)
    meena = a_token(session, "Meena", doctor)

    called = token_queue.call(session, doctor, meena.token_id, doctor.user_id)

    assert (called.state, called.number) == (TokenState.CALLED, 3)
    event = last_event(session)
    assert (event.event, event.changes["passed_over"]) == ("token.called", [None, 2])
    token_queue.finish(session, doctor, meena.token_id)
    assert token_queue.call_next(session, doctor, doctor.user_id).patient_name == "Asha"


def test_who_was_skipped_and_stands_at_the_door_is_called(session, doctor):
    asha = a_token(session, "Asha", doctor)
    token_queue.skip(session, doctor, asha.token_id)

    assert token_queue.call(session, doctor, asha.token_id, doctor.user_id).state is TokenState.CALLED


def test_who_waits_for_anyone_may_be_called_by_a_certain_doctor(session, doctor):
    asha = a_token(session, "Asha")

    assert token_queue.call(session, doctor, asha.token_id, doctor.user_id).doctor_id == doctor.user_id


def test_nobody_is_called_away_from_another_doctor(session, doctor, receptionist):
    asha = a_token(session, "Asha", a_user(session, Role.DOCTOR))

    with pytest.raises(WaitsForAnother, match="Token 1 waits for another doctor"):
        token_queue.call(session, receptionist, asha.token_id, doctor.user_id)


def test_a_certain_patient_waits_like_any_while_another_is_with_the_doctor(session, doctor):
    a_token(session, "Asha", doctor)
    vikram = a_token(session, "Vikram", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)

    with pytest.raises(StillServing):
        token_queue.call(session, doctor, vikram.token_id, doctor.user_id)


def test_a_token_that_is_over_is_not_called(session, doctor):
    asha = a_token(session, "Asha", doctor)
    token_queue.mark_no_show(session, doctor, asha.token_id)

    with pytest.raises(WrongTokenState, match="The patient of token 1 has left: it cannot be called"):
        token_queue.call(session, doctor, asha.token_id, doctor.user_id)


def test_yesterdays_token_is_not_called(session, doctor, frozen_clock):
    asha = a_token(session, "Asha", doctor)
    frozen_clock(day=2)

    with pytest.raises(token_queue.TokenOfAnotherDay, match="given out on another day"):
        token_queue.call(session, doctor, asha.token_id, doctor.user_id)


def test_a_pharmacist_calls_nobody(session, doctor, pharmacist):
    asha = a_token(session, "Asha", doctor)

    for verb, last in ((token_queue.call, doctor.user_id), (token_queue.set_priority, Priority.CHILD)):
        with pytest.raises(NotPermitted):
            verb(session, pharmacist, asha.token_id, last)


def test_a_call_by_mistake_is_put_back_to_the_place_it_had(session, doctor, frozen_clock):
    asha = a_token(session, "Asha")
    frozen_clock(minute=1)
    a_token(session, "Vikram", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)

    back = token_queue.put_back(session, doctor, asha.token_id)

    assert (back.state, back.doctor_id, back.called_at) == (TokenState.WAITING, None, None)
    assert last_event(session).event == "token.put_back"
    assert token_queue.call_next(session, doctor, doctor.user_id).token_id == asha.token_id


def test_who_was_skipped_and_is_called_by_mistake_is_skipped_again(session, doctor):
    asha = a_token(session, "Asha", doctor)
    token_queue.skip(session, doctor, asha.token_id)
    token_queue.call(session, doctor, asha.token_id, doctor.user_id)

    back = token_queue.put_back(session, doctor, asha.token_id)

    assert back.state is TokenState.SKIPPED
    assert token_queue.call_next(session, doctor, doctor.user_id) is None


@pytest.mark.parametrize("again", [token_queue.bring_back, lambda *asked: token_queue.transfer(*asked, None)])
def test_who_waits_again_after_being_skipped_is_put_back_to_wait(session, doctor, again):
    asha = a_token(session, "Asha", doctor)
    token_queue.skip(session, doctor, asha.token_id)
    again(session, doctor, asha.token_id)
    token_queue.call_next(session, doctor, doctor.user_id)

    assert token_queue.put_back(session, doctor, asha.token_id).state is TokenState.WAITING


def test_calling_again_rings_again_and_makes_no_wait_longer(session, doctor, frozen_clock):
    asha = a_token(session, "Asha", doctor)
    frozen_clock(minute=10)
    first = token_queue.call_next(session, doctor, doctor.user_id)
    frozen_clock(minute=14)

    again = token_queue.recall(session, doctor, asha.token_id)

    assert (again.called_at, again.waited) == (first.called_at, 10)
    assert token_queue.public_board(session).calling[0].rung_at == clock.now()
    with pytest.raises(CalledTooLongAgo):  # nor does it give a minute more to put the call back
        token_queue.put_back(session, doctor, asha.token_id)


def test_a_call_is_put_back_within_a_minute_only(session, doctor, frozen_clock):
    asha = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    frozen_clock(minute=2)

    with pytest.raises(CalledTooLongAgo, match="more than a minute ago"):
        token_queue.put_back(session, doctor, asha.token_id)


def test_a_call_is_not_put_back_once_the_visit_has_begun(session, doctor):
    asha = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    visits.start(session, doctor, asha.token_id)

    with pytest.raises(VisitOpen):
        token_queue.put_back(session, doctor, asha.token_id)


def test_another_priority_gives_another_place_and_the_first_one_back(session, doctor, receptionist, frozen_clock):
    a_token(session, "Asha", doctor)
    frozen_clock(minute=10)
    vikram = a_token(session, "Vikram", doctor)

    def first():
        return token_queue.board(session, receptionist)[0].patient_name

    token_queue.set_priority(session, receptionist, vikram.token_id, Priority.EMERGENCY)
    assert first() == "Vikram"
    assert last_event(session).changes == {"priority": ["NORMAL", "EMERGENCY"]}

    token_queue.set_priority(session, receptionist, vikram.token_id, Priority.NORMAL)
    assert first() == "Asha"


def test_the_same_priority_again_changes_nothing(session, doctor):
    asha = a_token(session, "Asha", doctor)
    before = last_event(session).id

    token_queue.set_priority(session, doctor, asha.token_id, Priority.NORMAL)

    assert last_event(session).id == before


def test_the_priority_of_whoever_is_with_the_doctor_is_settled(session, doctor):
    asha = a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)

    with pytest.raises(WrongTokenState, match="is with the doctor and cannot be given another priority"):
        token_queue.set_priority(session, doctor, asha.token_id, Priority.CHILD)


def test_the_waiting_room_shows_the_room_a_doctor_sits_in_today(session, doctor, receptionist):
    a_token(session, "Asha", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)

    token_queue.change_room(session, receptionist, doctor.user_id, " 7 ")

    assert token_queue.public_board(session).calling[0].room == "7"
    event = last_event(session)
    assert (event.event, event.changes["room"][1]) == ("doctor.room_changed", "7")


def test_a_doctor_moves_the_own_room_only_and_a_room_has_a_short_name(session, doctor):
    other = a_user(session, Role.DOCTOR)

    with pytest.raises(NotYourQueue):
        token_queue.change_room(session, doctor, other.user_id, "7")
    with pytest.raises(Invalid, match="The room"):
        token_queue.change_room(session, doctor, doctor.user_id, "7" * 41)
    assert session.get(Doctor, doctor.user_id).room.startswith("Room")
