"""The search box, whatever way a name or a number is spelt."""

import pytest

from core import patients, spelling
from core.patients import PatientDetails
from tests.factories import a_patient


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Lakshmi Rao", "laxmi"),
        ("Laxmi Rao", "lakshmi rao"),
        ("Mohammed Ali", "muhammad"),
        ("Mohd Ali", "mohammed ali"),
        ("Sreenivas Iyer", "srinivas"),
        ("Pooja Shah", "puja"),
        ("Deepak Sen", "dipak"),
        ("Wasim Khan", "vasim"),
        ("Philip Roy", "filip"),
        ("Reddappa Reddy", "redapa redi"),
        ("Bharathi Nair", "barati"),
        ("Jaya Lakshmi", "jayalaxmi"),
        ("Jayalakshmi", "jaya laxmi"),
        ("D'Souza", "dsouza"),
        ("Ólafur Ægisson", "olafur"),
        ("लक्ष्मी शर्मा", "लक्ष्मी"),
    ],
)
def test_a_name_is_found_in_another_spelling(session, receptionist, kept, typed):
    card = a_patient(session, kept)
    a_patient(session, "Vikram Gupta")

    assert patients.search(session, receptionist, typed) == [card]


def test_the_spelling_that_was_typed_comes_first(session, receptionist):
    exact = a_patient(session, "Laxmi Rao")
    alike = a_patient(session, "Lakshmi Rao")

    assert patients.search(session, receptionist, "laxmi") == [exact, alike]
    assert patients.search(session, receptionist, "laxmi", limit=1) == [exact]


@pytest.mark.parametrize(
    "typed",
    ["+91 (0) 98765 43210", "0091-98765-43210", "(098765) 43210", "98765.43210", "९८७६५४३२१०", "asha 98765-43210"],
)
def test_a_phone_is_a_phone_however_it_is_typed(session, receptionist, typed):
    asha = a_patient(session, "Asha Rao", phone="9876543210")

    assert patients.search(session, receptionist, typed) == [asha]


def test_other_names_stay_other_names(session, receptionist):
    a_patient(session, "Anil Rao")

    assert patients.search(session, receptionist, "Sunil") == []
    assert not spelling.alike(spelling.fold("Anita Rao"), spelling.fold("Anika Rao"))


@pytest.mark.parametrize("term", ["\0", "😀", "a" * 10_000, "'", "ा", "h", "mr"])
def test_odd_terms_do_no_harm(session, receptionist, term):
    a_patient(session, "Vikram Sen")

    assert len(patients.search(session, receptionist, term)) <= 1


def test_two_tabs_do_not_overwrite_each_other(session, receptionist):
    card = a_patient(session, "Asha Rao", phone="9876543210")
    drawn = patients.details(session, receptionist, card.patient_id)
    first = PatientDetails("Asha Rao", drawn.sex, phone="9811111111")
    patients.amend(session, receptionist, card.patient_id, first, drawn)

    with pytest.raises(patients.ChangedMeanwhile, match="Meanwhile the phone of Asha Rao changed elsewhere"):
        patients.amend(session, receptionist, card.patient_id, drawn, drawn)

    assert patients.get(session, receptionist, card.patient_id).phone == "+919811111111"
