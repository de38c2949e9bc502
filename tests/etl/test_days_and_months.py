"""Waiting times, days and months, through every kind of change."""

from datetime import date, time

from sqlalchemy import update

from core import analytics, clock, patients, scheduling, token_queue, visits
from core.models import (
    Priority,
    Token,
)
from tests.etl.changes import seen
from tests.factories import (
    a_completed_visit,
    a_patient,
    a_slot,
    a_token,
    a_visit,
    an_admin,
    an_appointment,
)


def test_a_days_waits_are_told_column_by_column(session, equal, mongo, admin, doctor, frozen_clock):
    for number, priority in enumerate((Priority.NORMAL, Priority.EMERGENCY, Priority.NORMAL)):
        patient = a_patient(session, f"Patient {number}")
        token_queue.walk_in(session, admin, patient.patient_id, doctor.user_id, priority)
    frozen_clock(minute=12)
    called = token_queue.call_next(session, doctor, doctor.user_id)
    frozen_clock(minute=20)
    token_queue.finish(session, doctor, called.token_id)
    frozen_clock(minute=21)
    token_queue.mark_no_show(session, doctor, token_queue.call_next(session, doctor, doctor.user_id).token_id)
    equal()

    waits = mongo.waiting_times.find_one({"_id": "2025-03-01"})

    assert (waits["number"], waits["priority"]) == ([1, 2, 3], ["NORMAL", "EMERGENCY", "NORMAL"])
    assert waits["arrived"] == [600.0, 600.0, 600.0]
    assert (waits["called"], waits["finished"]) == ([621.0, 612.0, None], [None, 620.0, None])
    assert (waits["left"], waits["booked"]) == ([True, False, False], [False, False, False])
    assert mongo.daily_summaries.find_one()["left"] == 1


def test_what_was_said_on_arrival_is_kept(session, equal, mongo, doctor):
    a_visit(session, doctor)
    session.execute(update(Token).values(said_p50=20, said_p90=35))
    equal()

    waits = mongo.waiting_times.find_one()

    assert (waits["said_p50"], waits["said_p90"]) == ([20], [35])


def test_slots_are_counted_as_they_are_opened_and_blocked(session, equal, mongo, admin, doctor, frozen_clock):
    an_appointment(session, doctor, day=date(2025, 3, 3))
    frozen_clock(day=3, hour=8)
    a_completed_visit(session, doctor)
    equal()
    assert mongo.daily_summaries.find_one({"_id": "2025-03-03"})["slots"] == 1

    a_slot(session, doctor, day=date(2025, 3, 3), starts=time(15))
    equal()
    assert mongo.daily_summaries.find_one({"_id": "2025-03-03"})["slots"] == 2

    starts, ends = clock.day_bounds(date(2025, 3, 3))
    scheduling.block(session, admin, doctor.user_id, starts, ends)
    equal()
    assert mongo.daily_summaries.find_one({"_id": "2025-03-03"})["slots"] == 1


def test_a_cancelled_appointment_is_counted_on_its_day(session, equal, mongo, receptionist, doctor, frozen_clock):
    booked = an_appointment(session, doctor, day=date(2025, 3, 3))
    scheduling.cancel(session, receptionist, booked.appointment_id, "Has a cold")
    frozen_clock(day=3)
    a_completed_visit(session, doctor)
    equal()

    day = mongo.daily_summaries.find_one({"_id": "2025-03-03"})

    assert (day["slots"], day["appointments"], day["cancelled"]) == (1, 0, 1)


def test_a_patient_is_new_once(session, equal, mongo, doctor, frozen_clock):
    asha = a_patient(session)
    for day in (1, 1, 4):
        frozen_clock(day=day)
        seen(session, doctor, asha)
        equal()

    days = [(day["total_visits"], day["new_patients"]) for day in mongo.daily_summaries.find(sort=[("_id", 1)])]

    assert days == [(2, 1), (1, 0)]


def test_a_visit_signed_late_makes_the_patient_new_on_its_own_day(session, equal, mongo, doctor, frozen_clock):
    asha = a_patient(session)
    left_open = a_visit(session, doctor, asha)
    visits.add_diagnosis(session, doctor, left_open.visit_id, "J06.9")
    frozen_clock(month=4)
    seen(session, doctor, asha)
    equal()
    assert mongo.daily_summaries.find_one({"_id": "2025-04-01"})["new_patients"] == 1

    visits.complete(session, doctor, left_open.visit_id)
    equal()

    assert mongo.daily_summaries.find_one({"_id": "2025-03-01"})["new_patients"] == 1
    assert mongo.daily_summaries.find_one({"_id": "2025-04-01"})["new_patients"] == 0
    assert mongo.monthly_summaries.find_one({"_id": "2025-04"})["cohorts"] == [{"first": "2025-03", "patients": 1}]


def test_reminders_and_wishes_are_counted_on_the_day_they_are_for(session, equal, mongo, doctor, frozen_clock):
    desk, day = an_admin(session), date(2025, 3, 3)
    booked = an_appointment(session, doctor, "Asha Rao", day)
    wish = scheduling.add_to_list(session, desk, a_patient(session, "Vikram Sen").patient_id, doctor.user_id, day)
    frozen_clock(day=3, hour=8)
    a_token(session, "Anu Rao", doctor)  # the day has begun: there is a document to tell of it
    equal()

    def counted():
        equal()
        found = mongo.daily_summaries.find_one({"_id": "2025-03-03"})
        return found["reminded"], found["wishes"], found["wishes_met"]

    assert counted() == (0, 1, 0)
    scheduling.mark_reminded(session, desk, {booked.appointment_id: booked.slot_id})
    assert counted() == (1, 1, 0)
    scheduling.book_from_list(session, desk, wish.entry_id, a_slot(session, doctor, day, time(10)))
    assert counted() == (1, 1, 1)


def test_a_follow_up_is_due_on_its_day_and_kept_by_a_visit_near_it(session, equal, mongo, doctor, frozen_clock):
    asha, vikram = a_patient(session, "Asha Rao"), a_patient(session, "Vikram Sen")
    seen(session, doctor, asha, date(2025, 3, 10))
    seen(session, doctor, vikram, date(2025, 3, 10))
    frozen_clock(day=10)
    a_completed_visit(session, doctor, a_patient(session, "Anu Rao"))
    equal()
    day = mongo.daily_summaries.find_one({"_id": "2025-03-10"})
    assert (day["follow_ups_due"], day["follow_ups_kept"]) == (2, 0)

    frozen_clock(day=17)
    seen(session, doctor, asha)
    frozen_clock(day=18)
    seen(session, doctor, vikram)
    equal()

    day = mongo.daily_summaries.find_one({"_id": "2025-03-10"})
    assert (day["follow_ups_due"], day["follow_ups_kept"]) == (2, 1)


def test_a_follow_up_on_a_closed_day_is_told_and_the_day_stays_closed(session, equal, mongo, doctor, frozen_clock):
    seen(session, doctor, a_patient(session), date(2025, 3, 9))
    frozen_clock(day=10)
    a_completed_visit(session, doctor, a_patient(session, "Anu Rao"))
    equal()

    days = analytics.daily_summaries()

    assert list(days["is_open"]) == [True, *[False] * 8, True]
    assert days["follow_ups_due"].loc["2025-03-09"] == 1
    assert days.loc["2025-03-09"].drop(["is_over", "follow_ups_due"]).sum() == 0


def test_follow_ups_to_come_make_no_days_before_their_time(session, equal, mongo, doctor):
    seen(session, doctor, a_patient(session), date(2025, 5, 9))
    equal()
    a_slot(session, doctor, day=date(2025, 5, 9))
    equal()

    assert {row["_id"] for row in mongo.daily_summaries.find()} == {"2025-03-01", "2025-05-09"}
    assert list(analytics.daily_summaries().index.strftime("%m-%d")) == ["03-01"]


def test_a_month_of_days_in_columns_says_what_the_days_say(equal, mongo, treat, frozen_clock):
    treat()
    frozen_clock(day=4)
    treat(paid="100.00")
    equal()

    days = list(mongo.daily_summaries.find().sort("date"))
    month = mongo.monthly_columns.find_one({"_id": "2025-03"})

    assert month["days"]["day"] == [1, 4]
    assert month["days"]["is_open"] == [1, 1]
    assert month["days"]["total_visits"] == [day["total_visits"] for day in days] == [1, 1]
    assert month["days"]["total_revenue"] == [54500, 10000]
    assert month["by_doctor"]["billed"] == [54500, 54500]
    assert (month["by_method"]["name"], month["by_method"]["amount"]) == (["CASH", "CASH"], [54500, 10000])
    assert sum(month["by_kind"]["amount"]) == 109000


def test_months_tell_cohorts_and_diagnoses(session, equal, mongo, doctor, frozen_clock):
    asha, vikram = a_patient(session, "Asha Rao"), a_patient(session, "Vikram Sen")
    seen(session, doctor, asha)
    frozen_clock(month=4)
    for patient in (asha, asha, vikram):
        seen(session, doctor, patient)
    equal()

    april = mongo.monthly_summaries.find_one({"_id": "2025-04"})

    assert (april["visits"], april["patients"], april["new_patients"]) == (3, 2, 1)
    assert april["cohorts"] == [{"first": "2025-03", "patients": 1}, {"first": "2025-04", "patients": 1}]
    told = april["diagnoses"]
    assert [(row["code"], row["visits"], row["patients"]) for row in told] == [("J06.9", 3, 2)]
    assert told[0]["text"].startswith("Acute upper respiratory infection")


def test_a_code_given_after_the_visit_is_counted_in_the_visits_month(session, equal, mongo, doctor, frozen_clock):
    visit_id = a_visit(session, doctor).visit_id
    visits.add_note(session, doctor, visit_id, "Cough for a week")
    visits.complete(session, doctor, visit_id)
    equal()
    assert mongo.monthly_summaries.find_one()["diagnoses"] == []

    frozen_clock(month=4)
    visits.add_diagnosis(session, doctor, visit_id, "J45.9", reason="Came later")
    equal()

    assert [row["code"] for row in mongo.monthly_summaries.find_one({"_id": "2025-03"})["diagnoses"]] == ["J45.9"]


def test_two_records_of_one_person_count_once_after_they_are_merged(
    session, equal, mongo, admin, doctor, treat, frozen_clock
):
    asha, double = a_patient(session, "Asha Rao"), a_patient(session, "Asha Rau")
    treat(asha)
    frozen_clock(month=4)
    treat(double)
    frozen_clock(month=5)
    treat(double)
    equal()
    merged = patients.merge(session, admin, asha.patient_id, double.patient_id)
    equal()

    assert {row["patient_id"] for row in mongo.invoices.find()} == {asha.patient_id}
    assert mongo.daily_summaries.find_one({"_id": "2025-04-01"})["new_patients"] == 0
    for month in ("2025-04", "2025-05"):
        assert mongo.monthly_summaries.find_one({"_id": month})["cohorts"] == [{"first": "2025-03", "patients": 1}]

    patients.undo_merge(session, admin, merged.merge_id)
    equal()
    assert {row["patient_id"] for row in mongo.invoices.find()} == {asha.patient_id, double.patient_id}
    assert mongo.daily_summaries.find_one({"_id": "2025-04-01"})["new_patients"] == 1
