"""The clinic's records as FHIR: valid, found, paged, refused in its words, and only for whoever may see them."""

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import billing, dispensing, exchange, patients, prescriptions, visits
from core.api.fhir import export
from core.exchange import Kind
from core.measurements import Measurements
from core.models import AuditEvent
from core.permissions import Role
from tests import factories
from tests.api.fhir_models import valid
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("without_redis")
MEASURED = Measurements(Decimal("37.2"), 72, 120, None, 16, 98, Decimal(60), Decimal("165.5"))
CLINICAL = {Kind.ENCOUNTER, Kind.CONDITION, Kind.VITALS, Kind.REQUEST, Kind.DISPENSE}


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


def test_vital_signs_carry_loinc_and_ucum_and_only_a_missing_half_of_a_pressure_is_told(as_one, doctor, seen):
    signs = found(as_one(doctor), "Observation", patient=seen)
    told = {sign["code"]["coding"][0]["code"]: sign.get("valueQuantity", {}) for sign in signs}

    assert told["8310-5"] == {"value": 37.2, "unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel"}
    assert {code: quantity.get("value") for code, quantity in told.items()} == {
        **{"8310-5": 37.2, "8867-4": 72, "9279-1": 16, "2708-6": 98, "29463-7": 60, "8302-2": 165.5, "39156-5": 21.9},
        "85354-9": None,
    }
    upper, lower = next(sign for sign in signs if sign["id"].endswith("85354-9"))["component"]
    assert upper["valueQuantity"]["value"] == 120
    assert lower["dataAbsentReason"]["coding"][0]["code"] == "not-performed"
    assert all("dataAbsentReason" not in sign for sign in signs)


def test_decimals_keep_their_digits_and_money_its_currency(as_one, receptionist, seen):
    answer = as_one(receptionist).get("/api/fhir/Invoice", params={"patient": f"Patient/{seen}"})

    assert '"totalGross":{"value":567.50,"currency":"INR"}' in answer.text
    [bill] = [entry["resource"] for entry in answer.json()["entry"]]
    assert bill["status"] == "balanced"
    assert [line["priceComponent"][0]["factor"] for line in bill["lineItem"]] == [1, 15]


def test_a_diagnosis_is_icd_10_and_one_that_was_struck_says_so(session, as_one, doctor, seen):
    [before] = found(as_one(doctor), "Condition", patient=seen)
    [encounter] = found(as_one(doctor), "Encounter", patient=seen, date=["ge2025-01-01", "le2099-01-01"])
    visits.strike_diagnosis(session, doctor, int(encounter["id"]), int(before["id"]), "Of somebody else")
    [after] = found(as_one(doctor), "Condition", patient=seen)

    assert before["code"]["coding"] == [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "J06.9"}]
    assert [each["verificationStatus"]["coding"][0]["code"] for each in (before, after)] == [
        "confirmed",
        "entered-in-error",
    ]
    assert "diagnosis" not in found(as_one(doctor), "Encounter", patient=seen)[0]


def test_what_was_handed_over_names_its_batch_and_what_it_was_prescribed_by(as_one, doctor, seen):
    [request] = found(as_one(doctor), "MedicationRequest", patient=seen)
    [given] = found(as_one(doctor), "MedicationDispense", patient=seen)
    [dosage] = request["dosageInstruction"]

    assert dosage["text"] == "1 capsule, three times a day, for 5 days, after food"
    assert dosage["timing"]["repeat"] == {
        "boundsDuration": {"value": 5, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"},
        **{"frequency": 3, "period": 1, "periodUnit": "d"},
    }
    assert given["authorizingPrescription"] == [{"reference": f"MedicationRequest/{request['id']}"}]
    assert given["contained"][0]["batch"]["lotNumber"].startswith("B")
    assert given["quantity"]["value"] == 15


def outcome(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    valid(answer.json())
    [issue] = answer.json()["issue"]
    assert issue["code"] == code
    return issue


def test_refusals_are_outcomes_with_the_sentence_of_the_screens(stranger, as_one, receptionist, pharmacist, doctor):
    desk, clinician = as_one(receptionist), as_one(doctor)
    refused = stranger.get("/api/fhir/Patient")
    assert outcome(refused, 401, "login")["diagnostics"] == "Sign in first."
    assert refused.headers["www-authenticate"] == "Bearer"
    not_theirs = outcome(as_one(pharmacist).get("/api/fhir/Patient"), 403, "forbidden")
    assert not_theirs["diagnostics"] == "Meera (pharmacist) may not see patients."
    outcome(desk.get("/api/fhir/Observation?patient=1"), 403, "forbidden")
    outcome(desk.get("/api/fhir/MedicationRequest?patient=1"), 403, "forbidden")
    outcome(clinician.get("/api/fhir/Invoice"), 403, "forbidden")
    for nothing in ("Patient/999", "Patient/abc", "Patient/1-2", "Medication/1", "Observation/1-8867-4"):
        outcome(clinician.get(f"/api/fhir/{nothing}"), 404, "not-found")
    for odd in ("Encounter?patient=1&date=yesterday", "Patient?_count=0", "Patient?cursor=x", "Encounter"):
        outcome(clinician.get(f"/api/fhir/{odd}"), 400, "invalid")
    outcome(clinician.post("/api/fhir/Patient", json={}), 405, "not-supported")
    assert found(clinician, "Encounter", patient=999) == []


def test_a_file_outside_ones_work_says_how_to_open_it_and_reading_is_noted(session, as_one, seen):
    other = factories.a_user(session, Role.DOCTOR)
    asker = as_one(other)
    for kind in CLINICAL:
        refused = outcome(asker.get(f"/api/fhir/{kind}", params={"patient": seen}), 403, "forbidden")
        assert "is outside your work. Open it first, and say why." in refused["diagnostics"]
        assert refused["details"]["text"] == f"POST a reason to /api/patients/{seen}/openings"

    asker.post(f"/api/patients/{seen}/openings", json={"reason": "Emergency"})
    for kind in CLINICAL:
        assert found(asker, kind, patient=seen), kind
    openings = patients.list_openings(session, factories.an_admin(session), seen)
    assert [(opening.by, opening.reason) for opening in openings if opening.by == other.name] == [
        (other.name, "Emergency")
    ]


def test_reading_ones_own_patient_is_noted_as_on_the_screens(session, as_one, doctor, seen):
    found(as_one(doctor), "Condition", patient=seen)

    [opening] = patients.list_openings(session, factories.an_admin(session), seen)
    assert (opening.by, opening.reason) == (doctor.name, "")


def test_a_pharmacist_reads_prescriptions_and_nothing_of_the_room(as_one, pharmacist, seen):
    counter = as_one(pharmacist)

    assert found(counter, "MedicationRequest", patient=seen)
    outcome(counter.get("/api/fhir/Encounter", params={"patient": seen}), 403, "forbidden")


def test_pages_follow_each_other_also_within_one_taking_of_vitals(as_one, doctor, seen):
    asker = as_one(doctor)
    every = [sign["id"] for sign in found(asker, "Observation", patient=seen)]
    ids, address = [], f"/api/fhir/Observation?patient={seen}&_count=3&unknown=1"
    while address:
        bundle = asker.get(address).json()
        assert len(bundle["entry"]) <= 3
        ids += [entry["resource"]["id"] for entry in bundle["entry"]]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert "unknown" not in links["self"]
        address = links.get("next", "").removeprefix("http://testserver")

    assert ids == every
    assert len(ids) == 8


def test_patients_are_found_by_number_name_and_id_and_an_estimated_birth_is_a_year(session, as_one, receptionist):
    vikram = factories.a_patient(session, "Vikram Shah", age_years=40)
    factories.a_patient(session, "Asha Rao")
    desk = as_one(receptionist)
    for asked in ({"name": "vikram"}, {"identifier": f"|{vikram.mrn}"}, {"_id": vikram.patient_id}):
        assert [one["name"][0]["text"] for one in found(desk, "Patient", **asked)] == ["Vikram Shah"]
    assert len(found(desk, "Patient", name="Vikram")[0]["birthDate"]) == 4
    assert found(desk, "Patient", _id="x") == []


def test_everything_leaves_as_lines_for_whoever_may_take_it_and_is_noted(
    session, as_one, admin, doctor, seen, monkeypatch
):
    monkeypatch.setattr("core.api.fhir.export.BATCH", 1)
    factories.a_patient(session, "Vikram Shah")
    answer = as_one(admin).get("/api/fhir/export", params={"_type": "Patient,Observation"})
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["content-type"] == "application/fhir+ndjson"
    assert [line["resourceType"] for line in lines] == ["Patient"] * 2 + ["Observation"] * 8
    for line in lines:
        valid(line)
    assert exported(session) == [{"list": "fhir", "rows": 3, "kind": ".ndjson", "types": "Patient, Observation"}]
    every = as_one(admin).get("/api/fhir/export").text.splitlines()
    assert {json.loads(line)["resourceType"] for line in every} == set(Kind)


def test_no_more_than_a_batch_is_ever_read_ahead(session, admin, monkeypatch):
    monkeypatch.setattr("core.api.fhir.export.BATCH", 2)
    for n in range(5):
        factories.a_patient(session, f"Patient {n}")
    read = []

    class Reader:
        def again(self):
            return self

        def read(self, query, *asked):
            read.append(asked)
            return query(session, admin, *asked)

    lines = export.lines(Reader(), [Kind.PATIENT])
    assert next(lines).count(b"\n") == 2
    assert len(read) == 1
    assert [batch.count(b"\n") for batch in lines] == [2, 1]


def exported(session):
    events = session.scalars(select(AuditEvent).where(AuditEvent.event == "list.exported"))
    return [{name: after for name, (_, after) in event.changes.items()} for event in events]


def test_nobody_takes_away_what_they_may_not_see(session, as_one, doctor, seen):
    manager = as_one(factories.a_user(session, Role.MANAGER))

    outcome(as_one(doctor).get("/api/fhir/export?_type=Patient"), 403, "forbidden")
    for kind in set(Kind) - {Kind.STAFF}:
        outcome(manager.get(f"/api/fhir/export?_type={kind}"), 403, "forbidden")
    outcome(manager.get("/api/fhir/export?_type=Medication"), 400, "invalid")
    assert exported(session) == []
    people = manager.get("/api/fhir/export").text.splitlines()
    assert {json.loads(line)["resourceType"] for line in people} == {"Practitioner"}


def test_a_long_list_takes_as_many_statements_as_a_short_one(session, admin, doctor, seen):
    short = {kind: spent(session, admin, kind) for kind in Kind}
    visit = factories.a_visit(session, doctor)
    visits.record_vitals(session, doctor, visit.visit_id, MEASURED)
    visits.add_diagnosis(session, doctor, visit.visit_id, "I10")
    items = [factories.an_item(session, factories.a_medicine(session, name)) for name in ("Zinc", "Iron")]
    prescriptions.prescribe(session, doctor, visit.visit_id, items)
    for _ in range(2):
        factories.an_invoice(session)

    assert {kind: spent(session, admin, kind) for kind in Kind} == short
    assert max(short.values()) <= 3


def spent(session, actor, kind):
    session.expire_all()
    with statements(session) as sent:
        assert exchange.batch(session, actor, kind)
    return len(sent)
