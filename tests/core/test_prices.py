from decimal import Decimal

import pytest

from core import billing
from core.billing import (
    ServiceDetails,
    ServiceExists,
    ServiceWithdrawn,
)
from core.errors import Invalid, NotPermitted
from core.models import LineKind, PaymentMethod
from tests.factories import a_medicine, a_service

CASH, CARD = PaymentMethod.CASH, PaymentMethod.CARD


def rupees(amount):
    return Decimal(amount)


def test_the_price_list_is_kept_by_the_administrator(session, admin, receptionist):
    dressing = a_service(session)

    assert billing.list_services(session, receptionist) == [dressing]
    with pytest.raises(ServiceExists):
        a_service(session, "DRESSING")
    with pytest.raises(NotPermitted):
        billing.add_service(session, receptionist, ServiceDetails("X-ray", Decimal(100)))
    changed = billing.change_service(
        session, admin, dressing.service_id, ServiceDetails("Dressing, small", rupees("80"))
    )
    assert billing.list_services(session, receptionist) == [changed]
    billing.withdraw_service(session, admin, dressing.service_id)
    assert billing.list_services(session, receptionist) == []
    with pytest.raises(ServiceWithdrawn):
        billing.withdraw_service(session, admin, dressing.service_id)


def test_the_name_of_a_withdrawn_service_can_be_put_on_the_list_again(session, admin):
    billing.withdraw_service(session, admin, a_service(session).service_id)

    again = a_service(session)

    assert billing.list_services(session, admin) == [again]
    with pytest.raises(ServiceExists):
        a_service(session)


def test_a_price_that_cannot_be_is_refused(session, admin):
    with pytest.raises(Invalid) as refusal:
        billing.add_service(session, admin, ServiceDetails("", rupees("-1"), rupees("100.5")))

    assert set(refusal.value.problems) == {"name", "price", "tax_percent"}
    with pytest.raises(Invalid, match="The price has more than two decimals"):
        billing.add_service(session, admin, ServiceDetails("Dressing", rupees("10.005")))


def test_reception_finds_services_and_medicines_to_bill(session, admin, receptionist):
    dressing, medicine = a_service(session), a_medicine(session, "Dressing gel")

    found = billing.search_prices(session, receptionist, "dress")

    assert [(price.kind, price.id) for price in found] == [
        (LineKind.SERVICE, dressing.service_id),
        (LineKind.MEDICINE, medicine.medicine_id),
    ]
