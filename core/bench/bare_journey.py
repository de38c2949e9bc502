"""The floor of the whole journey: the rows of its seven commits, each in as few round trips as it can be done in.

The numbers of rows are drawn beforehand; what hangs on a counter is numbered in its statement. What the steps must know
to go on (the row that is locked, what is allergic to what, prices, the fee, the drawer) is read along.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core import clock, db, icd10, patients, spelling
from core.bench import bare, counter
from core.bench.bare import Statement
from core.bench.clinic import Clinic
from core.bench.measuring import Job
from core.clinic import profile
from core.fields import to_cents
from core.patients import PatientDetails
from core.permissions import Actor
from core.prescriptions import ItemDetails

_IDS = "SELECT nextval(name || '_id_seq') FROM unnest(%s::text[]) WITH ORDINALITY AS t (name, place) ORDER BY place"
_TABLES = ("patients", "tokens", "visits", "prescriptions", "invoices")
_PATIENT = """
INSERT INTO patients (id, mrn, name, sex, birth_date, birth_date_is_estimated, phone, address, blood_group, allergies,
  chronic_conditions, next_of_kin, advance, registered_at, search_grams, spelt)
VALUES (%s, %s, %s, %s, %s, true, %s, '', '', '', '', '', 0, now(), %s, %s)
"""
_NEXT_TOKEN = """
INSERT INTO token_counters (issued_on, last_number) VALUES (%s, 1)
ON CONFLICT (issued_on) DO UPDATE SET last_number = token_counters.last_number + 1
"""
_TOKEN = """
INSERT INTO tokens (id, issued_on, number, patient_id, doctor_id, for_anyone, state, priority, place, issued_at)
SELECT %s, issued_on, last_number, %s, %s, false, 'WAITING', 'EMERGENCY', now(), now() FROM token_counters
WHERE issued_on = %s
"""
_CALLED = "UPDATE tokens SET state = 'CALLED', called_at = now() WHERE id = %s AND state = 'WAITING'"
_FINISHED = "UPDATE tokens SET state = 'FINISHED', finished_at = now() WHERE id = %s AND state = 'CALLED'"
_VISIT = """
INSERT INTO visits (id, patient_id, doctor_id, token_id, state, is_billed, started_at)
VALUES (%s, %s, %s, %s, 'OPEN', false, now())
"""
_LOCKED = "SELECT state, doctor_id FROM visits WHERE id = %s FOR UPDATE"
_TAKER = "SELECT name, allergies, birth_date FROM patients WHERE id = %s FOR UPDATE"
_RUNNING = """
SELECT i.medicine_id, i.route, i.duration_days, p.issued_at FROM prescription_items i
JOIN prescriptions p ON p.id = i.prescription_id JOIN visits v ON v.id = p.visit_id
WHERE v.patient_id = %s AND v.id <> %s AND p.state = 'ISSUED'
"""
_MEDICINES = "SELECT id, name, generic, form, pack_size, withdrawn_at FROM medicines WHERE id = ANY(%s)"
_DIAGNOSIS = """
INSERT INTO diagnoses (visit_id, code, text, recorded_at, recorded_by_id, reason, strike_reason)
VALUES (%s, %s, %s, now(), %s, '', '')
"""
_PRESCRIPTION = """
INSERT INTO prescriptions (id, number, visit_id, state, issued_at, issued_by_id, cancel_reason)
VALUES (%s, %s, %s, 'ISSUED', now(), %s, '')
"""
_ITEMS = """
INSERT INTO prescription_items (prescription_id, medicine_id, dose, route, frequency, duration_days, instructions,
  quantity, override_reason)
SELECT %s, medicine_id, 1, 'ORAL', 'BD', 5, '', quantity, ''
FROM unnest(%s::bigint[], %s::bigint[]) AS item (medicine_id, quantity)
"""
_SIGNED = "UPDATE visits SET state = 'COMPLETED', completed_at = now() WHERE id = %s"
_SEEN = "UPDATE patients SET last_visit_at = now() WHERE id = %s"
_NO_DRAFT = "DELETE FROM visit_drafts WHERE visit_id = %s"
_CHARGED = """
SELECT i.id, i.medicine_id, i.quantity, m.name, m.price, m.tax_percent FROM prescription_items i
JOIN medicines m ON m.id = i.medicine_id JOIN prescriptions p ON p.id = i.prescription_id
WHERE p.visit_id = %s AND p.state = 'ISSUED'
  AND NOT EXISTS (SELECT FROM invoice_lines l WHERE l.prescription_item_id = i.id)
ORDER BY i.id
"""
_FEE = """
SELECT u.name, d.consultation_fee, (SELECT max(started_at) FROM visits v
  WHERE v.patient_id = %s AND v.doctor_id = d.user_id AND v.state = 'COMPLETED' AND v.id <> %s)
FROM doctors d JOIN users u ON u.id = d.user_id WHERE d.user_id = %s
"""
_BILLED = "SELECT id FROM invoices WHERE visit_id = %s AND state <> 'CANCELLED' FOR UPDATE"
_NEXT_BILL = """
INSERT INTO invoice_counters (financial_year, last_number) VALUES (%s, 1)
ON CONFLICT (financial_year) DO UPDATE SET last_number = invoice_counters.last_number + 1
"""
_INVOICE = """
INSERT INTO invoices (id, number, financial_year, sequence, patient_id, visit_id, state, issued_on, issued_at,
  issued_by_id, subtotal, discount, tax, total, paid, refunded, cancel_reason)
SELECT %s, 'bench/' || last_number, financial_year, last_number, %s, %s, 'ISSUED', %s, now(), %s, %s, 0, %s, %s, 0,
  0, ''
FROM invoice_counters WHERE financial_year = %s
"""
_INVOICE_LINES = """
INSERT INTO invoice_lines (invoice_id, kind, description, medicine_id, prescription_item_id, quantity, unit_price,
  discount, discount_reason, tax_percent, tax, amount, basis, dispensed, returned, called_off, call_off_reason,
  refunded)
SELECT %s, kind, description, medicine_id, item_id, quantity, price, 0, '', tax_percent, tax, amount, 'Price list',
  0, 0, 0, '', 0
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[],
  %s::numeric[], %s::numeric[])
AS l (kind, description, medicine_id, item_id, quantity, price, tax_percent, tax, amount)
"""
_DUE = """
SELECT v.total - v.paid, v.state, p.name FROM invoices v JOIN patients p ON p.id = v.patient_id WHERE v.id = %s
FOR UPDATE OF v
"""
_DRAWER = "SELECT id FROM users WHERE id = %s FOR KEY SHARE"
_CLOSED = "SELECT id FROM day_closes WHERE cashier_id = %s AND closed_on >= %s LIMIT 1"
_PAYMENT = """
INSERT INTO payments (invoice_id, amount, method, reference, received_on, received_at, received_by_id)
VALUES (%s, %s, 'CASH', '', %s, now(), %s)
"""
_PAID = "UPDATE invoices SET paid = paid + %s, state = 'PAID' WHERE id = %s"


@dataclass(frozen=True)
class _Way:
    """One patient's, with the numbers of the rows to come."""

    clinic: Clinic
    year: int  # in which the financial year began
    patient: int
    token: int
    visit: int
    prescription: int
    invoice: int


def journey(clinic: Clinic, details: PatientDetails, items: Sequence[ItemDetails], code: str) -> Job:
    ids = [row[0] for row in clinic.bare.execute(_IDS, [list(_TABLES)]).fetchall()]
    with db.reading() as session:
        way = _Way(clinic, profile(session).financial_year(clock.today()), *ids)

    def journey() -> None:
        _register(way, details)
        _call(way)
        _start(way)
        _treat(way, items, code)
        _pay(way, _bill(way))
        counter.dispense(clinic, way.invoice)()

    return journey


def _register(way: _Way, details: PatientDetails) -> None:
    mrn, desk, today = patients.mrn(way.patient), way.clinic.desk, clock.today()
    found_by = spelling.grams(details.name, details.phone, mrn), spelling.fold(details.name)
    values = (way.patient, mrn, details.name, details.sex, date(1980, 7, 1), details.phone, *found_by)
    _commit(
        way,
        desk,
        Statement(_PATIENT, values),
        bare.event(desk, "CREATE", "patient.registered", "patients", way.patient, {"mrn": [None, mrn]}),
        Statement(_NEXT_TOKEN, [today]),
        Statement(_TOKEN, [way.token, way.patient, way.clinic.doctor.user_id, today]),
        bare.event(desk, "CREATE", "token.issued", "tokens", way.token, {"number": [None, 1]}),
    )
    bare.show(way.token, way.patient, waits=True)


def _call(way: _Way) -> None:
    bare.propose()
    _commit(way, way.clinic.doctor, Statement(_CALLED, [way.token]), _token_event(way, "called"))
    bare.show(way.token, way.patient, waits=False)


def _start(way: _Way) -> None:
    doctor = way.clinic.doctor
    _commit(
        way,
        doctor,
        Statement(_VISIT, [way.visit, way.patient, doctor.user_id, way.token]),
        bare.event(doctor, "CREATE", "visit.started", "visits", way.visit, {"token_id": [None, way.token]}),
    )


def _treat(way: _Way, items: Sequence[ItemDetails], code: str) -> None:
    known, doctor = icd10.find(code), way.clinic.doctor
    assert known is not None
    medicines, units = [item.medicine_id for item in items], [item.quantity for item in items]
    number = f"RX-{way.prescription:06d}"
    read = [
        Statement(_LOCKED, [way.visit]),
        Statement(_TAKER, [way.patient]),
        Statement(_RUNNING, [way.patient, way.visit]),
        Statement(_MEDICINES, [medicines]),
    ]
    written = [
        Statement(_DIAGNOSIS, [way.visit, known.code, known.title, doctor.user_id]),
        bare.event(doctor, "CREATE", "diagnosis.added", "diagnoses", None, {}),
        Statement(_PRESCRIPTION, [way.prescription, number, way.visit, doctor.user_id]),
        Statement(_ITEMS, [way.prescription, medicines, units]),
        bare.event(doctor, "CREATE", "prescription.issued", "prescriptions", way.prescription, {"number": number}),
        Statement(_FINISHED, [way.token]),
        _token_event(way, "finished"),
        Statement(_SEEN, [way.patient]),
        Statement(_SIGNED, [way.visit]),
        Statement(_NO_DRAFT, [way.visit]),
        bare.event(doctor, "UPDATE", "visit.completed", "visits", way.visit, {"state": ["OPEN", "COMPLETED"]}),
    ]
    _commit(way, doctor, *written, read=read)
    bare.show(way.token, way.patient, waits=False)


def _bill(way: _Way) -> Decimal:
    desk, doctor, key, today = way.clinic.desk, way.clinic.doctor, secrets.token_hex(16), clock.today()
    with way.clinic.bare.pipeline(), way.clinic.bare.transaction():
        _, items, fees, _ = bare.asked(
            way.clinic.bare,
            bare.claim(desk, key, "bench.bill"),
            Statement(_LOCKED, [way.visit]),
            Statement(_CHARGED, [way.visit]),
            Statement(_FEE, [way.patient, way.visit, doctor.user_id]),
            Statement(_BILLED, [way.visit]),
        )
        name, fee, _ = fees[0]
        lines = [("CONSULTATION", f"Consultation, {name}", None, None, 1, fee, Decimal(0))]
        lines += [("MEDICINE", what, of, item, units, price, tax) for item, of, units, what, price, tax in items]
        taxes = [to_cents(units * price * percent / 100) for *_, units, price, percent in lines]
        amounts = [units * price + tax for (*_, units, price, _), tax in zip(lines, taxes, strict=True)]
        total, tax = sum(amounts, Decimal(0)), sum(taxes, Decimal(0))
        values = (way.invoice, way.patient, way.visit, today, desk.user_id, total - tax, tax, total, way.year)
        bare.asked(
            way.clinic.bare,
            Statement(_NEXT_BILL, [way.year]),
            Statement(_INVOICE, values),
            Statement(_INVOICE_LINES, [way.invoice, *map(list, zip(*lines, strict=True)), taxes, amounts]),
            bare.event(desk, "CREATE", "invoice.issued", "invoices", way.invoice, {"total": [None, str(total)]}),
            bare.answered(key, {"invoice_id": way.invoice, "total": str(total)}),
        )
    return total


def _pay(way: _Way, due: Decimal) -> None:
    desk, today = way.clinic.desk, clock.today()
    read = [
        Statement(_DUE, [way.invoice]),
        Statement(_DRAWER, [desk.user_id]),
        Statement(_CLOSED, [desk.user_id, today]),
    ]
    written = [
        Statement(_PAYMENT, [way.invoice, due, today, desk.user_id]),
        Statement(_PAID, [due, way.invoice]),
        bare.event(desk, "UPDATE", "invoice.paid", "invoices", way.invoice, {"paid": ["0.00", str(due)]}),
    ]
    _commit(way, desk, *written, read=read)


def _token_event(way: _Way, what: str) -> Statement:
    changes = {"state": ["WAITING", what.upper()]}
    return bare.event(way.clinic.doctor, "UPDATE", f"token.{what}", "tokens", way.token, changes)


def _commit(way: _Way, actor: Actor, *written: Statement, read: Sequence[Statement] = ()) -> None:
    """What is read decides whether anything is written: it is waited for."""
    key = secrets.token_hex(16)
    with way.clinic.bare.pipeline(), way.clinic.bare.transaction():
        bare.asked(way.clinic.bare, bare.claim(actor, key, "bench.journey"), *read)
        bare.asked(way.clinic.bare, *written, bare.answered(key, {"id": way.visit}))
