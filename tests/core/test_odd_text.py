"""Whatever is typed or pasted, wherever there is a box for it: a sentence, or kept so that it is shown and found."""

import random
import unicodedata
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from core import (
    auth,
    billing,
    clinic,
    clock,
    documents,
    fields,
    icd10,
    inventory,
    patients,
    prescriptions,
    scheduling,
    token_queue,
    users,
    visits,
)
from core.billing import LineDetails, PaymentMethod, ServiceDetails
from core.errors import ClinicError
from core.idempotency import once
from core.inventory import Delivery
from core.models import Appointment, Doctor, Sex, User
from core.patients import PatientDetails
from core.permissions import Role
from core.users import DoctorDetails, NewUser
from tests import factories

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
ODD = {
    "nothing": "",
    "only spaces": " \t\u00a0\u3000",
    "only what nobody sees": "\u200b\u200e\u2066\ufeff\u3164\U000e0041",
    "only joiners and marks": "\u200d\u0301\ufe0f",
    "NUL": "As\0ha",
    "halves of pairs": "Asha \ud83d \udc68",
    "control characters": "As\x07ha\x1b[31m\x7f\x85",
    "turned around": "Asha \u202eoaR\u202c \u2067x\u2069",
    "emoji": f"{FAMILY} 👍🏽 🇮🇳 ❤️",
    "many lines": "one\r\ntwo\u2028three\u2029four\n\n\nfive",
    "a formula": '=HYPERLINK("http://x","y")',
    "another formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "markup": "<script>alert(1)</script> **x** [a](b) $x$",
    "a statement": "'; DROP TABLE patients; --",
    "patterns": "%_\\ \\0 {} %(x)s :x",
    "marks on marks": "Z" + "\u0301" * 60 + "a",
    "no characters": "\ufffe\uffff\U0001ffff\u0378",
    "private": "\ue000\U0010ffff",
    "long": "अ" * 10_000,
    "too long": "😀" * 10_001,
}


class Room:
    """A clinic in which every box can be filled: whom it is about, by name."""

    def __init__(self, session, doctor):
        self.session, self.doctor, self.admin = session, doctor, factories.an_admin(session)
        self.patient = factories.a_patient(session)
        self.medicine = factories.a_medicine(session)
        self.batch = factories.a_batch(session, self.medicine, 100)
        self.booked = factories.an_appointment(session, doctor)
        self.visit = factories.a_visit(session, doctor)
        self.note = visits.add_note(session, doctor, self.visit.visit_id, "As it was")
        self.bill = factories.an_invoice(session)

    def do(self, verb, *arguments, by=None, **values):
        return once(uuid.uuid4().hex, verb)(self.session, by or self.admin, *arguments, **values)


def of_patient(field):
    """The box of a new record and of one that is amended."""

    def fill(room, text):
        typed = PatientDetails("Asha Rao", Sex.FEMALE)
        card = room.do(patients.register, replace(typed, **{field: text}))
        room.do(patients.amend, card.patient_id, replace(typed, **{field: text}), drawn_from=None)
        return getattr(patients.details(room.session, room.admin, card.patient_id), field)

    return fill


def of_medicine(field):
    def fill(room, text):
        record = inventory.list_medicines(room.session, room.admin)[0]
        details = {name: getattr(record, name) for name in inventory.MedicineDetails.__dataclass_fields__}
        changed = inventory.MedicineDetails(**{**details, field: text})
        return getattr(room.do(inventory.change_medicine, room.medicine.medicine_id, changed), field)

    return fill


def of_doctor(field):
    def fill(room, text):
        room.do(users.change_doctor, room.doctor.user_id, DoctorDetails(Decimal(1), Decimal(1), **{field: text}))
        return getattr(room.session.get_one(Doctor, room.doctor.user_id), field)

    return fill


def of_clinic(field):
    return lambda room, text: getattr(room.do(clinic.change, **{field: text}), field)


def of_delivery(field):
    def fill(room, text):
        batch = {"number": "B", "supplier": "S", field: text}
        delivery = Delivery(quantity=1, expires_on=room.batch.expires_on, unit_cost=Decimal(1), **batch)
        return getattr(room.do(inventory.receive, room.medicine.medicine_id, delivery), field)

    return fill


def of_bill(field):
    def fill(room, text):
        typed = {"description": "A certificate", "discount_reason": "A friend", field: text}
        line = LineDetails(unit_price=Decimal(10), discount=Decimal(1), **typed)
        return getattr(room.do(billing.invoice_by_hand, room.patient.patient_id, [line]).lines[0], field)

    return fill


def why_given_back(room, text):
    paid = factories.an_invoice(room.session, paid=True)
    return room.do(billing.refund, paid.invoice_id, {paid.lines[0].line_id: 1}, PaymentMethod.CASH, text).reason


def advance_reference(room, text):
    paid_in = (room.patient.patient_id, Decimal(1), PaymentMethod.CARD, text)
    return room.do(billing.receive_advance, *paid_in).moves[-1].reference


def of_prescription(field):
    def fill(room, text):
        item = replace(factories.an_item(room.session, room.medicine), **{field: text})
        (kept,) = room.do(prescriptions.prescribe, room.visit.visit_id, [item], by=room.doctor).items
        return getattr(kept if field == "override_reason" else kept.directions, field)

    return fill


def of_user(field):
    def fill(room, text):
        new = replace(NewUser(f"u{uuid.uuid4().hex[:8]}", "Ravi", Role.RECEPTION, factories.PASSWORD), **{field: text})
        return getattr(room.session.get_one(User, room.do(users.add, new)), field)

    return fill


def why_cancelled(room, text):
    room.do(scheduling.cancel, room.booked.appointment_id, text)
    return room.session.get_one(Appointment, room.booked.appointment_id).reason


def note(room, text):
    return room.do(visits.add_note, room.visit.visit_id, text, by=room.doctor).body


def why_amended(room, text):
    return room.do(visits.amend_note, room.note.note_id, "As it is", text, by=room.doctor).reason


def diagnosis(room, text):
    kept = room.do(visits.add_diagnosis, room.visit.visit_id, "J06.9", text, by=room.doctor).text
    return "" if kept == icd10.title("J06.9") else kept


def draft(room, text):
    room.do(visits.keep_draft, room.visit.visit_id, "note", text, by=room.doctor)
    return visits.draft(room.session, room.doctor, room.visit.visit_id)["note"]


def why_stock_changed(room, text):
    room.do(inventory.adjust, room.batch.batch_id, -1, text)
    return inventory.movements(room.session, room.admin, medicine_id=room.medicine.medicine_id)[0].note


def room_name(room, text):
    room.do(token_queue.change_room, room.doctor.user_id, text)
    return room.session.get_one(Doctor, room.doctor.user_id).room


def a_sick_note(room, remark=""):
    visit_id = factories.a_completed_visit(room.session, room.doctor).visit_id
    return room.do(documents.sick_note, visit_id, clock.today(), clock.today(), remark, by=room.doctor)


def remark(room, text):
    opened = documents.opened(room.session, room.doctor, a_sick_note(room, text).code, "https://lotus.example")
    assert opened.pdf().startswith(b"%PDF-")
    return opened.paper.remark


def why_taken_back(room, text):
    return room.do(documents.cancel, a_sick_note(room).document_id, text).cancel_reason


BOXES = {
    **{f"patient: {field}": of_patient(field) for field in ("name", "address", "allergies", "next_of_kin")},
    **{f"medicine: {field}": of_medicine(field) for field in ("name", "generic", "strength", "unit")},
    **{
        f"doctor: {field}": of_doctor(field) for field in ("room", "speciality", "registration_number", "qualification")
    },
    **{f"clinic: {field}": of_clinic(field) for field in ("name", "address", "phone", "tax_number")},
    **{f"delivery: {field}": of_delivery(field) for field in ("number", "supplier")},
    **{f"bill: {field}": of_bill(field) for field in ("description", "discount_reason")},
    **{f"prescription: {field}": of_prescription(field) for field in ("instructions", "frequency", "override_reason")},
    **{f"user: {field}": of_user(field) for field in ("username", "name")},
    "service": lambda room, text: room.do(billing.add_service, ServiceDetails(text, Decimal(1), Decimal(0))).name,
    "bill: why cancelled": lambda room, text: room.do(billing.cancel, room.bill.invoice_id, text).cancel_reason,
    "bill: why given back": why_given_back,
    "advance: reference": advance_reference,
    "appointment: why cancelled": why_cancelled,
    "note: why amended": why_amended,
    "diagnosis": diagnosis,
    "stock: why changed": why_stock_changed,
    "room": room_name,
    "paper: why taken back": why_taken_back,
}
OTHER_BOXES = {
    "note": (note, fields.paragraph),
    "sick note": (remark, fields.paragraph),
    "draft": (draft, fields.storable),
}


@pytest.mark.parametrize("box", BOXES | OTHER_BOXES)
def test_odd_text_is_refused_in_words_or_kept_clean(session, doctor, box):
    fill, cleaned = OTHER_BOXES.get(box) or (BOXES[box], fields.line)
    room = Room(session, doctor)
    for what, text in ODD.items():
        kept, sentence = outcome(session, fill, room, text)
        if sentence is None:
            assert kept == cleaned(text), what
        else:
            assert sentence == fields.paragraph(sentence), what
            assert len(sentence) < 400, what


def outcome(session, fill, *arguments):
    """What was kept and None, or None and the sentence of the refusal. Nothing stays."""
    undone = session.begin_nested()
    try:
        return fill(*arguments), None
    except ClinicError as refusal:
        return None, str(refusal)
    finally:
        undone.rollback()


def test_passwords_and_searches_take_odd_text_too(session, doctor, admin):
    for what, text in ODD.items():
        outcome(session, users.reset_password, session, admin, doctor.user_id, text)
        assert isinstance(auth.sign_in(session, text, text, "here"), auth.Refused), what
        assert patients.same_phone(session, admin, text) == []
        for search in (patients.search, inventory.search_medicines, billing.search_prices):
            assert search(session, admin, f"{text} nowhere") == [], what
        assert icd10.search(f"{text} nowhere") == []


def test_any_text_at_all_is_refused_or_found_again(session, receptionist):
    """Names out of every corner of Unicode, the same every time. Not digits, which are numbers to the search."""
    chance = random.Random(5)
    corners = [(0, 0x2FF), (0x300, 0x6FF), (0x900, 0xE7F), (0x2000, 0x206F), (0x3000, 0x9FFF), (0xD800, 0x10FFFF)]

    def kept_and_found(name):
        card = patients.register(session, receptionist, PatientDetails(name, Sex.UNKNOWN))
        return card.name, card in patients.search(session, receptionist, name)

    for _ in range(150):
        name = "".join(chr(chance.randint(*chance.choice(corners))) for _ in range(chance.randint(1, 12)))
        name = "".join(ch for ch in name if unicodedata.decimal(ch, None) is None)
        answer, sentence = outcome(session, kept_and_found, name)
        assert fields.line(fields.line(name)) == fields.line(name), ascii(name)
        if sentence is None:
            assert answer == (fields.line(name), True), ascii(name)
        else:
            assert (fields.line(name), sentence) == ("", "The name is missing."), ascii(name)
