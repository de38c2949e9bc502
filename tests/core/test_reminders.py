from datetime import date, time

import pytest
from sqlalchemy import select

from core import clinic, scheduling
from core.errors import NotPermitted
from core.models import AuditEvent
from core.scheduling import Reminded
from tests.factories import a_slot, an_appointment

MONDAY = date(2025, 3, 3)


@pytest.fixture
def reminders(session, receptionist):
    return lambda: scheduling.list_reminders(session, receptionist, MONDAY)


def slots(found):
    """What `mark_reminded` takes, of what was shown."""
    return {reminder.appointment.appointment_id: reminder.appointment.slot_id for reminder in found}


def test_the_message_says_where_when_and_with_whom_and_nothing_of_why(session, admin, doctor, reminders):
    an_appointment(session, doctor, "Asha Rao", starts=time(14, 30))
    sentence = "Lotus Clinic: Asha Rao has an appointment with Dr Sen on Monday, 3 March at 2:30 PM."
    assert [reminder.message for reminder in reminders()] == [sentence]

    clinic.change(session, admin, phone="080 1234")
    assert reminders()[0].message.endswith(" If you cannot come, please call 080 1234.")


def test_only_who_is_booked_for_the_day_is_reminded(session, receptionist, doctor, reminders):
    cancelled = an_appointment(session, doctor, "Vikram Sen", starts=time(10))
    an_appointment(session, doctor, "Meera Nair", date(2025, 3, 4))
    an_appointment(session, doctor, "Zeenat Aman", starts=time(11))
    an_appointment(session, doctor, "Asha Rao")
    scheduling.cancel(session, receptionist, cancelled.appointment_id, "Travelling")

    assert [reminder.appointment.patient_name for reminder in reminders()] == ["Asha Rao", "Zeenat Aman"]


def test_exactly_those_who_were_shown_are_marked_once(session, receptionist, doctor, reminders):
    an_appointment(session, doctor, "Asha Rao")
    shown = slots(reminders())
    an_appointment(session, doctor, "Vikram Sen", starts=time(10))

    assert scheduling.mark_reminded(session, receptionist, shown) == Reminded(1, 0)
    assert scheduling.mark_reminded(session, receptionist, shown) == Reminded(0, 1)
    assert [reminder.appointment.reminded_at is not None for reminder in reminders()] == [True, False]
    events = select(AuditEvent.event).where(AuditEvent.event.like("%remind%"))
    assert session.scalars(events).all() == ["appointment.reminded"]


def test_who_was_moved_or_cancelled_meanwhile_is_not_marked(session, receptionist, doctor, reminders):
    moved, cancelled = (an_appointment(session, doctor, starts=time(hour)) for hour in (9, 10))
    shown = slots(reminders())
    scheduling.reschedule(session, receptionist, moved.appointment_id, a_slot(session, doctor, starts=time(11)))
    scheduling.cancel(session, receptionist, cancelled.appointment_id, "Travelling")

    assert scheduling.mark_reminded(session, receptionist, shown) == Reminded(0, 2)


def test_moving_an_appointment_or_a_mistake_takes_the_reminder_back(session, receptionist, doctor, reminders):
    booked = an_appointment(session, doctor)
    scheduling.mark_reminded(session, receptionist, slots(reminders()))
    scheduling.reschedule(session, receptionist, booked.appointment_id, a_slot(session, doctor, starts=time(11)))
    assert reminders()[0].appointment.reminded_at is None

    scheduling.mark_reminded(session, receptionist, slots(reminders()))
    scheduling.forget_reminder(session, receptionist, booked.appointment_id)
    assert reminders()[0].appointment.reminded_at is None


def test_reminding_is_the_front_desks(session, doctor, pharmacist):
    for actor in (doctor, pharmacist):
        with pytest.raises(NotPermitted):
            scheduling.list_reminders(session, actor, MONDAY)
        with pytest.raises(NotPermitted):
            scheduling.mark_reminded(session, actor, {1: 1})
