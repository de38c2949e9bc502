import io
from datetime import date

import pytest
from pypdf import PdfReader

from core import billing, clinic, dispensing, drug_register, papers, prescriptions, visits
from core.drug_register import NotControlled
from core.errors import Invalid, NotFound, NotPermitted
from core.models import AuditEvent
from core.papers import Sheet
from tests.factories import a_batch, a_medicine, a_patient, a_visit, an_item, pay

MARCH = date(2025, 3, 1), date(2025, 3, 31)


@pytest.fixture
def tramadol(session):
    medicine = a_medicine(session, "Tramadol 50 mg", is_controlled=True)
    a_batch(session, medicine, 100, number="TRM-1")
    return medicine


@pytest.fixture
def prescription(session, doctor, receptionist, pharmacist, tramadol, without_redis):
    """Fifteen capsules for Asha Rao, handed over; five came back and could not be used again (PrescriptionRecord)."""
    visit_id = a_visit(session, doctor, a_patient(session)).visit_id
    given = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, tramadol)])
    visits.add_note(session, doctor, visit_id, "Pain")
    visits.complete(session, doctor, visit_id)
    bill = pay(session, billing.invoice_visit(session, receptionist, visit_id))
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    item = dispensing.find_handed_over(session, pharmacist, given.number)[0].items[0]
    dispensing.take_back(session, pharmacist, item.item_id, 5, usable=False, reason="Felt sick")
    return given


def test_every_unit_stands_in_it_with_patient_prescriber_bill_and_balance(
    session, pharmacist, tramadol, prescription, frozen_clock
):
    found = drug_register.register(session, pharmacist, tramadol.medicine_id, *MARCH)

    assert [(one.what, one.came, one.went, one.balance, one.by) for one in found.entries] == [
        ("Received", 100, 0, 100, "Asha Admin"),
        ("Handed over", 0, 15, 85, "Meera"),
        ("Came back", 5, 0, 90, "Meera"),
        ("Written off: Came back and cannot be used again", 0, 5, 85, "Meera"),
    ]
    for entry in found.entries[1:]:
        assert (entry.patient, entry.mrn) == ("Asha Rao", prescription.mrn)
        assert (entry.prescriber, entry.prescription) == ("Dr Sen", prescription.number)
        assert entry.batch_number == "TRM-1"
    assert (found.opening, found.closing) == (0, 85)
    frozen_clock(2025, 4, 2)
    later = drug_register.register(session, pharmacist, tramadol.medicine_id, date(2025, 4, 1), date(2025, 4, 2))
    assert (later.opening, later.entries, later.closing) == (85, (), 85)


def test_a_delivery_note_with_the_number_of_a_bill_is_of_no_patient(session, pharmacist, tramadol, prescription):
    bill = dispensing.find_handed_over(session, pharmacist, prescription.number)[0].number
    a_batch(session, tramadol, 50, delivery_note=bill)

    came = drug_register.register(session, pharmacist, tramadol.medicine_id, *MARCH).entries[-1]

    assert (came.what, came.came, came.bill, came.patient, came.mrn) == ("Received", 50, bill, "", "")


def test_it_is_printed_on_numbered_pages_and_taken_away_as_a_file(session, pharmacist, tramadol, prescription):
    taken = drug_register.take(session, pharmacist, tramadol.medicine_id, *MARCH, ".csv")

    lines = taken.rows.as_file(".csv").decode("utf-8-sig").splitlines()
    assert lines[0] == "Time,What,Patient,MRN,Prescriber,Prescription,Bill,Batch,In,Out,Balance,By"
    assert f"Handed over,Asha Rao,{prescription.mrn},Dr Sen,{prescription.number}," in lines[2]
    event = session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
    assert (event.event, event.changes["kind"]) == ("medicine.register_taken", [None, ".csv"])
    paper = drug_register.paper(taken, clinic.profile(session))
    (page,) = PdfReader(io.BytesIO(papers.as_pdf(paper, Sheet("A4")))).pages
    assert "Controlled medicine: Tramadol 50 mg" in page.extract_text()
    written = clinic.profile(session).moment
    assert [row[0] for row in paper.rows] == [written(entry.moved_at) for entry in taken.entries]
    assert "Page 1 of 1" in page.extract_text()


def test_other_medicines_periods_the_wrong_way_round_and_other_roles_are_refused(
    session, pharmacist, receptionist, tramadol
):
    zinc = a_medicine(session, "Zinc")
    assert list(drug_register.controlled(session, pharmacist).values()) == ["Tramadol 50 mg"]
    with pytest.raises(NotControlled, match="Zinc is not a controlled medicine"):
        drug_register.register(session, pharmacist, zinc.medicine_id, *MARCH)
    with pytest.raises(Invalid, match="cannot be after the last"):
        drug_register.register(session, pharmacist, tramadol.medicine_id, *reversed(MARCH))
    with pytest.raises(NotFound, match="no medicine 999"):
        drug_register.register(session, pharmacist, 999, *MARCH)
    with pytest.raises(NotPermitted):
        drug_register.register(session, receptionist, tramadol.medicine_id, *MARCH)
