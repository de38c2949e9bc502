"""Papers that leave the clinic: who issues, who reads, what stands, what is kept as it was said."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from core import clinic, documents, patients, prescriptions, users, visits
from core.documents import DocumentKind
from core.errors import Invalid, NotFound, NotPermitted
from core.measurements import Measurements
from core.models import AuditEvent, Document, PaperSize, Sex
from core.patients import PatientDetails, ReasonNeeded
from core.permissions import Role
from core.prescriptions import PrescriptionCancelled
from core.visits import NotYourVisit
from core.words import read_in
from tests.factories import a_completed_visit, a_medicine, a_patient, a_user, a_visit, an_item

pytestmark = pytest.mark.usefixtures("without_redis")
PUBLIC = "https://lotus.example/"
SATURDAY, MONDAY = date(2025, 3, 1), date(2025, 3, 3)


@pytest.fixture
def visit(session, doctor):
    """A completed visit with findings and a prescription."""
    patient = a_patient(session, "Asha Rao", allergies="Peanuts", birth_date=date(1990, 5, 1))
    begun = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, begun.visit_id, "J06.9")
    visits.record_vitals(session, doctor, begun.visit_id, Measurements(weight_kg=62, pulse_bpm=80))
    visits.add_note(session, doctor, begun.visit_id, "Throat red")
    prescriptions.prescribe(session, doctor, begun.visit_id, [an_item(session)])
    visits.complete(session, doctor, begun.visit_id, date(2025, 3, 8))
    return visits.get(session, doctor, begun.visit_id)


def paper_of(session, actor, visit):
    ordered = prescriptions.for_visit(session, actor, visit.visit_id)
    return documents.prescription_paper(session, actor, ordered.prescription_id)


def words(session, actor, document):
    pages = PdfReader(BytesIO(documents.opened(session, actor, document.code, PUBLIC).pdf())).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def events(session, event):
    return session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.event == event))


def test_a_prescription_has_one_paper_however_often_it_is_asked_for(session, doctor, pharmacist, visit):
    first = paper_of(session, doctor, visit)

    assert paper_of(session, pharmacist, visit) == first
    assert len(first.code) == 22
    assert first.prescription == prescriptions.for_visit(session, doctor, visit.visit_id).number
    assert documents.list_of_visit(session, pharmacist, visit.visit_id) == [first]
    assert events(session, "document.issued") == 1


def test_a_prescription_says_who_ordered_what_for_whom(session, admin, doctor, visit):
    clinic.change(session, admin, address="12 Lake Road", phone="080 4123", paper_size=PaperSize.A5)
    [of_doctor] = [user.doctor for user in users.list_users(session, admin) if user.user_id == doctor.user_id]
    details = {**vars(of_doctor), "qualification": "MBBS, MD", "registration_number": "KMC 48213"}
    users.change_doctor(session, admin, doctor.user_id, users.DoctorDetails(**details))

    paper = paper_of(session, doctor, visit)
    said = words(session, doctor, paper)

    for part in (
        *("Lotus Clinic", "12 Lake Road", "080 4123", "Dr Sen", "MBBS, MD", "Reg. no. KMC 48213", of_doctor.room),
        *("Asha Rao", "34 y", "Female", visit.patient.mrn, "1 Mar 2025", "62 kg", "Allergies: Peanuts"),
        *("1 Amoxicillin 500 mg", "1 capsule, three times a day, for 5 days, after food", "15 capsules"),
        *(paper.prescription, "8 Mar 2025", "Scan to check that this paper is genuine", "Page 1 of 1"),
    ):
        assert part in said
    assert documents.opened(session, doctor, paper.code, PUBLIC).sheet.code == f"{PUBLIC}genuine/{paper.code}"
    assert "Throat" not in said
    assert "respiratory" not in said


def test_a_summary_says_what_was_found_and_keeps_saying_it(session, admin, doctor, visit):
    first = documents.visit_summary(session, doctor, visit.visit_id)
    assert documents.visit_summary(session, doctor, visit.visit_id) == first
    said = words(session, doctor, first)
    for part in ("J06.9 Acute upper respiratory", "PULSE 80 /min", "Throat red", "Amoxicillin 500 mg", "8 Mar 2025"):
        assert part in said

    patients.amend(session, admin, visit.patient.patient_id, PatientDetails("Asha Roy", Sex.FEMALE))
    visits.add_note(session, doctor, visit.visit_id, "CRP 12", reason="Result came in")
    visits.strike_vitals(session, doctor, visit.visit_id, visit.vitals[0].vitals_id, "Of the next patient")

    assert words(session, doctor, first) == said
    second = documents.visit_summary(session, doctor, visit.visit_id)
    assert second != first
    assert "CRP 12 Dr Sen, 1 Mar 2025. Added after the visit: Result came in" in words(session, doctor, second)
    assert "62 kg" not in words(session, doctor, second)
    assert documents.is_genuine(session, first.code)


def test_no_paper_is_made_of_a_visit_that_is_not_completed(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    with pytest.raises(documents.NoPaperOfVisit, match="not completed yet"):
        documents.visit_summary(session, doctor, visit_id)
    visits.cancel(session, doctor, visit_id, "Did not want to wait")
    with pytest.raises(documents.NoPaperOfVisit, match="was cancelled"):
        documents.sick_note(session, doctor, visit_id, SATURDAY, MONDAY)


def test_a_sick_note_does_not_say_why_unless_the_doctor_wants_it(session, doctor, visit):
    note = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, MONDAY, "Light duties after")
    said = words(session, doctor, note)

    unfit = "unfit for work or school from 1 Mar 2025 up to and including 3 Mar 2025 (3 days)"
    assert f"Asha Rao was seen at this clinic on 1 Mar 2025 and is {unfit}." in said
    assert "Light duties after" in said
    for secret in ("respiratory", "J06.9", "Peanuts", "62 kg"):
        assert secret not in said
    told = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, SATURDAY, with_diagnosis=True)
    assert "Acute upper respiratory" in words(session, doctor, told)
    assert documents.sick_note(session, doctor, visit.visit_id, SATURDAY, MONDAY, "Light duties after") == note


def test_a_paper_stays_in_the_language_of_the_doctor_who_made_it(session, doctor, visit):
    with read_in("hi"):
        note = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, SATURDAY)
        assert documents.sick_note(session, doctor, visit.visit_id, SATURDAY, SATURDAY) == note
    in_english = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, SATURDAY)

    kept = dict(session.execute(select(Document.id, Document.content)).all())
    assert kept[note.document_id]["language"] == "hi"
    assert "language" not in kept[in_english.document_id]  # as on papers from before there was another
    assert "To whom it may concern" not in words(session, doctor, note)
    assert "To whom it may concern" in words(session, doctor, in_english)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (date(2025, 2, 25), MONDAY, "The first day must lie between 3 days before the visit and 7 days after it."),
        (date(2026, 3, 1), date(2026, 3, 2), "The first day must lie between 3 days before the visit"),
        (MONDAY, SATURDAY, "The last day lies before the first."),
        (SATURDAY, date(2025, 5, 30), "A sick note holds for at most 90 days, not 91."),
    ],
)
def test_days_that_make_no_sense_are_refused(session, doctor, visit, first, last, sentence):
    with pytest.raises(Invalid) as refusal:
        documents.sick_note(session, doctor, visit.visit_id, first, last, "x" * 1001)

    assert str(refusal.value).startswith(sentence)
    assert "The remark is too long: 1,001 characters" in str(refusal.value)
    assert documents.list_of_visit(session, doctor, visit.visit_id) == []


def test_only_the_doctor_of_the_visit_writes_about_it(session, admin, visit, receptionist):
    other = a_user(session, Role.DOCTOR, "Dr Iyer")
    for actor in (other, admin):
        with pytest.raises(NotYourVisit, match="This visit is with Dr Sen"):
            documents.visit_summary(session, actor, visit.visit_id)
        with pytest.raises(NotYourVisit):
            documents.sick_note(session, actor, visit.visit_id, SATURDAY, MONDAY)
    with pytest.raises(NotPermitted):
        documents.sick_note(session, receptionist, visit.visit_id, SATURDAY, MONDAY)


def test_a_paper_taken_back_is_genuine_no_more(session, admin, doctor, visit):
    note = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, MONDAY)
    assert documents.is_genuine(session, note.code)
    with pytest.raises(Invalid, match="The reason is missing"):
        documents.cancel(session, doctor, note.document_id, " ")
    with pytest.raises(NotYourVisit):
        documents.cancel(session, a_user(session, Role.DOCTOR), note.document_id, "Not mine")
    with pytest.raises(ReasonNeeded):
        documents.cancel(session, admin, note.document_id, "Wrong days")
    patients.open_file(session, admin, note.patient_id, "Quality check")

    assert not documents.cancel(session, admin, note.document_id, "Wrong days").stands

    assert not documents.is_genuine(session, note.code)
    assert "CANCELLED" in words(session, doctor, note)
    with pytest.raises(documents.TakenBack, match="already: Wrong days"):
        documents.cancel(session, admin, note.document_id, "Again")
    again = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, MONDAY)
    assert again.document_id != note.document_id


def test_a_prescriptions_paper_falls_with_its_prescription(session, doctor):
    begun = a_visit(session, doctor)
    ordered = prescriptions.prescribe(session, doctor, begun.visit_id, [an_item(session)])
    paper = documents.prescription_paper(session, doctor, ordered.prescription_id)
    with pytest.raises(documents.FallsWithPrescription, match=r"Cancel the prescription instead\."):
        documents.cancel(session, doctor, paper.document_id, "No")
    other = a_medicine(session, "Ibuprofen 400 mg")

    amended = prescriptions.amend(session, doctor, ordered.prescription_id, [an_item(session, other)])

    assert not documents.is_genuine(session, paper.code)
    assert "CANCELLED" in words(session, doctor, paper)
    with pytest.raises(PrescriptionCancelled):
        documents.prescription_paper(session, doctor, ordered.prescription_id)
    assert documents.is_genuine(session, documents.prescription_paper(session, doctor, amended.prescription_id).code)


@pytest.mark.parametrize(
    "change", [str.swapcase, lambda code: code[:-1], lambda code: f"{code[:-1]}\0\ud800", lambda _: ""]
)
def test_a_code_that_was_tampered_with_is_not_genuine(session, doctor, visit, change):
    code = paper_of(session, doctor, visit).code
    tampered = change(code)

    assert documents.is_genuine(session, code)
    assert not documents.is_genuine(session, tampered)
    with pytest.raises(NotFound):
        documents.opened(session, doctor, tampered, PUBLIC)


def test_a_pharmacist_sees_prescriptions_and_no_summary(session, doctor, pharmacist, receptionist, visit):
    paper, summary = paper_of(session, doctor, visit), documents.visit_summary(session, doctor, visit.visit_id)

    assert documents.list_of_patient(session, doctor, visit.patient.patient_id) == [summary, paper]
    assert documents.list_of_patient(session, pharmacist, visit.patient.patient_id) == [paper]
    assert "Asha Rao" in words(session, pharmacist, paper)
    with pytest.raises(NotFound):
        documents.opened(session, pharmacist, summary.code, PUBLIC)
    with pytest.raises(NotPermitted):
        documents.list_of_patient(session, receptionist, visit.patient.patient_id)


def test_who_opened_a_paper_is_noted_without_a_word_of_it(session, doctor, pharmacist, visit):
    note = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, MONDAY, "Bed rest")
    documents.cancel(session, doctor, note.document_id, "Has mumps")
    documents.opened(session, pharmacist, paper_of(session, doctor, visit).code, PUBLIC)

    noted = session.scalars(select(AuditEvent).where(AuditEvent.resource_type == Document.__tablename__)).all()

    assert [(event.event, event.actor_name) for event in noted] == [
        *(("document.issued", "Dr Sen"), ("document.cancelled", "Dr Sen"), ("document.issued", "Dr Sen")),
        ("document.opened", "Meera"),
    ]
    assert noted[-1].changes == {"kind": [None, DocumentKind.PRESCRIPTION]}
    assert not any(secret in str([event.changes for event in noted]) for secret in ("Bed", "mumps", "Asha"))


def test_a_merged_patients_papers_are_genuine_and_open(session, admin, doctor):
    absorbed, survivor = (a_patient(session, name) for name in ("Asha Rao", "Asha R Rao"))
    visit = a_completed_visit(session, doctor, absorbed)
    note = documents.sick_note(session, doctor, visit.visit_id, SATURDAY, MONDAY)

    patients.merge(session, admin, survivor.patient_id, absorbed.patient_id)

    assert documents.is_genuine(session, note.code)
    assert absorbed.mrn in words(session, doctor, note)
    assert survivor.mrn in words(session, doctor, documents.visit_summary(session, doctor, visit.visit_id))
