"""Appointments, doctors' hours, and the queue."""

from datetime import time, timedelta

from core import clock, scheduling, token_queue
from core.models import Priority
from core.permissions import Role
from core.scheduling import Hours, Leave, SlotPlan
from tests.verbs.given import WHY, fresh, given


def a_doctor(world):
    return world.another(Role.DOCTOR).user_id


def with_hours(world):
    doctor_id = a_doctor(world)
    scheduling.set_week(world.session, world.admin, doctor_id, hours(world))
    return doctor_id


def hours(world):
    return [Hours(weekday, time(9), time(12), 30) for weekday in range(world.times)]


def plan(world):
    return SlotPlan(world.day(1), world.day(2), time(9), time(12), 30)


def leave(world):
    return Leave(world.day(1), world.day(2), WHY)


def often_away(world):
    """Every other day, of the days to come."""
    doctor_id = a_doctor(world)
    for day in range(world.times):
        away = Leave(world.day(2 * day + 1), world.day(2 * day + 1), WHY)
        scheduling.add_leave(world.session, world.admin, doctor_id, away)
    return doctor_id


def booked_tomorrow(world):
    free = reversed(scheduling.list_slots(world.session, world.admin, world.day(1), opened(world)))
    return world.several(lambda: scheduling.book(world.session, world.admin, next(free).slot_id, world.patient()))


def on_leave(world):
    doctor_id = a_doctor(world)
    scheduling.add_leave(world.session, world.admin, doctor_id, leave(world))
    (only,) = scheduling.list_leave(world.session, world.admin, doctor_id)
    return only.leave_id


def a_morning(world):
    return clock.at(world.day(1), time(9)), clock.at(world.day(1), time(12))


def opened(world):
    doctor_id = a_doctor(world)
    scheduling.open_slots(world.session, world.admin, doctor_id, plan(world))
    return doctor_id


def blocked(world):
    doctor_id = opened(world)
    scheduling.block(world.session, world.admin, doctor_id, *a_morning(world))
    return doctor_id


def shown(world):
    appointment = world.booked()
    return appointment.appointment_id, appointment.slot_id


def reminded(world):
    appointment_id, slot_id = shown(world)
    scheduling.mark_reminded(world.session, world.admin, {appointment_id: slot_id})
    return appointment_id


SCHEDULING = {
    scheduling.book: lambda w: given(w.slot(), w.patient()),
    scheduling.register_and_book: lambda w: given(w.typed(), w.slot()),
    scheduling.book_from_list: lambda w: given(w.wish(), w.slot()),
    scheduling.reschedule: lambda w: given(w.booked().appointment_id, w.slot()),
    scheduling.cancel: lambda w: given(w.booked().appointment_id, WHY),
    scheduling.mark_no_show: lambda w: given(w.booked_today()),
    scheduling.get_appointment: lambda w: given(w.booked().appointment_id),
    scheduling.list_appointments: lambda w: given(w.today) if w.several(w.booked_today) else None,
    scheduling.list_of_patient: lambda w: given(w.patient()),
    scheduling.list_weeks: lambda w: given(),
    scheduling.set_week: lambda w: given(a_doctor(w), hours(w)),
    scheduling.list_leave: lambda w: given(often_away(w)),
    scheduling.touched_by_leave: lambda w: given(opened(w), leave(w)),
    scheduling.add_leave: lambda w: given(opened(w), leave(w)),
    scheduling.remove_leave: lambda w: given(on_leave(w)),
    scheduling.open_slots: lambda w: given(a_doctor(w), plan(w)),
    scheduling.open_from_availability: lambda w: given(w.several(lambda: with_hours(w)), w.day(1), w.day(8)),
    scheduling.list_reminders: lambda w: given(w.day(1)) if booked_tomorrow(w) else None,
    scheduling.mark_reminded: lambda w: given(dict(w.several(lambda: shown(w)))),
    scheduling.forget_reminder: lambda w: given(reminded(w)),
    scheduling.block: lambda w: given(opened(w), *a_morning(w)),
    scheduling.unblock: lambda w: given(blocked(w), *a_morning(w)),
    scheduling.list_slots: lambda w: given(w.day(1), w.doctor.user_id, days=7),
    scheduling.get_slot: lambda w: given(w.slot()),
    scheduling.list_touched: lambda w: given(opened(w), *a_morning(w)),
    scheduling.next_free: lambda w: given(opened(w)),
    scheduling.add_to_list: lambda w: given(w.patient(), w.doctor.user_id, w.day(300), WHY),
    scheduling.take_off_list: lambda w: given(w.wish()),
    scheduling.list_waiting: lambda w: given(w.day(300), days=2) if w.several(w.wish) else None,
    scheduling.end_waiting: lambda w: given(w.today - timedelta(days=1)),
}

QUEUE = {
    token_queue.list_of_patient: lambda w: given(w.patient()),
    token_queue.board: lambda w: given(w.doctor.user_id),
    token_queue.waits: lambda w: given(w.doctor.user_id),
    token_queue.may_hear: lambda w: given(),
    token_queue.list_seen: lambda w: given(),
    token_queue.get: lambda w: given(w.waits()),
    token_queue.call_next: lambda w: given(w.waited_for()[1]),
    token_queue.call: lambda w: given(*w.waited_for()),
    token_queue.put_back: lambda w: given(w.called()),
    token_queue.expected_waits: lambda w: given(token_queue.board(w.session, w.admin)),
    token_queue.walk_in: lambda w: given(w.patient(), w.doctor.user_id, Priority.CHILD),
    token_queue.register_and_walk_in: lambda w: given(w.typed(), w.doctor.user_id),
    token_queue.check_in: lambda w: given(w.booked_today()),
    token_queue.change_room: lambda w: given(w.doctor.user_id, fresh("Room")),
    token_queue.recall: lambda w: given(w.called()),
    token_queue.skip: lambda w: given(w.called()),
    token_queue.bring_back: lambda w: given(w.skipped()),
    token_queue.finish: lambda w: given(w.called()),
    token_queue.mark_no_show: lambda w: given(w.skipped()),
    token_queue.transfer: lambda w: given(w.waits(), w.other_doctor.user_id),
    token_queue.set_priority: lambda w: given(w.waits(), Priority.PREGNANT),
}

EXAMPLES = SCHEDULING | QUEUE
