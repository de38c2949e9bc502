"""Whom the pharmacy buys from."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clock, db, fields
from core.errors import Conflict, NotFound, check
from core.inventory import SupplierWithdrawn
from core.models import Supplier
from core.permissions import Actor, Permission, require
from core.words import say

MOST_LEAD_DAYS = 365


class SupplierExists(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("{name} is already in the list of suppliers.", name=name))


@dataclass(frozen=True)
class SupplierDetails:
    """`lead_days` usually pass from order to delivery."""

    name: str
    phone: str = ""
    email: str = ""
    address: str = ""
    tax_number: str = ""
    lead_days: int = 3


@dataclass(frozen=True, kw_only=True)
class SupplierRecord(SupplierDetails):
    supplier_id: int
    withdrawn: bool


def list_suppliers(session: Session, actor: Actor, *, withdrawn: bool = False) -> list[SupplierRecord]:
    """Those that are kept, by name; or those withdrawn."""
    require(actor, Permission.SEE_STOCK)
    withdrawal = Supplier.withdrawn_at.is_not(None) if withdrawn else Supplier.withdrawn_at.is_(None)
    return [_record(supplier) for supplier in session.scalars(_by_name().where(withdrawal))]


def get_supplier(session: Session, actor: Actor, supplier_id: int) -> SupplierRecord:
    """Raises NotFound."""
    require(actor, Permission.SEE_STOCK)
    supplier = session.get(Supplier, supplier_id)
    if supplier is None:
        raise NotFound("supplier", supplier_id)
    return _record(supplier)


def add_supplier(session: Session, actor: Actor, details: SupplierDetails) -> SupplierRecord:
    """Raises SupplierExists or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    supplier = Supplier(**_values(details))
    _save(session, supplier)
    audit.record(session, actor, audit.CREATE, "supplier.added", supplier, {"name": (None, supplier.name)})
    return _record(supplier)


def change_supplier(session: Session, actor: Actor, supplier_id: int, details: SupplierDetails) -> SupplierRecord:
    """Raises SupplierExists, SupplierWithdrawn or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    supplier = kept(session, supplier_id)
    changes = audit.assign(supplier, **_values(details))
    _save(session, supplier)
    audit.record(session, actor, audit.UPDATE, "supplier.changed", supplier, changes)
    return _record(supplier)


def withdraw_supplier(session: Session, actor: Actor, supplier_id: int) -> None:
    """Nothing is ordered or received from it any more; what came stays on the books. Raises SupplierWithdrawn."""
    require(actor, Permission.MANAGE_STOCK)
    supplier = kept(session, supplier_id)
    changes = audit.assign(supplier, withdrawn_at=clock.now())
    audit.record(session, actor, audit.UPDATE, "supplier.withdrawn", supplier, changes)


def reinstate_supplier(session: Session, actor: Actor, supplier_id: int) -> None:
    """Take a withdrawal back."""
    require(actor, Permission.MANAGE_STOCK)
    supplier = _locked(session, supplier_id)
    changes = audit.assign(supplier, withdrawn_at=None)
    audit.record(session, actor, audit.UPDATE, "supplier.reinstated", supplier, changes)


def kept(session: Session, supplier_id: int) -> Supplier:
    """Locked until commit, so that it is not withdrawn meanwhile. Raises NotFound or SupplierWithdrawn."""
    supplier = _locked(session, supplier_id)
    if supplier.withdrawn_at:
        raise SupplierWithdrawn(supplier.name)
    return supplier


def _locked(session: Session, supplier_id: int) -> Supplier:
    # FOR NO KEY UPDATE: batches that only point here need not wait.
    supplier = session.get(Supplier, supplier_id, with_for_update={"key_share": True}, populate_existing=True)
    if supplier is None:
        raise NotFound("supplier", supplier_id)
    return supplier


def _by_name() -> Any:
    return select(Supplier).order_by(func.lower(Supplier.name))


def _values(details: SupplierDetails) -> dict[str, Any]:
    """The columns, cleaned; raises Invalid."""
    texts = {name: fields.line(getattr(details, name)) for name in ("name", "phone", "email", "address", "tax_number")}
    in_range = 0 <= details.lead_days <= MOST_LEAD_DAYS
    check(
        name=fields.required_problem(texts["name"], say("The supplier's name")),
        phone=fields.length_problem(texts["phone"], say("The phone number"), 50),
        email=_email_problem(texts["email"]),
        address=fields.length_problem(texts["address"], say("The address"), 500),
        tax_number=fields.length_problem(texts["tax_number"], say("The tax number"), 50),
        lead_days=None if in_range else say("A delivery takes 0 to {most} days.", most=MOST_LEAD_DAYS),
    )
    return {**texts, "lead_days": details.lead_days}


def _email_problem(email: str) -> str | None:
    if not email or re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        return fields.length_problem(email, say("The email address"))
    return say("This is no email address, such as orders@example.com.")


def _save(session: Session, supplier: Supplier) -> None:
    """The index on names decides between two people who add the same one at once."""
    with session.no_autoflush:
        same = select(Supplier.id).where(func.lower(Supplier.name) == func.lower(supplier.name))
        if session.scalar(same.where(Supplier.id.is_distinct_from(supplier.id))) is not None:
            raise SupplierExists(supplier.name)
    db.save(session, supplier, uq_suppliers_name=SupplierExists(supplier.name))


def _record(supplier: Supplier) -> SupplierRecord:
    details = {name: getattr(supplier, name) for name in SupplierDetails.__dataclass_fields__}
    return SupplierRecord(**details, supplier_id=supplier.id, withdrawn=supplier.withdrawn_at is not None)
