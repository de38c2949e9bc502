"""Which records are likely one person, and what nobody asked a patient."""

from datetime import date

import pytest

from core import patients
from core.models import Sex
from core.patients import PatientDetails
from tests.core.quality.people import ADULT, a_whole_patient
from tests.factories import a_patient


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Lakshmi Sharma", "Laxmi Sharma"),
        ("Deepak Menon", "Dipak Menon"),
        ("Pooja Rao", "rao puja"),
        ("Mrs. Asha Rao", "ASHA  RAO"),
        ("Joseph D’Souza", "Joseph D Souza"),
        ("Asha", "Asha Rao"),
        ("Jayalakshmi Iyer", "Jaya Laxmi Iyer"),
        ("Mohd Aslam", "Muhammad Aslam"),
        ("लक्ष्मी शर्मा", "लक्ष्मी शर्मा"),
    ],
)
def test_two_records_with_one_phone_and_much_the_same_name_are_likely_one_person(session, found, first, second):
    one = a_patient(session, first, phone="9876543210", age_years=40)
    other = a_patient(session, second, phone="9876543210", birth_date=date(1984, 1, 1))

    [pair] = found("duplicates")
    assert (pair.record_id, pair.other_id) == (one.patient_id, other.patient_id)
    assert pair.detail == f"Same phone as {other.name} · {other.mrn}"


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Anu Rao"},
        {"name": "Asha Rao", "phone": "9811111111"},
        {"name": "Asha Rao", "birth_date": date(2010, 1, 1)},
        {"name": "Asha Rao", "sex": Sex.MALE},
    ],
    ids=["a sister", "a namesake", "a daughter of the same name", "a brother of the same name"],
)
def test_a_family_and_a_namesake_are_no_duplicates(session, found, other):
    a_patient(session, "Asha Rao", phone="9876543210", birth_date=ADULT)
    usual = {"phone": "9876543210", "birth_date": date(1984, 5, 1)}
    a_patient(session, **(usual | other))

    assert found("duplicates") == []


def test_one_name_and_one_birth_date_are_likely_one_person_whatever_the_phone(session, found):
    one = a_whole_patient(session, "Lakshmi Sharma", phone="9876543210")
    other = a_whole_patient(session, "Laxmi Sharma", phone="9811111111")
    a_patient(session, "Lakshmi Sharma", age_years=44)

    [pair] = found("duplicates")
    assert pair.detail == f"Same birth date as Laxmi Sharma · {other.mrn}"
    assert (pair.record_id, pair.other_id) == (one.patient_id, other.patient_id)


def test_a_pair_is_listed_once_and_not_once_one_of_it_is_archived(session, receptionist, found):
    one, other = (a_whole_patient(session, phone="9876543210") for _ in range(2))
    assert [(pair.record_id, pair.other_id) for pair in found("duplicates")] == [(one.patient_id, other.patient_id)]

    patients.archive(session, receptionist, other.patient_id)
    assert found("duplicates") == []


def test_what_nobody_asked_a_patient_is_named(session, receptionist, found):
    bare = a_patient(session, "Asha Rao", sex=Sex.UNKNOWN)
    a_whole_patient(session, "Vikram Sen")

    assert [(one.record_id, one.detail) for one in found("incomplete")] == [
        (bare.patient_id, "No birth date, phone, sex")
    ]
    told = PatientDetails("Asha Rao", Sex.FEMALE, phone="9876543210", age_years=40)
    patients.amend(session, receptionist, bare.patient_id, told)
    assert found("incomplete") == []
