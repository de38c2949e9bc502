"""Queue, visits and appointments of the simulated clinic are in the order in which they can happen."""

from datetime import date

import pytest
from sqlalchemy import func, select, text

from core import scheduling, token_queue
from core.models import Token
from tests.etl.simulated.clinic import DAYS, LEFT_AT, PATIENTS, rows
from tests.factories import an_admin


def test_it_ends_yesterday_and_comes_close_to_the_wished_number(clinic):
    first, last, seen = clinic.execute(select(func.min(Token.issued_on), func.max(Token.issued_on), func.count())).one()

    assert (first, last) == (date(2025, 1, 15), date(2025, 2, 28))
    assert seen == pytest.approx(DAYS * PATIENTS, rel=0.5)


def test_no_slot_is_free_while_its_doctor_is_away(clinic):
    """Some are booked all the same: whoever comes after the simulation has somebody to call."""
    away = """SELECT s.state, s.absence_id, a.id FROM slots s JOIN absences a ON a.doctor_id = s.doctor_id
              AND (s.starts_at AT TIME ZONE 'Asia/Kolkata')::date BETWEEN a.first_on AND a.last_on
              AND (a.starts IS NULL OR (s.starts_at AT TIME ZONE 'Asia/Kolkata')::time < a.ends
                   AND (s.ends_at AT TIME ZONE 'Asia/Kolkata')::time > a.starts)"""
    found = {(state, absence == leave) for state, absence, leave in rows(clinic, away)}

    assert found == {("CLOSED", True), ("BOOKED", False)}
    assert rows(clinic, "SELECT count(*) FROM slots WHERE absence_id IS NOT NULL") == rows(
        clinic, f"SELECT count(*) FROM ({away}) AS away WHERE state = 'CLOSED'"
    )


def test_leave_stands_in_the_trail_and_no_hours_of_a_doctor_overlap(clinic):
    assert rows(clinic, "SELECT count(*) FROM absences") == rows(
        clinic, "SELECT count(*) FROM audit_events WHERE event = 'leave.added' AND action = 'CREATE'"
    )
    assert not rows(
        clinic,
        """SELECT a.id FROM availabilities a JOIN availabilities b ON a.doctor_id = b.doctor_id
           AND a.weekday = b.weekday AND a.id < b.id AND a.starts < b.ends AND b.starts < a.ends""",
    )


def test_slots_stand_open_for_two_weeks_and_somebody_can_be_checked_in_today(clinic):
    booked = rows(
        clinic,
        """SELECT (s.starts_at AT TIME ZONE 'Asia/Kolkata')::date, count(*), count(a.id) FROM slots s
           LEFT JOIN appointments a ON a.slot_id = s.id AND a.state = 'BOOKED'
           WHERE (s.starts_at AT TIME ZONE 'Asia/Kolkata')::date > '2025-02-28' GROUP BY 1 ORDER BY 1""",
    )
    admin = an_admin(clinic)
    today = next(a for a in scheduling.list_appointments(clinic, admin, date(2025, 3, 1)) if a.state == "BOOKED")

    assert (booked[0][0], booked[-1][0]) == (date(2025, 3, 1), date(2025, 3, 14))
    assert 0 < booked[0][2] < booked[0][1]
    assert token_queue.check_in(clinic, admin, today.appointment_id).number == 1
    assert clinic.scalar(text("SELECT count(*) FROM slots WHERE state = 'CLOSED' AND absence_id IS NULL")) == 0


def test_tokens_of_a_day_are_counted_from_one_and_the_counter_is_right(clinic):
    for day, numbers, last in rows(
        clinic,
        """SELECT t.issued_on, array_agg(t.number ORDER BY t.issued_at, t.number), max(c.last_number)
           FROM tokens t JOIN token_counters c USING (issued_on) GROUP BY t.issued_on""",
    ):
        assert numbers == list(range(1, last + 1)), day


def test_nobody_is_in_two_places_at_once(clinic):
    for who in ("doctor_id", "patient_id"):
        assert not rows(
            clinic,
            f"""WITH visits AS (SELECT id, {who}, started_at, ({LEFT_AT}) AS left_at FROM visits v)
                SELECT a.id FROM visits a JOIN visits b ON a.{who} = b.{who} AND a.id < b.id
                WHERE a.started_at < b.left_at AND b.started_at < a.left_at""",
        )


def test_nobody_stands_in_the_queue_twice_on_a_day(clinic):
    assert not rows(clinic, "SELECT patient_id FROM tokens GROUP BY issued_on, patient_id HAVING count(*) > 1")


def test_nobody_is_called_before_coming_or_leaves_before_being_called(clinic):
    assert not rows(clinic, "SELECT id FROM tokens WHERE called_at < issued_at OR finished_at < called_at")
    assert not rows(
        clinic,
        f"""SELECT v.id FROM visits v JOIN tokens t ON t.id = v.token_id
            WHERE v.started_at < t.called_at OR v.completed_at <= v.started_at OR ({LEFT_AT}) <> t.finished_at""",
    )


def test_everybody_is_registered_and_booked_before_coming(clinic):
    assert not rows(
        clinic,
        """SELECT t.id FROM tokens t JOIN patients p ON p.id = t.patient_id
           LEFT JOIN appointments a ON a.id = t.appointment_id LEFT JOIN slots s ON s.id = a.slot_id
           WHERE p.registered_at > t.issued_at OR a.booked_at > t.issued_at OR p.registered_at > a.booked_at
              OR a.booked_at > s.starts_at OR a.patient_id <> t.patient_id""",
    )


def test_every_finished_token_has_one_visit_with_a_diagnosis(clinic):
    assert not rows(
        clinic,
        """SELECT t.id FROM tokens t LEFT JOIN visits v ON v.token_id = t.id
           LEFT JOIN diagnoses d ON d.visit_id = v.id GROUP BY t.id, v.id
           HAVING (t.state = 'FINISHED') <> (v.id IS NOT NULL) OR (v.id IS NOT NULL AND count(d.id) = 0)""",
    )


def test_nobody_is_left_standing_as_arrived(clinic):
    assert not rows(clinic, "SELECT id FROM appointments WHERE state = 'ARRIVED'")


def test_some_do_not_come(clinic):
    kept = dict(clinic.execute(text("SELECT state, count(*) FROM appointments GROUP BY state")).all())

    assert kept["NO_SHOW"] > 0
    assert kept["COMPLETED"] > kept["NO_SHOW"]


def test_who_waited_for_a_slot_got_that_slot_or_was_let_go_with_the_day(clinic):
    assert not rows(
        clinic,
        """SELECT w.id FROM waiting_list w JOIN patients p ON p.id = w.patient_id
           LEFT JOIN appointments a ON a.id = w.appointment_id LEFT JOIN slots s ON s.id = a.slot_id
           WHERE w.added_at <= p.registered_at OR w.settled_at <= w.added_at OR a.patient_id <> w.patient_id
              OR a.booked_at <> w.settled_at OR s.doctor_id <> w.doctor_id
              OR (w.settled_at IS NULL AND w.wanted_on <= '2025-02-28')
              OR (w.settled_at IS NOT NULL AND w.appointment_id IS NULL AND w.wanted_on > '2025-02-28')""",
    )
    kinds = rows(clinic, "SELECT settled_at IS NULL, appointment_id IS NULL FROM waiting_list GROUP BY 1, 2")
    assert set(map(tuple, kinds)) == {(True, True), (False, True), (False, False)}


def test_reminders_were_given_the_day_before_and_never_after_the_last_day(clinic):
    assert not rows(
        clinic,
        """SELECT a.id FROM appointments a JOIN slots s ON s.id = a.slot_id JOIN patients p ON p.id = a.patient_id
           WHERE a.reminded_at IS NOT NULL AND (a.reminded_at <= a.booked_at OR a.reminded_at >= s.starts_at
              OR p.phone = '' OR (a.reminded_at AT TIME ZONE 'Asia/Kolkata')::date > '2025-02-28')""",
    )
    assert clinic.scalar(text("SELECT count(reminded_at) FROM appointments")) > 0
