"""Find anything: each role what its screens show, and the way there."""

import pytest

from core.permissions import Role
from pages.ui import finding
from tests.factories import a_medicine, a_patient, a_token, a_user, an_invoice

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def found(session, admin):
    """Call with a role and a term: addresses and queries of the hits."""
    asha = a_patient(session, "Asha Rao", phone="9876543210")
    medicine = a_medicine(session, "Amoxicillin 500 mg")
    an_invoice(session, (medicine, 10), patient=asha)
    a_token(session, "Vikram Nair")

    def find(role, term):
        actor = a_user(session, role) if role is not Role.ADMIN else admin
        return [(hit.address, hit.query) for hit in finding.find(session, actor, term)]

    return find


def test_a_patient_by_the_end_of_the_phone_and_the_bill_of_theirs(found):
    hits = found(Role.RECEPTION, "3210")

    assert [address for address, _ in hits] == ["patients", "cash"]
    assert hits[0][1]["patient"].startswith("P")


def test_a_token_by_its_number(found):
    assert found(Role.RECEPTION, "1")[0] == ("queue", {})


def test_a_medicine_only_where_somebody_may_open_the_stock(found):
    assert [address for address, _ in found(Role.PHARMACIST, "amox")] == ["stock"]
    assert found(Role.RECEPTION, "amox") == []


def test_the_number_of_a_bill_leads_the_pharmacist_to_the_counter(session, found):
    number = an_invoice(session).number

    assert found(Role.PHARMACIST, number)[0] == ("counter", {"find": number})


def test_managers_and_analysts_find_nobody(found):
    for role in (Role.MANAGER, Role.ANALYST):
        assert found(role, "Asha") == []
