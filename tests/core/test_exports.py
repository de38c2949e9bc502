"""Lists that leave the clinic: who may take which, what is in them, and the trail."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import billing, exports, patients
from core.errors import Invalid, NotFound, NotPermitted
from core.exports import TooManyRows
from core.models import AuditEvent, PaymentMethod
from core.permissions import Role
from tests.etl.changes import an_order
from tests.factories import (
    a_batch,
    a_drawer_closed,
    a_medicine,
    a_patient,
    a_token,
    a_user,
    an_appointment,
    an_invoice,
)

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 31)
LEDGERS = ["credit_notes", "advances", "drawers", "orders"]
MAY_TAKE = {
    Role.ADMIN: ["patients", "appointments", "queue", "bills", "payments", "stock", *LEDGERS],
    Role.MANAGER: ["bills", "payments", "stock", *LEDGERS],
}


def taken(session, actor, name, kind=".csv", first=FIRST, last=LAST):
    found = exports.take(session, actor, name, first, last, kind)
    return [dict(zip((column.name for column in found.columns), row, strict=True)) for row in found.rows]


@pytest.mark.parametrize("role", Role)
def test_each_role_takes_what_it_may_see_or_nothing(session, admin, role):
    actor = admin if role is Role.ADMIN else a_user(session, role)
    if role not in MAY_TAKE:
        with pytest.raises(NotPermitted, match="may not take lists away as files"):
            exports.available(actor)
        return

    assert [known.name for known in exports.available(actor)] == MAY_TAKE[role]
    for name in set(MAY_TAKE[Role.ADMIN]) - set(MAY_TAKE[role]):
        with pytest.raises(NotPermitted):
            exports.take(session, actor, name, FIRST, LAST, ".csv")


def test_patients_are_listed_without_archived_ones_and_nothing_clinical(session, admin):
    a_patient(session, "Asha Rao", phone="98765 43210", birth_date=date(1990, 9, 3), allergies="Penicillin")
    gone = a_patient(session, "Ravi Sen")
    patients.archive(session, admin, gone.patient_id)

    [asha] = taken(session, admin, "patients")

    assert (asha["Name"], asha["Sex"], asha["Phone"]) == ("Asha Rao", "Female", "+919876543210")
    assert (asha["Birth date"], asha["Registered on"], asha["Last visit"]) == (date(1990, 9, 3), FIRST, None)
    assert "Penicillin" not in asha.values()


def test_an_export_leaves_one_event_with_what_and_how_many(session, admin):
    a_patient(session, "Asha Rao")
    a_patient(session, "Ravi Sen")
    taken(session, admin, "patients", ".xlsx")

    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.actor_id) == ("list.exported", admin.user_id)
    assert {field: after for field, (_, after) in event.changes.items()} == {
        "list": "patients", "rows": 2, "kind": ".xlsx", "first_on": "2025-03-01", "last_on": "2025-03-31",
    }  # fmt: skip


def test_bills_and_payments_add_up_and_name_nobody_to_the_manager(session, admin):
    an_invoice(session, price="300.00", paid=True)
    an_invoice(session, price="100.00", patient=a_patient(session, "Ravi Sen"))
    manager = a_user(session, Role.MANAGER)

    bills = taken(session, admin, "bills")
    assert [(bill["Total"], bill["Due"], bill["State"]) for bill in bills] == [
        (Decimal("300.00"), Decimal("0.00"), "Paid"),
        (Decimal("100.00"), Decimal("100.00"), "Issued"),
    ]
    assert bills[1]["Patient"] == "Ravi Sen"
    [payment] = taken(session, admin, "payments")
    assert (payment["What"], payment["Method"], payment["Amount"]) == ("Payment", "Cash", Decimal("300.00"))

    hidden = [*taken(session, manager, "bills"), *taken(session, manager, "payments")]
    assert all({"MRN", "Patient", "Phone"}.isdisjoint(row) for row in hidden)
    assert [row["Bill"] for row in hidden[:2]] == [bill["Bill"] for bill in bills]


def test_what_was_given_back_and_paid_ahead_is_listed_with_the_drawer_that_holds_it(session, admin):
    invoice = an_invoice(session, price="300.00", paid=True)
    [line] = invoice.lines
    billing.refund(session, admin, invoice.invoice_id, {line.line_id: 1}, PaymentMethod.CASH, "Fainted")
    billing.receive_advance(session, admin, invoice.patient_id, Decimal("50.00"), PaymentMethod.CASH)
    a_drawer_closed(session, admin, FIRST)

    [note], [advance], [drawer] = (taken(session, admin, name) for name in LEDGERS[:3])
    assert (note["Credit note"], note["Bill"], note["Amount"]) == (
        "CN-2024-25/000001",
        invoice.number,
        Decimal("300.00"),
    )
    assert "Fainted" not in note.values()
    assert (advance["What"], advance["Method"], advance["Change"]) == ("Received", "Cash", Decimal("50.00"))
    assert (drawer["Taken"], drawer["Difference"]) == (Decimal("50.00"), Decimal("0.00"))


def test_payments_add_up_to_the_takings_whatever_went_through_an_advance(session, admin):
    kept, paid_from_it = an_invoice(session, price="300.00", paid=True), an_invoice(session, price="40.00")
    [line] = kept.lines
    billing.refund(session, admin, kept.invoice_id, {line.line_id: 1}, PaymentMethod.ADVANCE, "Fainted")
    billing.receive_advance(session, admin, paid_from_it.patient_id, Decimal("50.00"), PaymentMethod.CASH)
    billing.pay(session, admin, paid_from_it.invoice_id, Decimal("40.00"), PaymentMethod.ADVANCE)
    billing.pay_out_advance(session, admin, kept.patient_id, Decimal("100.00"), PaymentMethod.CASH)

    listed = [(row["What"], row["Bill"], row["Amount"]) for row in taken(session, admin, "payments")]

    assert sorted(listed) == [
        ("Advance", "", Decimal("50.00")),
        ("Advance paid out", "", Decimal("-100.00")),
        ("Payment", kept.number, Decimal("300.00")),
    ]
    day = billing.taken_on(session, admin, FIRST)
    assert sum(amount for *_, amount in listed) == day.total - sum(day.given_back.values())


def test_an_order_is_listed_by_its_medicines(session, admin):
    an_order(session, admin, a_medicine(session).medicine_id)

    [line] = taken(session, admin, "orders")

    assert (line["Supplier"], line["State"], line["Cost"]) == ("Metro Pharma", "Ordered", Decimal("300.00"))


def test_appointments_and_the_queue_are_told_on_the_clinics_clock(session, admin, doctor):
    an_appointment(session, doctor, "Asha Rao", date(2025, 3, 3))
    a_token(session, "Ravi Sen", doctor)

    [booked] = taken(session, admin, "appointments")
    [token] = taken(session, admin, "queue")

    assert (str(booked["Time"]), booked["Doctor"], booked["State"]) == ("2025-03-03 09:00:00", "Dr Sen", "Booked")
    assert (token["Day"], token["Patient"], token["State"]) == (FIRST, "Ravi Sen", "Waiting")


def test_a_period_holds_both_its_days_and_no_other(session, admin, doctor):
    an_appointment(session, doctor, day=date(2025, 3, 3))

    found = [exports.count(session, admin, "appointments", date(2025, 3, d), date(2025, 3, d)) for d in (2, 3, 4)]

    assert found == [0, 1, 0]


def test_stock_names_what_is_sold_out_too(session, admin):
    a_batch(session, a_medicine(session, "Amoxicillin 500 mg"), 20)
    a_medicine(session, "Zinc")

    amoxicillin, zinc = taken(session, admin, "stock")

    assert (amoxicillin["On hand"], amoxicillin["Value"], amoxicillin["Blocked"]) == (20, Decimal("60.00"), "")
    assert (zinc["Medicine"], zinc["On hand"], zinc["Batch"]) == ("Zinc", 0, None)


def test_what_cannot_be_taken_is_refused_in_words(session, admin, monkeypatch):
    a_patient(session)
    with pytest.raises(Invalid, match="cannot be after"):
        exports.take(session, admin, "patients", LAST, FIRST, ".csv")
    with pytest.raises(NotFound):
        exports.take(session, admin, "secrets", FIRST, LAST, ".csv")
    monkeypatch.setattr(exports, "MOST_ROWS", 0)
    with pytest.raises(TooManyRows, match="These are 1 rows"):
        exports.take(session, admin, "patients", FIRST, LAST, ".csv")


@pytest.mark.parametrize("name", MAY_TAKE[Role.ADMIN])
def test_every_list_becomes_a_file_even_when_it_is_empty(session, admin, name):
    found = exports.take(session, admin, name, FIRST, LAST, ".csv")

    assert found.as_file(".csv").decode("utf-8-sig").count("\r\n") == 1
    assert found.as_file(".xlsx").startswith(b"PK")
