import pytest
from sqlalchemy import select

from core import buying
from core.buying import SupplierDetails, SupplierExists
from core.errors import Invalid, NotPermitted
from core.inventory import SupplierWithdrawn
from core.models import AuditEvent
from tests.factories import a_batch, a_medicine

APOLLO = SupplierDetails("Apollo Pharma", "044 2345", "orders@apollo.example", "1 Anna Salai", "33AAA", 4)


def events(session):
    query = select(AuditEvent.event).where(AuditEvent.resource_type == "suppliers").order_by(AuditEvent.id)
    return list(session.scalars(query))


def test_a_supplier_is_added_changed_withdrawn_and_taken_back(session, pharmacist):
    added = buying.add_supplier(session, pharmacist, APOLLO)
    buying.change_supplier(session, pharmacist, added.supplier_id, SupplierDetails("Apollo", lead_days=2))
    buying.withdraw_supplier(session, pharmacist, added.supplier_id)
    (withdrawn,) = buying.list_suppliers(session, pharmacist, withdrawn=True)
    assert (withdrawn.name, withdrawn.lead_days, withdrawn.withdrawn) == ("Apollo", 2, True)
    assert buying.list_suppliers(session, pharmacist) == []

    buying.reinstate_supplier(session, pharmacist, added.supplier_id)

    assert [supplier.name for supplier in buying.list_suppliers(session, pharmacist)] == ["Apollo"]
    verbs = ("added", "changed", "withdrawn", "reinstated")
    assert events(session) == [f"supplier.{verb}" for verb in verbs]


def test_a_name_stands_once_whatever_its_case(session, pharmacist):
    buying.add_supplier(session, pharmacist, APOLLO)

    with pytest.raises(SupplierExists, match="apollo pharma is already"):
        buying.add_supplier(session, pharmacist, SupplierDetails("  apollo  pharma"))


def test_everything_wrong_with_a_supplier_is_told_at_once(session, pharmacist):
    with pytest.raises(Invalid) as refusal:
        buying.add_supplier(session, pharmacist, SupplierDetails(" ", "1" * 51, "apollo", lead_days=-1))

    assert set(refusal.value.problems) == {"name", "phone", "email", "lead_days"}


def test_whoever_only_sees_the_stock_adds_no_supplier(session, doctor):
    with pytest.raises(NotPermitted):
        buying.add_supplier(session, doctor, APOLLO)


def test_a_withdrawn_supplier_delivers_nothing(session, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 10, supplier="Apollo")  # unknown until now
    (apollo,) = buying.list_suppliers(session, pharmacist)
    buying.withdraw_supplier(session, pharmacist, apollo.supplier_id)

    with pytest.raises(SupplierWithdrawn, match="Apollo has been withdrawn"):
        a_batch(session, medicine, 10, supplier="APOLLO")
    assert events(session) == ["supplier.added", "supplier.withdrawn"]
