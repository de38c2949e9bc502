import hashlib
import json

import pytest
from sqlalchemy import select

from core import patients, users
from core.idempotency import KeyReused, once
from core.models import IdempotencyKey
from core.patients import PatientDetails, Sex
from tests.factories import PASSWORD

ASHA = PatientDetails("Asha Rao", Sex.FEMALE)


def test_a_second_click_gets_what_the_first_one_got(session, receptionist):
    first = once("form-1", patients.register)(session, receptionist, ASHA)
    again = once("form-1", patients.register)(session, receptionist, ASHA)

    assert again == first
    assert len(patients.search(session, receptionist, "Asha")) == 1


def test_a_key_is_refused_with_other_contents_or_another_person(session, receptionist, admin):
    once("form-1", patients.register)(session, receptionist, ASHA)

    with pytest.raises(KeyReused, match="already sent with other contents"):
        once("form-1", patients.register)(session, receptionist, PatientDetails("Vikram Sen", Sex.MALE))
    with pytest.raises(KeyReused):
        once("form-1", patients.register)(session, admin, ASHA)


def test_a_password_cannot_be_guessed_from_a_quick_hash(session, admin):
    once("form-1", users.change_password)(session, admin, PASSWORD, "a new good password")

    arguments = json.dumps([[PASSWORD, "a new good password"], {}], sort_keys=True)
    stored = session.scalars(select(IdempotencyKey.arguments_hash)).one()
    assert stored != hashlib.sha256(arguments.encode()).hexdigest()
