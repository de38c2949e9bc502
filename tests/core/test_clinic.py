import pytest

from core import clinic
from core.clinic import StockOrder
from core.errors import Invalid, NotPermitted, SetupNeeded


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


def test_only_an_administrator_changes_the_clinic(session, receptionist):
    with pytest.raises(NotPermitted, match="may not change the clinic's settings"):
        clinic.change(session, receptionist, name="Ravi's Clinic")


def test_before_the_set_up_there_is_no_clinic(bare_session):
    with pytest.raises(SetupNeeded, match="has not been set up yet"):
        clinic.profile(bare_session)
