"""Every function that gives something clinical of a patient: READS, each asked of somebody who was seen."""

from core import documents, patient_file, prescriptions, visits
from core.measurements import Measurements
from core.patients import ReasonNeeded
from tests.factories import a_patient, a_visit, an_item

PUBLIC = "https://lotus.example/"
READS = {
    "visits.get": lambda session, actor, of: visits.get(session, actor, of.visit_id),
    "visits.history": lambda session, actor, of: visits.history(session, actor, of.patient_id),
    "visits.vital_trends": lambda session, actor, of: visits.vital_trends(session, actor, of.patient_id),
    "patient_file.timeline": lambda session, actor, of: patient_file.timeline(session, actor, of.patient_id),
    "prescriptions.get": lambda session, actor, of: prescriptions.get(session, actor, of.prescription_id),
    "prescriptions.for_visit": lambda session, actor, of: prescriptions.for_visit(session, actor, of.visit_id),
    "prescriptions.former": lambda session, actor, of: prescriptions.former(session, actor, of.last_visit_id),
    "prescriptions.review": lambda session, actor, of: prescriptions.review(session, actor, of.visit_id, of.items),
    "documents.list_of_patient": lambda session, actor, of: documents.list_of_patient(session, actor, of.patient_id),
    "documents.list_of_visit": lambda session, actor, of: documents.list_of_visit(session, actor, of.visit_id),
    "documents.prescription_paper": lambda session, actor, of: documents.prescription_paper(
        session, actor, of.prescription_id
    ),
    "documents.opened": lambda session, actor, of: documents.opened(session, actor, of.code, PUBLIC),
    "documents.opened_prescription": lambda session, actor, of: documents.opened_prescription(
        session, actor, of.prescription_id, PUBLIC
    ),
}
PHARMACY = {name for name in READS if name.startswith(("prescriptions.", "documents."))} - {"prescriptions.review"}
# They ask for the same rights and give nothing of a patient's file, or reach it through one of READS.
OTHERWISE_GUARDED = {
    "patients.open_file": "where the reason is given",
    "patients.check_open": "the guard",
    "patients.open_to": "the guard",
    "visits.current": "whose visits are open, as the queue shows them",
    "prescriptions.overrides": "a doctor's own; an administrator's report, noted as opened",
    "prescriptions.open_overrides": "the note",
    "visits.just_begun": "the guard of visits.get; only of a visit that visits.start has just made",
    "visits.opened": "visits.get",
    "visits.past": "visits.history",
    "prescriptions.opened": "prescriptions.get",
    "prescriptions.opened_of_visit": "prescriptions.for_visit",
    "documents.of_prescription": "prescriptions.get",
    "documents.of_visit": "visits.get",
    "exchange.list_encounters": "patients.open_file; tests/api/test_api_fhir.py",
    "exchange.list_conditions": "patients.open_file; tests/api/test_api_fhir.py",
    "exchange.list_vitals": "patients.open_file; tests/api/test_api_fhir.py",
    "exchange.list_requests": "patients.open_file, of the pharmacy check_open; tests/api/test_api_fhir.py",
    "exchange.list_dispenses": "patients.open_file, of the pharmacy check_open; tests/api/test_api_fhir.py",
    "analytics.visits_with_names": "tests/core/test_analytics_privacy.py",
}


class Seen:
    """Asha was seen twice by Dr Sen, each time with vitals, a diagnosis, a prescription and its paper."""

    def __init__(self, session, doctor):
        card = a_patient(session, "Asha Rao", allergies="Dust")
        self.patient_id, self.mrn = card.patient_id, card.mrn
        self.items = [an_item(session)]
        self.visit_id, self.prescription_id, self.code = self._visit(session, doctor, card)
        self.last_visit_id, *_ = self._visit(session, doctor, card)

    def _visit(self, session, doctor, card):
        visit_id = a_visit(session, doctor, card).visit_id
        visits.record_vitals(session, doctor, visit_id, Measurements(pulse_bpm=80))
        visits.add_diagnosis(session, doctor, visit_id, "J06.9")
        issued = prescriptions.prescribe(session, doctor, visit_id, self.items)
        visits.complete(session, doctor, visit_id)
        paper = documents.prescription_paper(session, doctor, issued.prescription_id)
        return visit_id, issued.prescription_id, paper.code


def refused(session, actor, of):
    """Which of READS need a reason of this person."""
    found = set()
    for name, read in READS.items():
        try:
            read(session, actor, of)
        except ReasonNeeded as refusal:
            found |= {name} if refusal.patient_id == of.patient_id else set()
    return found
