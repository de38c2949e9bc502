from decimal import Decimal

import pytest

from core import clinic
from core.clinic import StockOrder
from core.errors import Invalid, NotPermitted, SetupNeeded
from core.permissions import Role


def test_the_clinic_and_its_rules_are_changed(session, admin):
    changed = clinic.change(session, admin, address=" 12  Lake Road ", stock_order=StockOrder.FEFO, follow_up_days=14)

    assert (changed.address, changed.follow_up_days) == ("12 Lake Road", 14)
    assert changed.stock_order is StockOrder.FEFO
    assert changed.name == "Lotus Clinic"


def test_a_clinic_needs_a_name_and_sensible_follow_up_days(session, admin):
    with pytest.raises(Invalid) as refusal:
        clinic.change(session, admin, name=" ", follow_up_days=400)

    assert list(refusal.value.problems.values()) == [
        "The clinic's name is missing.",
        "Follow-up days must be between 0 and 365.",
    ]


def test_rules_about_money_are_settings_too(session, admin):
    changed = clinic.change(
        session,
        admin,
        tax_number=" 29ABCDE1234F1Z5 ",
        consultation_tax_percent=Decimal("18"),
        discount_limits={"RECEPTION": 25},
        cover_days=45,
    )

    assert (changed.tax_number, changed.consultation_tax_percent, changed.cover_days) == ("29ABCDE1234F1Z5", 18, 45)
    limits = [changed.discount_limit(role) for role in (Role.ADMIN, Role.RECEPTION, Role.DOCTOR)]
    assert limits == [100, 25, 0]


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ({"consultation_tax_percent": Decimal("100.01")}, "tax on consultations must be between 0 and 100 percent"),
        ({"consultation_tax_percent": Decimal("1.005")}, "at most two decimals"),
        ({"discount_limits": {"RECEPTION": 101}}, "discount limit of reception must be between 0 and 100"),
        ({"discount_limits": {"RECEPTION": 2.5}}, "discount limit of reception must be between 0 and 100"),
        ({"discount_limits": {"COOK": 5}}, "There is no role COOK"),
        ({"cover_days": 0}, "days an order lasts must be between 1 and 365"),
        ({"tax_number": "9" * 51}, "The tax number is too long"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(session, admin, setting, problem):
    before = clinic.profile(session)

    with pytest.raises(Invalid, match=problem):
        clinic.change(session, admin, **setting)
    assert clinic.profile(session) == before


def test_only_an_administrator_changes_the_clinic(session, receptionist):
    with pytest.raises(NotPermitted, match="may not change the clinic's settings"):
        clinic.change(session, receptionist, name="Ravi's Clinic")


def test_before_the_set_up_there_is_no_clinic(bare_session):
    with pytest.raises(SetupNeeded, match="has not been set up yet"):
        clinic.profile(bare_session)
