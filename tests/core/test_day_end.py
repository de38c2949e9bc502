from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from core import clock, day_end, scheduling, token_queue, visits
from core.day_end import DayEnded, DayToCome
from core.errors import NotPermitted
from core.models import AppointmentState, AuditEvent, TokenState
from core.permissions import Role
from tests import factories
from tests.factories import a_patient, a_slot, a_token, a_user

pytestmark = pytest.mark.usefixtures("without_redis")
TODAY = date(2025, 3, 1)


def booked(session, doctor, receptionist, starts, name="Asha Rao", day=TODAY):
    slot = a_slot(session, doctor, day, starts)
    return scheduling.book(session, receptionist, slot, a_patient(session, name).patient_id)


def states(session, receptionist, *tokens):
    return [token_queue.get(session, receptionist, token.token_id).state for token in tokens]


def ends(session):
    return session.scalars(select(AuditEvent).where(AuditEvent.event == "day.ended").order_by(AuditEvent.id)).all()


def test_the_end_of_day_closes_who_waits_was_skipped_or_was_called_in_vain(session, doctor, receptionist):
    called, waiting, skipped = (a_token(session, name, doctor) for name in ("Asha", "Vikram", "Meena"))
    token_queue.skip(session, receptionist, skipped.token_id)
    token_queue.call_next(session, doctor, doctor.user_id)

    ended = day_end.end_day(session, receptionist, TODAY)

    assert ended == DayEnded(TODAY, no_shows=3, finished=0, appointments=0)
    assert set(states(session, receptionist, called, waiting, skipped)) == {TokenState.NO_SHOW}
    assert token_queue.board(session, receptionist) == []


def test_a_visit_that_has_begun_stays_open_and_is_listed(session, doctor, receptionist):
    visit = factories.a_visit(session, doctor)

    ended = day_end.end_day(session, receptionist, TODAY)

    assert (ended.finished, ended.no_shows) == (1, 0)
    assert visits.get(session, doctor, visit.visit_id).state is visits.VisitState.OPEN
    (left,) = day_end.left_undone(session, receptionist, TODAY).visits
    assert (left.record_id, left.number) == (visit.visit_id, visit.token_number)


def test_who_was_booked_and_never_came_is_a_no_show_and_who_is_booked_for_later_may_come(
    session, doctor, receptionist, frozen_clock
):
    frozen_clock(hour=8)
    missed = booked(session, doctor, receptionist, time(9))
    later = booked(session, doctor, receptionist, time(19), "Vikram")
    frozen_clock(hour=18)

    assert [one.patient for one in day_end.left_undone(session, receptionist, TODAY).appointments] == ["Asha Rao"]
    assert day_end.end_day(session, receptionist, TODAY).appointments == 1
    found = {one.appointment_id: one.state for one in scheduling.list_appointments(session, receptionist, TODAY)}
    assert found == {
        missed.appointment_id: AppointmentState.NO_SHOW,
        later.appointment_id: AppointmentState.BOOKED,
    }


def test_an_appointment_ends_with_its_token_but_not_before_an_open_visit(session, doctor, receptionist, frozen_clock):
    frozen_clock(hour=8)
    for starts, name in ((time(9), "Asha Rao"), (time(10), "Vikram Nair")):
        token_queue.check_in(session, receptionist, booked(session, doctor, receptionist, starts, name).appointment_id)
    visits.start(session, doctor, token_queue.call_next(session, doctor, doctor.user_id).token_id)

    day_end.end_day(session, receptionist, TODAY)

    asha, vikram = scheduling.list_appointments(session, receptionist, TODAY)
    assert (asha.state, vikram.state) == (AppointmentState.ARRIVED, AppointmentState.CANCELLED)


def test_the_list_names_visits_without_a_bill_bills_not_paid_and_medicines_owed(session, doctor, receptionist):
    factories.a_completed_visit(session, doctor)
    capsules = factories.a_medicine(session)
    paid = factories.an_invoice(session, (capsules, 5), paid=True)
    unpaid = factories.an_invoice(session)

    left = day_end.left_undone(session, receptionist, TODAY)

    assert [visit.doctor for visit in left.unbilled] == ["Dr Sen"]
    assert [bill.number for bill in left.unpaid.newest] == [unpaid.number]
    assert [bill.number for bill in left.not_handed_over.newest] == [paid.number]


def test_the_list_names_drawers_that_are_not_closed(session, admin, receptionist):
    factories.an_invoice(session, paid=True)  # taken by the administrator

    assert [one.cashier for one in day_end.left_undone(session, admin, TODAY).drawers] == [admin.name]
    assert day_end.left_undone(session, receptionist, TODAY).drawers == ()
    factories.a_drawer_closed(session, admin, TODAY)
    assert day_end.left_undone(session, admin, TODAY).drawers == ()


def test_ending_a_day_twice_closes_nothing_more_and_is_noted_once(session, doctor, receptionist):
    a_token(session, "Asha", doctor)
    day_end.end_day(session, receptionist, TODAY)

    again = day_end.end_day(session, receptionist, TODAY)

    assert again == DayEnded(TODAY, 0, 0, 0)
    (event,) = ends(session)
    assert event.changes["no_shows"] == [None, 1]
    assert day_end.ended_at(session, receptionist, TODAY) == event.occurred_at


def test_a_quiet_day_is_ended_too(session, receptionist):
    assert day_end.ended_at(session, receptionist, TODAY) is None

    day_end.end_day(session, receptionist, TODAY)

    assert len(ends(session)) == 1


def test_a_forgotten_day_is_told_and_ended_later(session, doctor, receptionist, frozen_clock):
    frozen_clock(hour=8)
    booked(session, doctor, receptionist, time(9), "Vikram")
    token = a_token(session, "Asha", doctor)
    frozen_clock(day=3, hour=9)
    today = a_token(session, "Meena", doctor)
    assert day_end.forgotten_days(session, receptionist) == [TODAY]

    ended = day_end.end_day(session, receptionist, TODAY)

    assert (ended.no_shows, ended.appointments) == (1, 1)
    assert states(session, receptionist, token, today) == [TokenState.NO_SHOW, TokenState.WAITING]
    assert day_end.forgotten_days(session, receptionist) == []
    assert TODAY in ends(session)[-1].days


def test_yesterdays_token_keeps_nobody_from_one_of_today(session, doctor, receptionist, frozen_clock):
    asha = a_token(session, "Asha", doctor)
    frozen_clock(day=2)

    assert token_queue.walk_in(session, receptionist, asha.patient_id, doctor.user_id).number == 1


def test_a_day_to_come_is_not_ended(session, receptionist):
    with pytest.raises(DayToCome, match="has not begun yet"):
        day_end.end_day(session, receptionist, clock.today() + timedelta(days=1))


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PHARMACIST, Role.MANAGER, Role.ANALYST])
def test_the_front_desk_ends_the_day_and_nobody_else(session, role):
    someone = a_user(session, role)

    for ask in (day_end.end_day, day_end.left_undone, day_end.ended_at):
        with pytest.raises(NotPermitted):
            ask(session, someone, TODAY)


def test_of_bills_that_have_piled_up_the_newest_are_named_and_all_are_counted(session, receptionist, frozen_clock):
    made = [factories.an_invoice(session) for _ in range(day_end.BILLS_NAMED + 2)]
    frozen_clock(2025, 3, 2)
    factories.an_invoice(session)

    unpaid = day_end.left_undone(session, receptionist, TODAY).unpaid

    assert unpaid.count == len(made)
    assert [bill.number for bill in unpaid.newest] == [bill.number for bill in reversed(made[2:])]
