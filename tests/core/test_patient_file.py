"""The file of a patient as one line of time: each kind for whoever may see it, nothing twice, quick after ten years."""

from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

import pytest
from sqlalchemy import insert

from core import documents, patient_file, patients, prescriptions, scheduling, token_queue, visits
from core.errors import NotPermitted
from core.models import (
    AppointmentState,
    InvoiceState,
    PrescriptionState,
    Token,
    TokenState,
    Visit,
    VisitState,
)
from core.patient_file import Kind
from core.permissions import Role
from tests.factories import (
    a_medicine,
    a_patient,
    a_slot,
    a_user,
    a_visit,
    an_invoice,
    an_item,
)
from tests.statements import count_statements

pytestmark = pytest.mark.usefixtures("without_redis")


def lines(session, actor, patient, **narrow):
    found = patient_file.timeline(session, actor, patient.patient_id, **narrow).entries
    return [(entry.kind, entry.title, entry.state) for entry in found]


@pytest.fixture
def asha(session, doctor, receptionist, frozen_clock):
    """Missed an appointment, was seen on Monday with medicines, a summary and a bill, and is booked for Wednesday."""
    card = a_patient(session, "Asha Rao")
    missed = scheduling.book(
        session, receptionist, a_slot(session, doctor, date(2025, 3, 1), time(11)), card.patient_id
    )
    frozen_clock(hour=12)
    scheduling.mark_no_show(session, receptionist, missed.appointment_id)
    frozen_clock(day=3)
    visit = a_visit(session, doctor, card)
    for code in ("J06.9", "R50.9"):
        visits.add_diagnosis(session, doctor, visit.visit_id, code)
    frozen_clock(day=3, minute=10)
    items = [an_item(session), an_item(session, a_medicine(session, "Cetirizine 10 mg"), frequency="OD")]
    given = prescriptions.prescribe(session, doctor, visit.visit_id, items)
    frozen_clock(day=3, minute=20)
    visits.complete(session, doctor, visit.visit_id)
    documents.prescription_paper(session, doctor, given.prescription_id)
    documents.visit_summary(session, doctor, visit.visit_id)
    frozen_clock(day=3, minute=30)
    an_invoice(session, patient=card)
    scheduling.book(session, receptionist, a_slot(session, doctor, date(2025, 3, 5)), card.patient_id)
    return card


def test_a_doctor_sees_visits_prescriptions_and_papers_newest_first(session, doctor, asha):
    found = patient_file.timeline(session, doctor, asha.patient_id).entries

    prescription = found[2].title
    assert [(entry.kind, entry.title, entry.state) for entry in found] == [
        (Kind.APPOINTMENT, "Appointment", AppointmentState.BOOKED),
        (Kind.PAPER, "Visit summary", None),
        (Kind.PRESCRIPTION, prescription, PrescriptionState.ISSUED),
        (
            Kind.VISIT,
            "Acute upper respiratory infection, unspecified, Fever, unspecified",
            VisitState.COMPLETED,
        ),
        (Kind.APPOINTMENT, "Appointment", AppointmentState.NO_SHOW),
    ]
    assert prescription.endswith(" · Amoxicillin 500 mg, Cetirizine 10 mg")
    assert {entry.paper for entry in found[1:3]} == {
        paper.address for paper in documents.list_of_patient(session, doctor, asha.patient_id)
    }
    assert {entry.by for entry in found} == {"Dr Sen"}


def test_the_desk_sees_bills_and_when_somebody_came_and_nothing_clinical(session, receptionist, asha):
    found = patient_file.timeline(session, receptionist, asha.patient_id)

    assert [(entry.kind, entry.state) for entry in found.entries] == [
        (Kind.APPOINTMENT, AppointmentState.BOOKED),
        (Kind.BILL, InvoiceState.ISSUED),
        (Kind.TOKEN, TokenState.FINISHED),
        (Kind.APPOINTMENT, AppointmentState.NO_SHOW),
    ]
    assert found.counts == {Kind.BILL: 1, Kind.APPOINTMENT: 2, Kind.TOKEN: 1}
    assert lines(session, receptionist, asha, kinds={Kind.VISIT, Kind.PRESCRIPTION, Kind.PAPER}) == []


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.MANAGER, Role.ANALYST])
def test_whoever_sees_no_patients_sees_no_file(session, asha, role):
    with pytest.raises(NotPermitted):
        patient_file.timeline(session, a_user(session, role), asha.patient_id)


def test_an_appointment_that_was_come_to_is_told_once(session, doctor, receptionist, frozen_clock):
    card = a_patient(session)
    booked = scheduling.book(
        session, receptionist, a_slot(session, doctor, date(2025, 3, 1), time(11)), card.patient_id
    )
    frozen_clock(hour=11)
    token_queue.check_in(session, receptionist, booked.appointment_id)
    assert [kind for kind, *_ in lines(session, doctor, card)] == [Kind.TOKEN]

    token = token_queue.call_next(session, doctor, doctor.user_id)
    visits.start(session, doctor, token.token_id)

    assert [kind for kind, *_ in lines(session, doctor, card)] == [Kind.VISIT]
    assert [kind for kind, *_ in lines(session, receptionist, card)] == [Kind.TOKEN]


def test_what_was_amended_struck_replaced_or_taken_back_says_so(session, doctor, admin, asha, frozen_clock):
    (visit,) = visits.history(session, doctor, asha.patient_id)
    before = patient_file.timeline(session, doctor, asha.patient_id).entries
    assert {entry.remark for entry in before} == {""}

    frozen_clock(day=4)
    visits.add_note(session, doctor, visit.visit_id, "Cultures came back", reason="Late result")
    old = prescriptions.for_visit(session, doctor, visit.visit_id)
    items = [an_item(session, a_medicine(session, "Azithromycin 500 mg"), frequency="OD")]
    new = prescriptions.amend(session, doctor, old.prescription_id, items, "Resistant")

    found = patient_file.timeline(session, doctor, asha.patient_id, kinds={Kind.VISIT, Kind.PRESCRIPTION}).entries
    assert [(entry.remark, entry.state) for entry in found] == [
        (f"Replaces {old.number}", PrescriptionState.ISSUED),
        (f"Replaced by {new.number}", PrescriptionState.CANCELLED),
        ("Amended", VisitState.COMPLETED),
    ]


def test_a_diagnosis_that_was_struck_is_not_told(session, doctor, asha):
    (visit,) = visits.history(session, doctor, asha.patient_id)

    visits.strike_diagnosis(session, doctor, visit.visit_id, visit.diagnoses[0].diagnosis_id, "Mistaken")

    (entry,) = patient_file.timeline(session, doctor, asha.patient_id, kinds={Kind.VISIT}).entries
    assert (entry.title, entry.remark) == ("Fever, unspecified", "Amended")


def test_a_visit_that_was_opened_once_more_says_so(session, doctor, admin, asha):
    (visit,) = visits.history(session, doctor, asha.patient_id)

    visits.reopen(session, admin, visit.visit_id, "The weight is missing")

    (entry,) = patient_file.timeline(session, doctor, asha.patient_id, kinds={Kind.VISIT}).entries
    assert (entry.state, entry.remark) == (VisitState.OPEN, "Amended")


def test_the_file_of_a_merged_record_is_in_the_one_that_stays(session, receptionist, doctor, asha):
    stays = a_patient(session, "Aasha Rao")
    before = lines(session, doctor, asha)

    patients.merge(session, receptionist, stays.patient_id, asha.patient_id)

    assert (lines(session, doctor, stays), lines(session, doctor, asha)) == (before, [])


def test_ten_years_of_visits_are_paged_in_few_statements_and_quickly(session, doctor):
    card = a_patient(session)
    begins = datetime(2015, 3, 1, 5, tzinfo=UTC)
    days = [begins + timedelta(days=18 * number) for number in range(200)]
    tokens = [
        {"issued_on": day.date(), "number": 1, "patient_id": card.patient_id, "doctor_id": doctor.user_id, "place": day}
        | {"state": TokenState.FINISHED, "issued_at": day, "called_at": day, "finished_at": day}
        for day in days
    ]
    token_ids = list(session.scalars(insert(Token).returning(Token.id, sort_by_parameter_order=True), tokens))
    seen = [
        {"patient_id": card.patient_id, "doctor_id": doctor.user_id, "token_id": token_id, "state": "COMPLETED"}
        | {"started_at": day, "completed_at": day}
        for token_id, day in zip(token_ids, days, strict=True)
    ]
    session.execute(insert(Visit), seen)
    pages = []

    began = perf_counter()
    statements = count_statements(
        session,
        lambda: pages.extend(patient_file.timeline(session, doctor, card.patient_id, page=n) for n in (1, 8, 9)),
    )

    assert perf_counter() - began < 1
    assert statements == 3 + 2  # an empty page asks for no entries
    assert [len(page.entries) for page in pages] == [25, 25, 0]
    assert (pages[0].counts[Kind.VISIT], pages[0].pages) == (200, 8)
    assert pages[0].entries[0].at == days[-1]
