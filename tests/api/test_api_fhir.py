"""The clinic's records as FHIR: valid, found, paged, refused in its words, and only for whoever may see them."""

import json
from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest

from core import billing, dispensing, patients, prescriptions, visits
from core.exchange import Kind
from core.measurements import Measurements
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
MEASURED = Measurements(Decimal("37.2"), 72, 120, None, 16, 98, Decimal(60), Decimal("165.5"))
CLINICAL = {Kind.ENCOUNTER, Kind.CONDITION, Kind.VITALS, Kind.REQUEST, Kind.DISPENSE}


def valid(resource):
    """By the model that the library keeps of its type; raises ValidationError."""
    kind = resource["resourceType"]
    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    return model.model_validate_json(json.dumps(resource))


@pytest.fixture
def seen(session, doctor):
    """Somebody who was measured, diagnosed, prescribed for, billed and given medicines (patient id)."""
    medicine = factories.a_medicine(session)
    factories.a_batch(session, medicine, 100)
    who = factories.a_patient(session, "Asha Rao", phone="98450 12345", birth_date=date(1991, 4, 17))
    visit = factories.a_visit(session, doctor, who)
    visits.record_vitals(session, doctor, visit.visit_id, MEASURED)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    prescriptions.prescribe(session, doctor, visit.visit_id, [factories.an_item(session, medicine)])
    visits.complete(session, doctor, visit.visit_id)
    admin = factories.an_admin(session)
    bill = factories.pay(session, billing.invoice_visit(session, admin, visit.visit_id))
    dispensing.dispense(session, admin, bill.invoice_id)
    return who.patient_id


def found(client, kind, **asked):
    answer = client.get(f"/api/fhir/{kind}", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = answer.json()
    valid(bundle)
    return [entry["resource"] for entry in bundle.get("entry", [])]


def test_every_type_is_valid_and_each_reference_leads_somewhere(session, as_one, admin, seen):
    patients.open_file(session, admin, seen, "Quality check")
    asker = as_one(admin)
    resources = []
    for kind in Kind:
        of_kind = found(asker, kind, **({} if kind in {Kind.PATIENT, Kind.STAFF} else {"patient": seen}))
        assert of_kind, kind
        resources += of_kind
    for resource in resources:
        valid(resource)
        assert asker.get(f"/api/fhir/{resource['resourceType']}/{resource['id']}").json() == resource
    for named in {reference for resource in resources for reference in references(resource)} - {"#batch"}:
        assert asker.get(f"/api/fhir/{named}").status_code == 200, named


def references(part):
    if isinstance(part, list):
        return [named for each in part for named in references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["reference"]] if isinstance(part.get("reference"), str) else []
    return own + [named for each in part.values() for named in references(each)]
