"""Summer time both ways, midnight, and a clock that is set back."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core import audit_trail, auth, billing, clock, drawers, patients, scheduling, token_queue, visits
from core.audit_trail import Filters
from core.drawers import DayClosed, TooEarlyToClose
from core.idempotency import forget_old, once
from core.models import Payment, PaymentMethod
from core.patients import PatientDetails, Sex
from core.scheduling import SlotPlan, SlotsOpened
from tests.factories import PASSWORD, a_drawer_closed, a_token, an_invoice

SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)  # on both the clock changes at 01:00 UTC
pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def at(monkeypatch):
    """Move the clock to a moment, told in UTC; it stands still there."""

    def move(*moment):
        monkeypatch.setattr(clock, "now", lambda: datetime(*moment, tzinfo=UTC))

    return move


@pytest.fixture
def berlin(monkeypatch, session):
    monkeypatch.setattr(clock, "_zone", ZoneInfo("Europe/Berlin"))


def half_hours(day):
    """From an hour before the day to an hour after it."""
    start = datetime.combine(day, time(22), UTC) - timedelta(days=1)
    return [start + timedelta(minutes=30) * step for step in range(56)]


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_every_payment_is_of_one_day_also_when_that_has_23_or_25_hours(session, receptionist, day, hours, monkeypatch):
    bill = an_invoice(session, price="1000.00")
    for moment in half_hours(day):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        billing.pay(session, receptionist, bill.invoice_id, Decimal(1), PaymentMethod.CASH)
    three = [day + timedelta(days=step) for step in (-1, 0, 1)]
    bounds = {each: clock.day_bounds(each) for each in three}

    assert bounds[day][1] - bounds[day][0] == timedelta(hours=hours)
    assert bounds[three[0]][1] == bounds[day][0]
    assert bounds[three[2]][0] == bounds[day][1]
    of_day = Counter(session.scalars(select(Payment.received_on)))
    within = {
        each: sum(starts <= moment < ends for moment in half_hours(day)) for each, (starts, ends) in bounds.items()
    }
    assert of_day == {each: count for each, count in within.items() if count}
    assert of_day[day] == 2 * hours
    taken = {each: drawers.drawer(session, receptionist, receptionist.user_id, each).expected for each in three}
    assert taken == {each: Decimal(of_day[each]) for each in three}
    for each in three:
        if of_day[each]:
            assert a_drawer_closed(session, receptionist, each).expected == of_day[each]


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("before", "after"),
    [((2025, 3, 29, 22, 59), (2025, 3, 29, 23, 1)), ((2025, 10, 26, 22, 59), (2025, 10, 26, 23, 1))],
)
def test_numbers_begin_anew_at_local_midnight_on_either_side_of_summer_time(session, at, before, after):
    at(*before)
    assert [a_token(session).number, a_token(session).number] == [1, 2]
    at(*after)
    assert a_token(session).number == 1


@pytest.mark.usefixtures("berlin")
def test_the_doubled_hour_of_autumn_is_told_as_its_first_one(session, receptionist, doctor):
    plan = SlotPlan(AUTUMN, AUTUMN, time(1, 30), time(3, 30), 30)

    assert scheduling.open_slots(session, receptionist, doctor.user_id, plan) == SlotsOpened(4, 0, 0, missing=0)

    slots = scheduling.list_slots(session, receptionist, AUTUMN)
    told = [f"{clock.local(slot.starts_at):%H:%M} {slot.starts_at.astimezone(UTC):%H:%M}" for slot in slots]
    assert told == ["01:30 23:30", "02:00 00:00", "02:30 00:30", "03:00 02:00"]
    assert clock.day_of(slots[0].starts_at) == AUTUMN


@pytest.mark.usefixtures("berlin")
def test_there_is_nothing_to_book_in_the_hour_that_spring_skips(session, receptionist, doctor):
    plan = SlotPlan(SPRING, SPRING, time(2), time(3), 30)

    assert scheduling.open_slots(session, receptionist, doctor.user_id, plan) == SlotsOpened(0, 0, 0, missing=2)
    assert scheduling.list_slots(session, receptionist, SPRING) == []


@pytest.fixture
def set_back(monkeypatch):
    """Of a clock that is at ten o'clock."""
    ten = clock.now()

    def move(back):
        monkeypatch.setattr(clock, "now", lambda: ten - back)

    return move


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_numbers_go_on_and_the_trail_keeps_its_order_when_the_clock_is_set_back(session, admin, set_back, back):
    set_back(DAY)
    assert a_token(session, "Vikram").number == 1
    set_back(timedelta(0))
    assert [a_token(session, name).number for name in ("Asha", "Omar")] == [1, 2]

    set_back(back)
    assert a_token(session, "Meena").number == (3 if back == HOUR else 2)

    lines = audit_trail.search(session, admin, Filters(event="token.issued"))
    numbers = [line.event_id for line in lines]
    assert numbers == sorted(numbers, reverse=True)
    assert lines[0].at < lines[1].at  # by the clock the last would not be the first


def test_a_patient_who_waits_is_seen_and_pays_although_the_clock_was_set_back(session, receptionist, doctor, set_back):
    a_token(session, "Asha", doctor)
    set_back(HOUR)

    visit = visits.start(session, doctor, token_queue.call_next(session, doctor, doctor.user_id).token_id)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.complete(session, doctor, visit.visit_id)
    bill = billing.invoice_visit(session, receptionist, visit.visit_id)

    assert billing.pay(session, receptionist, bill.invoice_id, bill.due, PaymentMethod.CASH).due == 0


def test_no_money_comes_into_a_day_that_lies_before_a_closed_one(session, receptionist, set_back):
    bill = an_invoice(session)
    a_drawer_closed(session, receptionist, clock.today())
    set_back(DAY)

    with pytest.raises(DayClosed):
        billing.pay(session, receptionist, bill.invoice_id, Decimal(1), PaymentMethod.CASH)
    with pytest.raises(TooEarlyToClose):
        a_drawer_closed(session, receptionist, clock.today() + DAY)


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_a_session_from_before_the_clock_was_set_back_is_over(session, set_back, back):
    """It would last that much longer than any may."""
    token = auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").token
    set_back(timedelta(minutes=4))  # another server's clock, or a small correction
    assert auth.identify(session, token)

    set_back(back)
    assert auth.identify(session, token) is None
    assert auth.identify(session, auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").token)


def test_a_clock_that_is_set_back_lengthens_no_idle_time(session, set_back):
    set_back(3 * HOUR)
    token = auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").token
    set_back(2.5 * HOUR)
    auth.touch(session, auth.identify(session, token).sid)
    set_back(2.9 * HOUR)

    seen = auth.identify(session, token)
    assert auth.needs_touch(seen)
    auth.touch(session, seen.sid)
    set_back(1.8 * HOUR)
    assert auth.identify(session, token) is None


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_a_form_sent_again_is_known_although_the_clock_was_set_back(session, receptionist, set_back, back):
    send = once("the form", patients.register)
    card = send(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE))
    set_back(back)
    forget_old(session)

    assert send(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE)) == card


def test_nobody_waits_longer_than_the_longest_wait_however_the_clock_is_set(session, set_back):
    for back in (timedelta(0), DAY, HOUR, timedelta(0), DAY):
        set_back(back)
        for second in range(15):
            set_back(back - timedelta(minutes=6) * second)
            auth.sign_in(session, "asha", "wrong password", "10.0.0.1")
        told = auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").sentence
        assert 0 < int(told.removeprefix("Too many wrong tries. Try again in ").split()[0]) <= 300
        set_back(back - timedelta(minutes=6) * 14 - DAY)
        assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), auth.SignedIn)
