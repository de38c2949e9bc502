"""What holds for every collection alike."""

from decimal import Decimal

import pytest

from core import billing, clock
from core.models import PaymentMethod
from etl import rebuild, relay, verify
from tests.etl.changes import an_order
from tests.factories import a_drawer_closed, a_medicine, a_patient
from tests.statements import count_statements


def test_an_empty_clinic_is_equal(equal, mongo):
    equal()

    assert mongo.daily_summaries.count_documents({}) == 0


@pytest.mark.parametrize("collection", [source.COLLECTION for source in rebuild.COLLECTIONS])
def test_verify_names_a_break_in_every_collection(carry, mongo, everything, collection):
    everything()
    carry()
    broken = mongo[collection].find_one()
    mongo[collection].update_one({"_id": broken["_id"]}, {"$set": {"spoilt": True}})

    assert f"{collection} {broken['_id']} is not equal: spoilt." in [found.problem for found in verify.run()]


@pytest.mark.parametrize("collection", [source.COLLECTION for source in rebuild.COLLECTIONS])
def test_a_crash_at_any_collection_repeats_harmlessly(carry, mongo, everything, monkeypatch, collection):
    everything()
    module = next(source for source in rebuild.COLLECTIONS if collection == source.COLLECTION)
    step = "relay" if hasattr(module, "relay") else "remake"
    with monkeypatch.context() as broken:
        broken.setattr(module, step, crash)
        with pytest.raises(ZeroDivisionError):
            carry()

    carry()

    assert verify.run() == []


def test_a_pass_costs_as_many_statements_for_many_visits_as_for_one(session, mongo, treat):
    treat()
    relay.run()
    treat()
    one = count_statements(session, relay.run)
    for _ in range(4):
        treat()

    assert count_statements(session, relay.run) == one


def test_a_rebuild_takes_what_waits_along(session, mongo, treat):
    treat()
    session.flush()

    rebuild.run()

    assert verify.run() == []
    assert not any(relay.run())


@pytest.fixture
def everything(session, admin, treat):
    """Something for every collection."""

    def live():
        treat()
        asha = a_patient(session, "Asha Devi").patient_id
        billing.receive_advance(session, admin, asha, Decimal(100), PaymentMethod.CASH)
        a_drawer_closed(session, admin, clock.today())
        an_order(session, admin, a_medicine(session, "Cetirizine 10 mg").medicine_id)

    return live


def crash(*_):
    raise ZeroDivisionError
