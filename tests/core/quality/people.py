"""Patients and visits with nothing, or just one thing, missing."""

from datetime import date
from itertools import count

from core import visits
from core.measurements import Measurements
from tests.factories import a_patient, a_visit

ADULT = date(1980, 5, 1)
_numbers = count(1)


def a_whole_patient(session, name="Asha Rao", **details):
    """A patient of whom nothing is missing."""
    usual = {"phone": f"98765{next(_numbers):05d}", "birth_date": ADULT}
    return a_patient(session, name, **(usual | details))


def a_signed_visit_without_code(session, doctor, patient=None):
    visit = a_visit(session, doctor, patient or a_whole_patient(session))
    visits.add_note(session, doctor, visit.visit_id, "Came for a certificate.")
    visits.complete(session, doctor, visit.visit_id)
    return visit


def measured(session, doctor, patient, **vitals):
    """A completed, coded visit with these vitals."""
    visit = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.record_vitals(session, doctor, visit.visit_id, Measurements(**vitals))
    visits.complete(session, doctor, visit.visit_id)
    return visit
