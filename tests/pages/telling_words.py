"""A clinic lived through with words that mean nothing else, so that each can be told wherever it turns up."""

import logging
from datetime import date, time
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from core import clock, dispensing, documents, prescriptions, scheduling, token_queue, visits
from core.errors import ClinicError
from core.models import VisitNote
from core.visits import Measurements
from tests.etl.conftest import carry, mongo  # noqa: F401
from tests.factories import a_slot, a_visit, an_item

WRITTEN, MEASURED, ORDERED, KNOWN = "xyzzy", "93.77", "plugh", "frobozz"
UNEXPECTED = "An error nobody expected"


def write(session, doctor, visit_id, word):
    measured = Measurements(weight_kg=Decimal(MEASURED), height_cm=Decimal(165))
    visits.record_vitals(session, doctor, visit_id, measured)
    visits.add_diagnosis(session, doctor, visit_id, "J06.9", f"{WRITTEN} infection")
    note = visits.add_note(session, doctor, visit_id, f"{WRITTEN} {word}")
    visits.amend_note(session, doctor, note.note_id, f"{WRITTEN} amended")
    visits.keep_draft(session, doctor, visit_id, "note", f"{WRITTEN} {word}")


def a_signed_visit(session, doctor, card, medicines):
    visit = a_visit(session, doctor, card)
    write(session, doctor, visit.visit_id, "signed")
    answered = {"instructions": f"{ORDERED} with water", "override_reason": f"{ORDERED} was tolerated"}
    items = [[an_item(session, one, **answered) for one in ordered] for ordered in (medicines[1:], medicines)]
    given = prescriptions.prescribe(session, doctor, visit.visit_id, items[0])
    given = prescriptions.amend(session, doctor, given.prescription_id, items[0], f"{ORDERED} was too little")
    prescriptions.cancel(session, doctor, given.prescription_id, f"{ORDERED} was wrong")
    given = prescriptions.prescribe(session, doctor, visit.visit_id, items[1])
    visits.complete(session, doctor, visit.visit_id, date(2025, 3, 20))
    documents.prescription_paper(session, doctor, given.prescription_id)
    return visit


def hand_over(session, admin, bill):
    """One medicine of two; some of it came back."""
    dispensing.dispense(session, admin, bill.invoice_id, partly=True)
    (given,) = dispensing.find_handed_over(session, admin, bill.number)
    dispensing.take_back(session, admin, given.items[0].item_id, 1, usable=True, reason=f"{WRITTEN} came of it")


def change_after_the_signature(session, doctor, admin, visit):
    """Added to, struck, opened once more; with papers, of which one is taken back."""
    visit_id, why = visit.visit_id, f"{WRITTEN} result"
    visits.add_note(session, doctor, visit_id, f"{WRITTEN} late", reason=why)
    taken = visits.record_vitals(session, doctor, visit_id, Measurements(weight_kg=Decimal(MEASURED)), reason=why)
    visits.strike_vitals(session, doctor, visit_id, taken.vitals_id, f"{WRITTEN} on a wrong scale")
    fever = visits.add_diagnosis(session, doctor, visit_id, "R50.9", f"{WRITTEN} fever", reason=why)
    visits.strike_diagnosis(session, doctor, visit_id, fever.diagnosis_id, f"{WRITTEN} mistaken")
    visits.move_follow_up(session, doctor, visit_id, date(2025, 3, 21), why)
    visits.reopen(session, admin, visit_id, f"{WRITTEN} forgotten")
    visits.complete(session, doctor, visit_id, date(2025, 3, 21))
    documents.visit_summary(session, doctor, visit_id)
    days = date(2025, 3, 1), date(2025, 3, 3)
    note = documents.sick_note(session, doctor, visit_id, *days, f"{WRITTEN} rest", with_diagnosis=True)
    documents.cancel(session, doctor, note.document_id, f"{WRITTEN} unfounded")


def come_to_nothing(session, doctor, receptionist, card):
    """Booked, checked in, seen, and the visit cancelled with a reason."""
    slot_id = a_slot(session, doctor, date(2025, 3, 1), time(11))
    booked = scheduling.book(session, receptionist, slot_id, card.patient_id)
    token_queue.check_in(session, receptionist, booked.appointment_id)
    token = token_queue.call_next(session, doctor, doctor.user_id)
    visit = visits.start(session, doctor, token.token_id)
    visits.cancel(session, doctor, visit.visit_id, f"{WRITTEN} was too much")


def be_refused(session, doctor, admin, visit_id):
    """What goes wrong, goes wrong in words or in the log."""
    for refused in (
        lambda: visits.add_note(session, doctor, visit_id, f"{WRITTEN} without a reason"),
        lambda: visits.add_note(session, admin, visit_id, f"{WRITTEN} of another", reason=WRITTEN),
        lambda: visits.add_diagnosis(session, doctor, visit_id, "J06.9", f"{WRITTEN} again"),
    ):
        with pytest.raises(ClinicError) as refusal:
            refused()
        assert WRITTEN not in str(refusal.value)
    with pytest.raises(IntegrityError), session.begin_nested():
        try:
            session.add(VisitNote(visit_id=visit_id, body=f"{WRITTEN} by nobody", written_at=clock.now()))
            session.flush()
        except IntegrityError:
            logging.getLogger("a page").exception(UNEXPECTED)
            raise
