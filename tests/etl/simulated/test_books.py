"""Six weeks of a made-up clinic: every rule of the books holds, and a broken one is told with its repair."""

from datetime import date

import pytest
from sqlalchemy import select, text

from core import books, documents, patients
from core.models import Invoice, InvoiceCounter, Patient
from tests.etl.simulated.clinic import LEFT_AT, rows
from tests.factories import an_admin


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


def test_invoice_numbers_are_without_gaps_and_the_counter_goes_on_from_there(clinic):
    sequences = clinic.scalars(select(Invoice.sequence).order_by(Invoice.issued_at, Invoice.sequence)).all()

    assert sequences == list(range(1, len(sequences) + 1))
    assert clinic.scalar(select(InvoiceCounter.last_number)) == len(sequences)


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
