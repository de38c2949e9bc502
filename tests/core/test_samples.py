"""The lists to begin with: what is taken is priced by the clinic, and what the clinic has already stays its own."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import billing, inventory, samples
from core.errors import Invalid, NotPermitted
from core.models import AuditEvent
from tests.factories import a_medicine


def priced(details, price="80"):
    return replace(details, price=Decimal(price))


def test_the_lists_bring_names_and_no_prices():
    for listed in (samples.services(), samples.medicines()):
        names = [details.name.lower() for details in listed]
        assert len(names) == len(set(names)) > 20
        assert {details.price for details in listed} == {0}


def test_services_that_are_taken_are_ordinary_ones_at_the_price_that_was_typed(session, admin):
    ecg = next(details for details in samples.services() if details.name == "ECG")

    assert samples.take_services(session, admin, [priced(ecg, "150")]) == 1

    (service,) = billing.list_services(session, admin)
    assert (service.name, service.price) == ("ECG", 150)
    assert session.scalars(select(AuditEvent.event)).all()[-1] == "service.added"
    changed = billing.change_service(session, admin, service.service_id, priced(ecg, "200"))
    assert changed.price == 200


def test_what_is_on_the_list_stays_as_it_is(session, admin, pharmacist):
    paracetamol = samples.medicines()[0]
    a_medicine(session, paracetamol.name.upper(), "1.10")

    assert samples.take_medicines(session, pharmacist, [priced(each) for each in samples.medicines()[:3]]) == 2
    assert samples.take_medicines(session, pharmacist, [priced(each) for each in samples.medicines()[:3]]) == 0

    (own,) = inventory.search_medicines(session, admin, paracetamol.name)
    assert (own.name, own.price) == (paracetamol.name.upper(), Decimal("1.10"))


def test_what_was_taken_off_the_price_list_does_not_come_back(session, admin):
    ecg = samples.services()[10]
    samples.take_services(session, admin, [priced(ecg)])
    billing.withdraw_service(session, admin, billing.list_services(session, admin)[0].service_id)

    assert samples.take_services(session, admin, [priced(ecg)]) == 0


def test_everything_that_cannot_be_is_told_at_once_by_name(session, admin):
    first, second, third = samples.services()[:3]

    with pytest.raises(Invalid) as refusal, session.begin_nested():
        samples.take_services(session, admin, [priced(first, "-1"), priced(second, "1.005"), priced(third)])

    assert list(refusal.value.problems) == [first.name, second.name]
    assert str(refusal.value).startswith(f"{first.name}: The price must be between")
    assert billing.list_services(session, admin) == []


def test_every_medicine_of_the_list_can_be_taken(session, pharmacist):
    assert samples.take_medicines(session, pharmacist, samples.medicines()) == len(samples.medicines())


def test_the_front_desk_takes_no_list(session, receptionist):
    with pytest.raises(NotPermitted):
        samples.take_services(session, receptionist, [])
    with pytest.raises(NotPermitted):
        samples.take_medicines(session, receptionist, [])
