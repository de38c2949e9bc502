from datetime import UTC, date, datetime
from decimal import Decimal

from core import inventory, patients, prescriptions, users, visits
from core.models import MedicineForm, Sex
from core.patients import PatientDetails
from core.users import DoctorDetails
from etl import daily_summaries, verify, visit_history
from tests.factories import a_patient, a_visit
from tests.statements import count_statements


def test_a_visit_is_in_the_history_once_completed_and_not_before(session, carry, mongo, doctor):
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    carry()
    assert mongo.visit_history.count_documents({}) == 0

    visits.complete(session, doctor, visit.visit_id)

    assert carry().visits == 1
    assert mongo.visit_history.find_one()["visit_id"] == visit.visit_id


def test_a_document_holds_the_whole_visit(session, carry, mongo, doctor, treat):
    asha = a_patient(session, "Asha Rao", birth_date=date(1990, 3, 2))
    visit_id, _ = treat(asha)
    carry()

    visit = mongo.visit_history.find_one({"_id": visit_id})

    assert visit["visit_date"] == datetime(2025, 3, 1, tzinfo=UTC)
    assert visit["patient"] == {
        "id": asha.patient_id,
        "name": "Asha Rao",
        "mrn": asha.mrn,
        "sex": "FEMALE",
        "birth_date": datetime(1990, 3, 2, tzinfo=UTC),
        "age_years": 34,
    }
    assert visit["doctor"] == {"id": doctor.user_id, "name": "Dr Sen", "speciality": ""}
    assert visit["vitals"] == {"temperature_c": 38.5, "weight_kg": 60.0, "height_cm": 165.0, "bmi": 22.0}
    assert visit["diagnoses"][0]["code"] == "J06.9"
    assert visit["diagnosis"].startswith("J06.9 Acute upper respiratory infection")
    assert visit["prescription"][0]["medicine"]["name"] == "Amoxicillin 500 mg"
    assert (visit["prescription"][0]["dose"], visit["prescription"][0]["quantity"]) == (1.0, 10)


def test_a_cancelled_visit_is_not_history(session, carry, mongo, doctor):
    visits.cancel(session, doctor, a_visit(session, doctor).visit_id, "Had to leave")
    carry()

    assert mongo.visit_history.count_documents({}) == 0


def test_the_history_follows_a_prescription_changed_after_the_visit(session, carry, mongo, doctor, treat):
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    medicine = inventory.search_medicines(session, doctor, "amoxicillin")[0]
    item = prescriptions.ItemDetails(medicine.medicine_id, Decimal(1), "BD", 5)
    issued = prescriptions.prescribe(session, doctor, visit.visit_id, [item])
    visits.complete(session, doctor, visit.visit_id)
    carry()

    prescriptions.cancel(session, doctor, issued.prescription_id, "Not needed")
    carry()

    assert mongo.visit_history.find_one()["prescription"] == []


def test_a_name_put_right_is_put_right_in_the_history(session, carry, mongo, receptionist, admin, doctor, treat):
    asha = a_patient(session, "Asha Roa")
    treat(asha)
    carry()

    patients.amend(session, receptionist, asha.patient_id, PatientDetails("Asha Rao", Sex.FEMALE))
    fees = DoctorDetails(Decimal(500), Decimal(200), speciality="Paediatrics")
    users.change_doctor(session, admin, doctor.user_id, fees)
    medicine = inventory.search_medicines(session, admin, "amoxicillin")[0]
    details = inventory.MedicineDetails("Amoxil 500 mg", MedicineForm.CAPSULE, "capsule", medicine.price)
    inventory.change_medicine(session, admin, medicine.medicine_id, details)
    carry()

    visit = mongo.visit_history.find_one()
    assert visit["patient"]["name"] == "Asha Rao"
    assert visit["doctor"]["speciality"] == "Paediatrics"
    assert visit["prescription"][0]["medicine"]["name"] == "Amoxil 500 mg"
    assert {row["medicine"]["name"] for row in mongo.stock_movements.find()} == {"Amoxil 500 mg"}
    assert verify.run() == []


def test_many_visits_and_days_cost_as_many_statements_as_one(session, mongo, treat):
    first, _ = treat()
    ids = [first] + [treat()[0] for _ in range(3)]
    days = [date(2025, 3, day) for day in range(1, 29)]

    assert count_statements(session, lambda: visit_history.by_id(session, ids)) == 6
    assert count_statements(session, lambda: visit_history.by_id(session, ids[:1])) == 6
    assert count_statements(session, lambda: daily_summaries.by_day(session, days)) == 18
    assert count_statements(session, lambda: daily_summaries.by_day(session, days[:1])) == 18
