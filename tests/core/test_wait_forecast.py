"""The expected wait: reckoned from the queue as it stands, learned from the clinic's own days, kept with the token.

The year-long backtest stands in tests/bench.
"""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from core import token_queue, users
from core.errors import NotPermitted
from core.models import Absence, Priority, Token, TokenState, WaitModel
from core.permissions import Role
from core.token_queue import Range, learn, learn_if_due
from core.token_queue.learning import past_days
from tests.core.queue_history import past, seen
from tests.factories import a_patient, a_token, a_user
from tests.statements import count_statements

pytestmark = pytest.mark.usefixtures("without_redis")
TODAY, YESTERDAY = date(2025, 3, 1), date(2025, 2, 28)
SATURDAY = TODAY.weekday()


@pytest.fixture
def taught(session, doctor):
    """A clinic that has learned from two weeks of a doctor who takes ten minutes for a patient.

    As the curve of so few waits is coarse, it says here exactly what it reckons.
    """
    past(session, doctor)
    assert learn(session, YESTERDAY)
    row = session.get_one(WaitModel, YESTERDAY)
    row.model = {**row.model, "curve": [[0, 0, 0], [200, 200, 200]]}
    session.flush()
    return doctor


def expected(session, actor):
    return token_queue.expected_waits(session, actor, token_queue.board(session, actor))


def test_the_wait_that_was_said_is_kept_with_the_token(session, taught):
    first, second, third = (a_token(session, name, taught) for name in ("Asha", "Vikram", "Meena"))

    assert (first.said, second.said, third.said) == (Range(0, 0), Range(10, 10), Range(20, 20))
    assert session.execute(select(Token.said_p50, Token.said_p90).where(Token.id == third.token_id)).one() == (20, 20)


def test_what_is_said_after_two_weeks_is_about_right(session, doctor):
    past(session, doctor)
    learn(session, YESTERDAY)

    said = [a_token(session, name, doctor).said for name in ("Asha", "Vikram", "Meena", "Ravi")]

    assert all(one.p50 - 5 <= 10 * ahead <= one.p90 <= 10 * ahead + 10 for ahead, one in enumerate(said))


def test_before_anything_is_learned_nothing_is_said(session, doctor, receptionist):
    assert a_token(session, "Asha", doctor).said is None
    assert expected(session, receptionist).tokens == {}
    assert token_queue.public_board(session).expected == {}


def test_from_a_few_waits_nothing_is_said(session, doctor, receptionist):
    past(session, doctor, days=4)
    learn(session, YESTERDAY)

    assert a_token(session, "Asha", doctor).said is None
    assert expected(session, receptionist) == token_queue.Expected(coverage=token_queue.Coverage(0, 0, 0))


def test_everybody_who_waits_and_whoever_comes_now_can_be_told(session, taught, receptionist):
    for name in ("Asha", "Vikram"):
        a_token(session, name, taught)

    now = expected(session, receptionist)

    assert now.tokens == {1: Range(0, 0), 2: Range(10, 10)}
    assert now.newcomers == {taught.user_id: Range(20, 20), None: Range(20, 20)}


def test_while_the_doctor_takes_longer_the_wait_does_not_become_nothing(session, taught, receptionist, frozen_clock):
    a_token(session, "Asha", taught)
    a_token(session, "Vikram", taught)
    token_queue.call_next(session, taught, taught.user_id)
    frozen_clock(minute=4)
    at_first = expected(session, receptionist).tokens[2]
    frozen_clock(minute=30)

    assert (at_first, expected(session, receptionist).tokens[2]) == (Range(6, 6), Range(2, 2))


def test_an_emergency_waits_for_nobody_and_the_others_for_it(session, taught, receptionist, frozen_clock):
    a_token(session, "Asha", taught)
    a_token(session, "Vikram", taught)
    emergency = a_token(session, "Meena", taught, Priority.EMERGENCY)

    assert emergency.said == Range(0, 0)
    assert expected(session, receptionist).tokens == {3: Range(0, 0), 1: Range(10, 10), 2: Range(20, 20)}


def test_who_was_skipped_holds_up_nobody(session, taught, receptionist):
    asha = a_token(session, "Asha", taught)
    a_token(session, "Vikram", taught)
    token_queue.skip(session, receptionist, asha.token_id)

    assert expected(session, receptionist).tokens == {2: Range(0, 0)}


def test_whoever_is_handed_a_called_patient_is_not_at_work_for_that(session, taught, receptionist):
    absent = a_user(session, Role.DOCTOR)
    asha = a_token(session, "Asha", taught)
    token_queue.call_next(session, taught, taught.user_id)

    moved = token_queue.transfer(session, receptionist, asha.token_id, absent.user_id)

    assert moved.called_at is None
    assert absent.user_id not in expected(session, receptionist).newcomers


def test_of_a_new_doctor_nothing_is_said_before_the_first_call_and_then_at_the_clinics_pace(session, taught):
    new = a_user(session, Role.DOCTOR)
    assert a_token(session, "Asha", new).said is None

    token_queue.call_next(session, new, new.user_id)

    assert a_token(session, "Vikram", new).said == Range(10, 10)


def test_who_is_transferred_waits_in_the_other_line(session, taught, receptionist):
    other = a_user(session, Role.DOCTOR)
    a_token(session, "Asha", taught)
    vikram = a_token(session, "Vikram", taught)
    a_token(session, "Meena", other)
    token_queue.call_next(session, other, other.user_id)

    token_queue.transfer(session, receptionist, vikram.token_id, None)

    assert session.get_one(Token, vikram.token_id).for_anyone
    assert expected(session, receptionist).tokens == {1: Range(0, 0), 2: Range(10, 10)}


def test_of_a_doctor_on_leave_nothing_is_said(session, taught, receptionist):
    session.add(Absence(doctor_id=taught.user_id, first_on=TODAY, last_on=TODAY))

    assert a_token(session, "Asha", taught).said is None
    assert a_token(session, "Vikram").said is None
    assert expected(session, receptionist).newcomers == {}


def test_leave_for_a_part_of_the_day_counts_while_it_lasts(session, taught, receptionist, frozen_clock):
    session.add(Absence(doctor_id=taught.user_id, first_on=TODAY, last_on=TODAY, starts=time(10), ends=time(11)))
    frozen_clock(hour=9, minute=59)
    asha = a_token(session, "Asha", taught)
    token_queue.call_next(session, taught, taught.user_id)

    frozen_clock(hour=10, minute=30)
    during = a_token(session, "Vikram", taught)
    frozen_clock(hour=11)

    assert asha.said is not None
    assert during.said is None
    assert a_token(session, "Meena", taught).said is not None


def test_a_doctor_who_has_left_is_waited_for_by_nobody(session, taught, admin):
    users.disable(session, admin, taught.user_id)

    assert a_token(session, "Asha").said is None


def test_before_the_doctor_comes_the_wait_lasts_until_then(session, taught, frozen_clock):
    frozen_clock(hour=8, minute=20)

    assert a_token(session, "Asha", taught).said == Range(40, 40)


def test_in_the_evening_when_nobody_is_there_any_more_nothing_is_said(session, taught, frozen_clock):
    frozen_clock(hour=23, minute=59)

    assert a_token(session, "Asha", taught).said is None


def test_a_doctor_who_still_calls_after_hours_is_there(session, taught, frozen_clock):
    a_token(session, "Asha", taught)
    frozen_clock(hour=20)
    token_queue.call_next(session, taught, taught.user_id)

    assert a_token(session, "Vikram", taught).said == Range(10, 10)


def test_who_sees_no_queue_is_told_nothing(session, taught, pharmacist):
    with pytest.raises(NotPermitted):
        token_queue.expected_waits(session, pharmacist, [])
    with pytest.raises(NotPermitted):
        token_queue.list_seen(session, pharmacist)


def test_a_board_costs_one_statement_more_however_long_it_is(session, taught, receptionist):
    a_token(session, "Asha", taught)
    short = token_queue.board(session, receptionist)
    for number in range(8):
        a_token(session, f"Patient {number}", taught)
    long = token_queue.board(session, receptionist)

    for board in ([], short, long):
        cost = count_statements(session, lambda board=board: token_queue.expected_waits(session, receptionist, board))
        assert cost == 1
    assert count_statements(session, lambda: token_queue.public_board(session)) == 2


def test_the_waiting_room_is_told_by_number_and_names_nobody(session, taught):
    a_token(session, "Asha", taught)
    a_token(session, "Vikram", taught)

    board = token_queue.public_board(session)

    assert board.expected == {1: Range(0, 0), 2: Range(10, 10)}
    assert not {"Asha", "Vikram"} & set(repr(board).split("'"))


def test_what_cannot_be_read_is_not_said(session, taught, receptionist):
    session.get_one(WaitModel, YESTERDAY).model = {"minutes": "many"}
    session.flush()

    assert a_token(session, "Asha", taught).said is None
    assert expected(session, receptionist).tokens == {}


def test_every_night_is_learned_once(session, taught, frozen_clock):
    assert not learn_if_due(session)
    assert not learn(session, YESTERDAY)

    frozen_clock(day=2, hour=0, minute=1)
    assert learn_if_due(session)
    assert not learn_if_due(session)
    assert list(session.scalars(select(WaitModel.learned_on).order_by(WaitModel.learned_on))) == [YESTERDAY, TODAY]


def test_an_empty_clinic_learns_nothing(session):
    assert not learn_if_due(session)
    assert session.scalar(select(WaitModel.learned_on)) is None


def test_what_was_said_is_held_against_the_wait(session, doctor, receptionist):
    past(session, doctor, days=7, said_p50=30, said_p90=50)
    patient = a_patient(session).patient_id
    session.add(seen(YESTERDAY - timedelta(days=28), 11, doctor, patient, said_p50=1, said_p90=1))
    left = {"state": TokenState.NO_SHOW, "called_at": None, "said_p50": 1, "said_p90": 1}
    session.add(seen(YESTERDAY, 12, doctor, patient, **left))
    learn(session, YESTERDAY)

    coverage = expected(session, receptionist).coverage

    assert coverage == token_queue.Coverage(said=7 * 12, within_p50=7 * 7, within_p90=7 * 11)


def test_a_call_that_the_patient_missed_is_not_held_against_what_was_said(session, taught, receptionist, frozen_clock):
    asha, vikram = (a_token(session, name, taught) for name in ("Asha", "Vikram"))
    token_queue.call_next(session, taught, taught.user_id)
    token_queue.skip(session, taught, asha.token_id)
    token_queue.call_next(session, taught, taught.user_id)
    frozen_clock(hour=11)
    token_queue.finish(session, taught, vikram.token_id)
    back = token_queue.bring_back(session, receptionist, asha.token_id)
    token_queue.call_next(session, taught, taught.user_id)
    frozen_clock(day=2)
    learn(session, TODAY)

    assert back.said is None
    assert expected(session, receptionist).coverage == token_queue.Coverage(said=1, within_p50=1, within_p90=1)


def test_who_was_seen_is_listed_with_what_was_said(session, taught, receptionist, frozen_clock):
    a_token(session, "Asha", taught)
    second = a_token(session, "Vikram", taught)
    token_queue.finish(session, taught, token_queue.call_next(session, taught, taught.user_id).token_id)
    frozen_clock(minute=12)
    token_queue.call_next(session, taught, taught.user_id)
    token_queue.finish(session, taught, second.token_id)

    found = [(card.number, card.said, card.waited) for card in token_queue.list_seen(session, receptionist)]

    assert found == [(2, Range(10, 10), 12), (1, Range(0, 0), 0)]


def test_what_was_left_open_in_the_evening_holds_up_no_past_line(session, doctor):
    patient = a_patient(session).patient_id
    skipped = {"state": TokenState.SKIPPED, "finished_at": None}
    session.add(seen(YESTERDAY, 0, doctor, patient, **skipped))
    session.add(seen(YESTERDAY, 1, doctor, a_patient(session).patient_id, **skipped, called_at=None))
    session.flush()

    (day,) = past_days(session, YESTERDAY)

    assert [(wait.issued, wait.called, wait.ended) for wait in day.waits] == [(540, 540, 540), (545, None, 545)]
