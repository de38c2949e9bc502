import io
from datetime import date

import pytest
from pypdf import PdfReader

from core import clinic, dispensing, inventory, papers, patients, recall
from core.errors import Invalid, NotPermitted
from core.models import AuditEvent
from core.papers import Sheet
from core.permissions import Role
from core.recall import NobodyToWriteTo
from tests.factories import a_batch, a_medicine, a_patient, a_user, an_invoice


@pytest.fixture
def amoxicillin(session):
    return a_medicine(session, "Moxikind 500", generic="Amoxicillin")


@pytest.fixture
def batch(session, amoxicillin):
    return a_batch(session, amoxicillin, 100, number="AMX-1", supplier="Mehta Pharma")


def give(session, pharmacist, medicine, quantity, patient, **how):
    bill = an_invoice(session, (medicine, quantity), paid=True, patient=patient)
    dispensing.dispense(session, pharmacist, bill.invoice_id, **how)
    return bill


def take_back(session, pharmacist, bill, quantity):
    item = dispensing.find_handed_over(session, pharmacist, bill.number)[0].items[0]
    dispensing.take_back(session, pharmacist, item.item_id, quantity, usable=True, reason="Recalled")


def test_a_batch_is_found_by_number_in_all_medicines_and_by_words(session, pharmacist, amoxicillin, batch):
    zinc = a_medicine(session, "Zinc")
    same_number = a_batch(session, zinc, 5, number="amx-1", received="2025-02-01")
    used_up = a_batch(session, zinc, 1, number="ZN-9")
    inventory.adjust(session, pharmacist, used_up.batch_id, -1, "Broken")

    found = {
        term: [one.batch.batch_id for one in recall.find(session, pharmacist, term)]
        for term in ("AMX-1", " moxikind mehta ", "zn-9", "zinc", "100%", "")
    }

    assert found == {
        **{"AMX-1": [same_number.batch_id, batch.batch_id], " moxikind mehta ": [batch.batch_id]},
        **{"zn-9": [used_up.batch_id], "zinc": [same_number.batch_id, used_up.batch_id], "100%": [], "": []},
    }
    inventory.block(session, pharmacist, batch.batch_id, "Recalled by its maker")
    (blocked,) = recall.find(session, pharmacist, "")
    assert (blocked.batch.batch_id, blocked.block_reason) == (batch.batch_id, "Recalled by its maker")


def test_everybody_who_got_of_it_is_listed_once_merged_substituted_and_returned(
    session, admin, pharmacist, amoxicillin, batch
):
    other = a_medicine(session, "Novamox 500", generic="Amoxicillin")
    asha, twin = a_patient(session, "Asha Rao", phone="9876543210"), a_patient(session, "A. Rao")
    first, second = (give(session, pharmacist, amoxicillin, 10, patient) for patient in (asha, twin))
    patients.merge(session, admin, asha.patient_id, twin.patient_id)
    bill = an_invoice(session, (other, 5), paid=True, patient=a_patient(session, "Vikram Sen"))
    (line,) = dispensing.list_waiting(session, pharmacist)[0].medicines
    instead = {line.line_id: amoxicillin.medicine_id}
    dispensing.dispense(session, pharmacist, bill.invoice_id, instead=instead)
    take_back(session, pharmacist, second, 4)

    rows = recall.recipients(session, pharmacist, [batch.batch_id])

    assert [(one.patient, one.number, one.given, one.returned, one.instead_of) for one in rows] == [
        ("Asha Rao", first.number, 10, 0, ""),
        ("Asha Rao", second.number, 10, 4, ""),
        ("Vikram Sen", bill.number, 5, 0, "Novamox 500"),
    ]
    assert (rows[0].mrn, rows[0].phone, rows[0].given_on) == (asha.mrn, asha.phone, date(2025, 3, 1))
    (traced,) = recall.traced(session, pharmacist, [batch.batch_id])
    assert (traced.patients, traced.given, traced.returned, traced.still_out) == (2, 25, 4, 21)
    assert traced.batch.on_hand == 79


def test_the_list_goes_out_as_a_file_and_who_took_it_is_noted(session, pharmacist, amoxicillin, batch):
    bill = give(session, pharmacist, amoxicillin, 10, a_patient(session, "=Asha", phone="9876543210"))

    rows = recall.take(session, pharmacist, [batch.batch_id], ".csv")

    assert rows.as_file(".csv").decode("utf-8-sig").splitlines()[1] == (
        f"'=Asha,{rows.rows[0][1]},+919876543210,Moxikind 500,AMX-1,{bill.number},2025-03-01,10,0,"
    )
    assert rows.as_file(".xlsx").startswith(b"PK")
    event = session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
    assert (event.event, event.resource_id, event.changes["rows"]) == (
        *("batch.recipients_exported", batch.batch_id),
        [None, 1],
    )


def test_a_letter_goes_to_each_patient_who_still_has_some(session, admin, pharmacist, amoxicillin, batch):
    clinic.change(session, admin, phone="+91 20 1234")
    asha, vikram, lila = (a_patient(session, name) for name in ("Asha Rao", "Vikram Sen", "Lila Iyer"))
    for patient in (asha, asha, vikram):
        give(session, pharmacist, amoxicillin, 10, patient)
    back = give(session, pharmacist, amoxicillin, 10, lila)
    take_back(session, pharmacist, back, 10)
    traced = recall.traced(session, pharmacist, [batch.batch_id])
    text = recall.default_letter(traced, clinic.profile(session))

    paper = recall.letters(session, pharmacist, [batch.batch_id], text)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(papers.as_pdf(paper, Sheet("A4")))).pages]

    assert [(letter.patient, len(letter.lines)) for letter in paper.letters] == [("Asha Rao", 2), ("Vikram Sen", 1)]
    assert ["Asha Rao" in page for page in pages] == [True, False]
    assert "Moxikind 500, batch AMX-1" in pages[1]
    assert "10 capsules" in pages[1]
    assert "Moxikind 500, batch AMX-1" in recall.default_message(traced, clinic.profile(session))
    with pytest.raises(Invalid, match="The letter is missing"):
        recall.letters(session, pharmacist, [batch.batch_id], " \n ")
    with pytest.raises(NobodyToWriteTo):
        recall.letters(session, pharmacist, [a_batch(session, amoxicillin, 1).batch_id], text)


def test_only_those_who_recall_see_who_got_it(session, receptionist, doctor, batch):
    for actor in (receptionist, doctor, a_user(session, Role.MANAGER)):
        for step in (
            lambda who: recall.find(session, who, "AMX-1"),
            lambda who: recall.recipients(session, who, [batch.batch_id]),
            lambda who: recall.take(session, who, [batch.batch_id], ".csv"),
            lambda who: recall.letters(session, who, [batch.batch_id], "Dear patient"),
        ):
            with pytest.raises(NotPermitted, match="may not recall batches"):
                step(actor)
