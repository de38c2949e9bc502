"""Six weeks of a made-up clinic, really committed: every rule of the books holds, and real work goes on afterwards."""

import json
from datetime import date
from decimal import Decimal
from functools import partial
from inspect import signature

import pandas as pd
import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from core import analytics, billing, books, db, documents, patients, scheduling, token_queue, users, visits
from core.analytics import dictionary, reports, store
from core.cli import app
from core.models import Base, Clinic, Invoice, InvoiceCounter, Patient, Token, Visit
from core.permissions import Actor, Role
from etl import rebuild, simulate
from tests.emptying import empty
from tests.factories import an_admin

DAYS, PATIENTS = 45, 12
# Made by workflows, at the moment of the simulation.
# The patient leaves at the first signature; a visit that was reopened has a later one.
LEFT_AT = """SELECT least(v.completed_at, min(r.completed_at)) FROM visit_reopenings r WHERE r.visit_id = v.id"""
OUTSIDE = frozenset({"users", "clinics", "audit_chains", "medicines", "doctors", "services", "suppliers"})


@pytest.fixture(scope="module")
def emptied(engine):
    yield
    store.start_afresh()
    with engine.begin() as connection:
        empty(connection)


@pytest.fixture
def clinic(emptied, engine, frozen_clock):
    """The simulated clinic, made once for all tests that only look at it."""
    with db.transaction() as session:
        there = session.scalar(select(Clinic.id))
    if there is None:
        simulate.run(DAYS, PATIENTS, seed=4)
    with db.transaction() as session:
        yield session
        session.rollback()


def rows(session, query):
    return session.execute(text(query)).all()


def test_it_ends_yesterday_and_comes_close_to_the_wished_number(clinic):
    first, last, seen = clinic.execute(select(func.min(Token.issued_on), func.max(Token.issued_on), func.count())).one()

    assert (first, last) == (date(2025, 1, 15), date(2025, 2, 28))
    assert seen == pytest.approx(DAYS * PATIENTS, rel=0.5)


def test_the_books_balance(clinic):
    assert books.check(clinic) == []
    for table in (
        *("dispensing_items", "refunds", "absences", "waiting_list"),
        *("visit_reopenings", "overridden_warnings", "documents"),
        *("credit_notes", "advances", "day_closes", "medicine_returns", "stock_take_lines", "purchase_order_lines"),
    ):  # nothing balances by being empty
        assert rows(clinic, f"SELECT 1 FROM {table} LIMIT 1")


@pytest.mark.parametrize(
    ("sentence", "broken"),
    {
        "A batch holds the sum": "UPDATE batches SET on_hand = on_hand + 1 WHERE id = (SELECT min(id) FROM batches)",
        "What a bill says was handed over": """UPDATE invoice_lines SET dispensed = dispensed - 1
            WHERE id = (SELECT max(invoice_line_id) FROM dispensing_items)""",
        "What was handed over left its batch": """UPDATE dispensing_items i
            SET batch_id = (SELECT max(id) FROM batches b WHERE b.id <> i.batch_id)
            WHERE id = (SELECT min(id) FROM dispensing_items)""",
        "A bill is the sum of its lines": """UPDATE invoices SET subtotal = subtotal + 1, total = total + 1
            WHERE id = (SELECT max(id) FROM invoices WHERE state = 'ISSUED')""",
        "The numbers of a financial year's bills": "UPDATE invoice_counters SET last_number = last_number + 1",
        "The numbers of a financial year's credit notes": """UPDATE credit_note_counters
            SET last_number = last_number + 1""",
        "A credit note is the sum of its lines": """UPDATE refunds SET amount = amount + 1, discount = discount - 1
            WHERE id = (SELECT min(id) FROM refunds)""",
        "What was refunded of a line": """UPDATE invoice_lines SET refunded = refunded - 1
            WHERE id = (SELECT min(invoice_line_id) FROM refunds)""",
        "No bill had more given back": """UPDATE credit_notes SET refunded_at = '2024-01-01'
            WHERE id = (SELECT min(id) FROM credit_notes)""",
        "A supplementary bill belongs": """UPDATE invoices s SET supplements_id = i.id
            FROM invoices i WHERE s.id = (SELECT max(id) FROM invoices) AND i.id = (SELECT min(id) FROM invoices)""",
        "A patient's advance is": "UPDATE patients SET advance = advance + 1 WHERE id = (SELECT min(id) FROM patients)",
        "A bill is paid from an advance": "DELETE FROM advances WHERE reason = 'APPLIED'",
        "What a credit note keeps": "UPDATE credit_notes SET method = 'CASH' WHERE method = 'ADVANCE'",
        "After a drawer was closed": "UPDATE day_closes SET closed_at = closed_on::timestamptz",
        "What a closed drawer took": """UPDATE day_closes
            SET taken = taken + 1, expected = expected + 1, explanation = '?'
            WHERE id = (SELECT min(id) FROM day_closes)""",
        "What was counted in a drawer": "UPDATE day_closes SET denominations = '{\"500\": 1}'",
        "A drawer opens with what was left": "UPDATE day_closes SET left_in_drawer = 0",
        "What was received of a batch": """UPDATE stock_movements SET change = change + 1
            WHERE id = (SELECT min(id) FROM stock_movements WHERE reason = 'RECEIVED')""",
        "What came back and cannot be used": "UPDATE medicine_returns SET usable = false",
        "What came of an order": "UPDATE purchase_order_lines SET received = received + 1",
        "A stock-take moved": """UPDATE stock_take_lines SET counted = counted + 1
            WHERE id = (SELECT min(id) FROM stock_take_lines)""",
        "What came back is what": "UPDATE medicine_returns SET quantity = quantity + 1",
        "What was handed over is the medicine": """UPDATE medicines SET generic = generic || ' forte'
            WHERE id = (SELECT b.medicine_id FROM dispensing_items i JOIN batches b ON b.id = i.batch_id
                        JOIN invoice_lines l ON l.id = i.invoice_line_id AND l.medicine_id <> b.medicine_id LIMIT 1)""",
        "Nothing was handed over of a batch": """UPDATE batches SET blocked_at = received_on, block_reason = '?'
            WHERE id = (SELECT min(batch_id) FROM dispensing_items)""",
        "The tokens of a day are numbered from one": "UPDATE token_counters SET last_number = last_number + 1",
        "A slot is booked exactly": """UPDATE slots SET state = 'FREE'
            WHERE id = (SELECT max(slot_id) FROM appointments WHERE state = 'COMPLETED')""",
        "No slot is free while its doctor is away": """UPDATE slots SET state = 'FREE', absence_id = NULL
            WHERE absence_id IS NOT NULL""",
        "Whoever came with an appointment": """UPDATE appointments SET state = 'NO_SHOW'
            WHERE id = (SELECT max(appointment_id) FROM tokens)""",
        "A visit belongs to the patient of its token": """UPDATE visits v
            SET patient_id = (SELECT max(id) FROM patients p WHERE p.id <> v.patient_id)
            WHERE id = (SELECT min(id) FROM visits)""",
        "A wish on the waiting list": """UPDATE waiting_list SET patient_id = (SELECT max(id) FROM patients)
            WHERE appointment_id IS NOT NULL""",
        "Nothing belongs to a record that was merged": """UPDATE patients
            SET merged_into_id = (SELECT max(id) FROM patients), archived_at = now()
            WHERE id = (SELECT min(patient_id) FROM visits)""",
        "A visit is marked as billed": """UPDATE visits SET is_billed = NOT is_billed
            WHERE id = (SELECT min(id) FROM visits)""",
        "A visit that was reopened": """UPDATE visits v SET completed_at = r.reopened_at
            FROM visit_reopenings r WHERE r.visit_id = v.id""",
        "What was added to a signed visit": """UPDATE visits SET completed_at = started_at
            WHERE id = (SELECT max(visit_id) FROM visit_notes WHERE reason = '')""",
        "What was entered in error": "UPDATE vitals SET struck_at = '2024-01-01' WHERE struck_at IS NOT NULL",
        "A prescription replaces a cancelled one": """UPDATE prescriptions
            SET visit_id = (SELECT min(id) FROM visits) WHERE id = (SELECT max(replaces_id) FROM prescriptions)""",
        "Whoever prescribed against a warning": """INSERT INTO overridden_warnings
            (prescription_item_id, kind, sentence, source)
            SELECT min(id), 'DOSE', 'Too much.', 'The book' FROM prescription_items WHERE override_reason = ''""",
        "Nothing was handed over on a prescription": """UPDATE prescriptions SET cancelled_at = '2024-01-01'
            WHERE state = 'ISSUED'""",
        "A paper belongs to the patient of its visit": """UPDATE documents d
            SET patient_id = (SELECT max(id) FROM patients p WHERE p.id <> d.patient_id)
            WHERE id = (SELECT min(id) FROM documents)""",
    }.items(),
)
def test_a_break_is_found_and_told_with_its_repair(clinic, sentence, broken):
    clinic.execute(text("SET LOCAL session_replication_role = replica"))  # triggers would refuse it
    clinic.execute(text(broken))

    [found] = [found for found in books.check(clinic) if found.sentence.startswith(sentence)]
    assert found.problem.startswith(f"{found.sentence}: not so for ")
    assert found.repair


def test_a_batch_never_holds_less_than_nothing(clinic):
    assert not rows(
        clinic,
        """SELECT * FROM (SELECT on_hand_after, sum(change) OVER (PARTITION BY batch_id ORDER BY moved_at, id) AS held
                          FROM stock_movements) AS ledger WHERE held < 0 OR held <> on_hand_after""",
    )


def test_nothing_is_dispensed_from_an_expired_batch(clinic):
    assert not rows(
        clinic,
        """SELECT m.id FROM stock_movements m JOIN batches b ON b.id = m.batch_id WHERE m.reason = 'DISPENSED'
           AND (m.moved_at AT TIME ZONE 'Asia/Kolkata')::date NOT BETWEEN b.received_on AND b.expires_on""",
    )


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


def test_what_came_back_went_to_its_batch_and_was_paid_for(clinic):
    returned = clinic.scalar(text("SELECT sum(returned) FROM dispensing_items"))

    assert returned > 0
    assert returned == clinic.scalar(text("SELECT sum(change) FROM stock_movements WHERE reason = 'RETURNED'"))
    assert not rows(
        clinic,
        """SELECT i.batch_id FROM dispensing_items i GROUP BY i.batch_id
           HAVING sum(i.returned) <> (SELECT coalesce(sum(change), 0) FROM stock_movements m
                                      WHERE m.batch_id = i.batch_id AND m.reason = 'RETURNED')""",
    )
    assert not rows(
        clinic,
        """SELECT l.id FROM invoice_lines l JOIN dispensing_items i ON i.invoice_line_id = l.id
           GROUP BY l.id HAVING sum(i.returned) + l.called_off <> (SELECT coalesce(sum(quantity), 0) FROM refunds r
                                                                   WHERE r.invoice_line_id = l.id)""",
    )


def test_some_get_their_money_back_weeks_later_and_insurers_take_their_weeks(clinic):
    days = """SELECT max(n.refunded_on - i.issued_on) FROM credit_notes n JOIN refunds r ON r.credit_note_id = n.id
              JOIN invoice_lines l ON l.id = r.invoice_line_id JOIN invoices i ON i.id = l.invoice_id
              WHERE l.kind <> 'MEDICINE'"""
    insured = """SELECT min(p.received_on - i.issued_on) FROM payments p JOIN invoices i ON i.id = p.invoice_id
                 WHERE p.method = 'INSURANCE'"""

    assert clinic.scalar(text(days)) >= 7
    assert clinic.scalar(text(insured)) >= 14


def test_a_cancelled_bill_says_why_and_had_nothing_paid_or_handed_over(clinic):
    cancelled = rows(clinic, "SELECT cancel_reason, paid FROM invoices WHERE state = 'CANCELLED'")

    assert cancelled
    assert all(reason and not paid for reason, paid in cancelled)
    assert not rows(
        clinic,
        """SELECT i.id FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
           WHERE i.state = 'CANCELLED' AND l.dispensed > 0""",
    )


def test_every_visit_has_one_bill_that_stands(clinic):
    assert not rows(
        clinic,
        """SELECT v.id FROM visits v LEFT JOIN invoices i ON i.visit_id = v.id AND i.state <> 'CANCELLED'
           GROUP BY v.id HAVING count(i.id) <> 1""",
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


def test_invoice_numbers_are_without_gaps_and_the_counter_goes_on_from_there(clinic):
    sequences = clinic.scalars(select(Invoice.sequence).order_by(Invoice.issued_at, Invoice.sequence)).all()

    assert sequences == list(range(1, len(sequences) + 1))
    assert clinic.scalar(select(InvoiceCounter.last_number)) == len(sequences)


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


def test_whatever_comes_after_the_signature_says_why_and_lies_in_the_past(clinic):
    late = {}
    for table, at in (("vitals", "recorded_at"), ("diagnoses", "recorded_at"), ("visit_notes", "written_at")):
        found = f"""SELECT count(*), max(({at} AT TIME ZONE 'Asia/Kolkata')::date), min(f.{at} - ({LEFT_AT}))
                    FROM {table} f JOIN visits v ON v.id = f.visit_id WHERE f.reason <> ''"""
        late[table] = rows(clinic, found)[0]
    assert late["visit_notes"][0] > 0
    assert all(number == 0 or (last <= date(2025, 2, 28) and after.days >= 0) for number, last, after in late.values())


def test_some_medicines_are_prescribed_against_a_warning_and_each_has_its_answer(clinic):
    items, answered = rows(clinic, "SELECT count(*), count(NULLIF(override_reason, '')) FROM prescription_items")[0]

    assert 0.01 < answered / items < 0.06
    assert answered == clinic.scalar(text("SELECT count(DISTINCT prescription_item_id) FROM overridden_warnings"))


def test_every_paper_of_a_simulated_visit_can_be_opened(clinic):
    admin = an_admin(clinic)
    one_each = "SELECT DISTINCT ON (kind) kind, code, patient_id FROM documents ORDER BY kind, code"
    papers = clinic.execute(text(one_each)).all()

    assert {kind for kind, *_ in papers} == {"PRESCRIPTION", "VISIT_SUMMARY", "SICK_NOTE"}
    for _, code, patient_id in papers:
        patients.open_file(clinic, admin, patient_id, "Quality check")
        assert documents.opened(clinic, admin, code, "https://clinic.example").pdf().startswith(b"%PDF")


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


def test_families_share_a_phone_and_a_name(clinic):
    families = rows(
        clinic,
        """SELECT phone, count(*), count(DISTINCT split_part(name, ' ', 2)) FROM patients
           GROUP BY phone HAVING count(*) > 1""",
    )

    assert families
    assert all(surnames == 1 for _, _, surnames in families)


def test_the_search_box_finds_a_made_up_patient_by_name_phone_and_number(clinic):
    admin = an_admin(clinic)
    patient = clinic.scalars(select(Patient).limit(1)).one()

    for term in (patient.name, patient.phone[3:], patient.mrn):
        assert patient.id in [card.patient_id for card in patients.search(clinic, admin, term, limit=200)]


def test_the_last_visit_of_a_patient_is_the_last(clinic):
    assert not rows(
        clinic,
        f"""SELECT p.id FROM patients p LEFT JOIN visits v ON v.patient_id = p.id
            GROUP BY p.id HAVING p.last_visit_at IS DISTINCT FROM max(({LEFT_AT}))""",
    )


def test_the_trail_names_every_visit_bill_payment_and_batch(clinic):
    for table, event in (
        ("visits", "visit.completed"),
        ("invoices", "invoice.issued"),
        ("documents", "document.issued"),
        ("batches", "batch.received"),
        ("patients", "patient.registered"),
        ("tokens", "token.issued"),
    ):
        missing = f"""SELECT id FROM {table} EXCEPT SELECT resource_id FROM audit_events
                      WHERE resource_type = '{table}' AND event = '{event}'"""
        assert not rows(clinic, missing), table
    issued = "SELECT id FROM prescriptions EXCEPT SELECT resource_id FROM audit_events WHERE event IN {}"
    assert not rows(clinic, issued.format("('prescription.issued', 'prescription.amended')"))
    opened = "SELECT count(*) FROM audit_events WHERE event = 'patient.file_opened' AND action = 'READ'"
    assert clinic.scalar(text(opened)) == clinic.scalar(text("SELECT count(*) FROM visits"))
    paid = "SELECT count(*) FROM audit_events WHERE event IN ('invoice.paid', 'invoice.partly_paid')"
    assert clinic.scalar(text(paid)) == clinic.scalar(text("SELECT count(*) FROM payments"))


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


def everything(session):
    """Every row of every table that the simulation writes, in order."""
    return {
        table.name: session.execute(select(table).order_by(*table.primary_key)).all()
        for table in Base.metadata.sorted_tables
        if table.name not in OUTSIDE
    }


def again(engine, seed):
    """The clinic with nothing of what happened, simulated afresh: same users, same sequences."""
    with engine.begin() as connection:
        empty(connection, OUTSIDE)
    simulate.run(DAYS, PATIENTS, seed)
    with db.transaction() as session:
        return everything(session)


def test_the_same_seed_makes_the_same_clinic_and_another_another(clinic, engine):
    first, second, other = again(engine, 1), again(engine, 1), again(engine, 2)

    assert first == second
    assert other["visits"] != first["visits"]


@pytest.fixture
def carried(clinic):
    """MongoDB has all of it."""
    if not store.database().visit_history.find_one():
        rebuild.run()
    return clinic


def test_mongodb_says_the_same_as_the_simulated_clinic(carried):
    clinic = carried
    token_queue.reconcile(clinic)  # Redis still has the lines of other tests
    told = CliRunner().invoke(app, ["verify", "--json"], catch_exceptions=False)
    assert (told.exit_code, json.loads(told.stdout)) == (0, {"ok": True, "breaks": []})
    assert store.database().visit_history.count_documents({}) == clinic.scalar(select(func.count()).select_from(Visit))


class Asked(CommandListener):
    """How often documents are asked for; that an answer comes in several batches is not asking again."""

    def __init__(self):
        self.times = 0

    def started(self, event):
        self.times += event.command_name in {"find", "aggregate", "count", "distinct"}

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def asked(carried, monkeypatch):
    listener = Asked()
    store.close()
    monkeypatch.setattr(
        store, "MongoClient", lambda url, **options: MongoClient(url, **{**options, "event_listeners": [listener]})
    )
    yield listener
    store.close()


REPORTS = ("daily_summary", "visit_history")


def readings(first, last):
    """{name: what reads it} of every frame and report, of a period."""
    of_frames = {table.name: getattr(analytics, table.name) for table in dictionary.frames()}
    period = {"first": first, "last": last}
    actor = Actor(1, "Mira", Role.ADMIN)
    return {
        **{
            name: partial(frame, **({"on": last} if "on" in signature(frame).parameters else period))
            for name, frame in of_frames.items()
            if "actor" not in signature(frame).parameters
        },
        **{name: partial(getattr(reports, name), actor, first, last) for name in REPORTS},
    }


def times_asked(asked, read):
    asked.times = 0
    read()
    return asked.times


def test_reports_ask_mongodb_as_often_for_weeks_as_for_a_day(asked):
    """And for ten years once more for each year of what is kept by the month, for each quarter of records; once more
    where no day was open before."""
    last = date(2025, 2, 28)
    day, weeks = readings(last, last), readings(date(2025, 1, 20), last)
    years = readings(date(2015, 3, 1), last)
    once = {name: times_asked(asked, read) for name, read in day.items()}

    assert {name: times_asked(asked, read) for name, read in weeks.items()} == once
    assert 1 <= min(once.values()) <= max(once.values()) <= 5
    pieces = {name: times_asked(asked, read) - once[name] for name, read in years.items() if name not in REPORTS}
    assert set(pieces.values()) <= {0, 1, 9, 40}, pieces


def test_a_question_for_each_day_is_seen(asked):
    def by_day(first, last):
        return [analytics.daily_summaries(day, day) for day in pd.date_range(first, last).date]

    last = date(2025, 2, 28)
    assert times_asked(asked, lambda: by_day(last, last)) < times_asked(asked, lambda: by_day(date(2025, 2, 25), last))


def test_real_work_goes_on_afterwards(clinic):
    admin = an_admin(clinic)
    choice = users.list_doctors(clinic, admin)[0]
    doctor = Actor(choice.doctor_id, choice.name, Role.DOCTOR)
    patient = clinic.scalars(select(Patient.id).limit(1)).one()
    last = clinic.scalar(select(InvoiceCounter.last_number))

    token_queue.walk_in(clinic, admin, patient, doctor.user_id)
    token = token_queue.call_next(clinic, doctor, doctor.user_id)
    visit = visits.start(clinic, doctor, token.token_id)
    visits.add_diagnosis(clinic, doctor, visit.visit_id, "J06.9")
    visits.complete(clinic, doctor, visit.visit_id)
    bill = billing.invoice_visit(clinic, admin, visit.visit_id)
    paid = billing.pay(clinic, admin, bill.invoice_id, bill.due, billing.PaymentMethod.CASH)

    assert paid.due == Decimal(0)
    assert paid.number == f"2024-25/{last + 1:06d}"
    assert token.number == 1


def test_a_clinic_with_records_of_its_own_is_left_alone(clinic):
    with pytest.raises(simulate.ClinicInUse):
        simulate.run(DAYS, PATIENTS, seed=4)
