"""The price list: services with a price of their own, and what a cashier finds when making a bill by hand."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import audit, clinic, clock, db, fields
from core.billing.lines import CONSULTATION, FOLLOW_UP
from core.errors import Conflict, NotFound, check
from core.fields import NOTHING
from core.inventory import medicines_matching, tax_problem
from core.models import Doctor, LineKind, Medicine, Service, User
from core.permissions import Actor, Permission, require
from core.words import say


class ServiceExists(Conflict):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(say("{name} is already on the price list.", name=name))


class ServiceWithdrawn(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("{name} has been taken off the price list.", name=name))


@dataclass(frozen=True)
class ServiceDetails:
    name: str
    price: Decimal
    tax_percent: Decimal = NOTHING


@dataclass(frozen=True, kw_only=True)
class ServiceRecord(ServiceDetails):
    service_id: int


@dataclass(frozen=True)
class Price:
    """Something that can be on a bill: `id` is of a doctor, a service or a medicine, as `kind` says."""

    kind: LineKind
    id: int
    name: str
    price: Decimal
    tax_percent: Decimal


def list_services(session: Session, actor: Actor) -> list[ServiceRecord]:
    require(actor, Permission.SEE_BILLS)
    return [_record(service) for service in session.scalars(_offered())]


def search_prices(session: Session, actor: Actor, term: str, limit: int = 20) -> list[Price]:
    """Services of whose name every word of the term is part, then medicines as their search finds them: at most
    `limit` of each."""
    require(actor, Permission.SEE_BILLS)
    term = fields.line(term)[:100]
    offered = _offered().limit(limit)
    for word in term.split():
        offered = offered.where(Service.name.icontains(word, autoescape=True))
    services = [Price(LineKind.SERVICE, s.id, s.name, s.price, s.tax_percent) for s in session.scalars(offered)]
    medicines = session.scalars(medicines_matching(term).limit(limit))
    return services + [Price(LineKind.MEDICINE, m.id, m.name, m.price, m.tax_percent) for m in medicines]


def price_list(session: Session, actor: Actor) -> list[Price]:
    """Everything that can be on a bill: consultations of the doctors who work here, services, medicines. By kind."""
    require(actor, Permission.SEE_BILLS)
    tax = clinic.profile(session).consultation_tax_percent
    doctors = session.execute(
        select(User.id, User.name, Doctor.consultation_fee, Doctor.follow_up_fee)
        .join(User, User.id == Doctor.user_id)
        .where(User.disabled_at.is_(None))
        .order_by(func.lower(User.name))
    )
    consultations = [
        Price(LineKind.CONSULTATION, doctor_id, f"{say(what)}, {name}", fee, tax)
        for doctor_id, name, *fees in doctors
        for what, fee in zip((CONSULTATION, FOLLOW_UP), fees, strict=True)
    ]
    medicines = select(Medicine).where(Medicine.withdrawn_at.is_(None)).order_by(func.lower(Medicine.name))
    return consultations + [
        Price(kind, item.id, item.name, item.price, item.tax_percent)
        for kind, items in ((LineKind.SERVICE, _offered()), (LineKind.MEDICINE, medicines))
        for item in session.scalars(items)
    ]


def add_service(session: Session, actor: Actor, details: ServiceDetails) -> ServiceRecord:
    """Raises ServiceExists or Invalid."""
    require(actor, Permission.MANAGE_CLINIC)
    service = Service(**_values(details))
    _save_name(session, service)
    audit.record(session, actor, audit.CREATE, "service.added", service, {"price": (None, service.price)})
    return _record(service)


def change_service(session: Session, actor: Actor, service_id: int, details: ServiceDetails) -> ServiceRecord:
    """Bills that are already made keep their price. Raises ServiceExists, ServiceWithdrawn or Invalid."""
    require(actor, Permission.MANAGE_CLINIC)
    service = _locked(session, service_id)
    changes = audit.assign(service, **_values(details))
    _save_name(session, service)
    audit.record(session, actor, audit.UPDATE, "service.changed", service, changes)
    return _record(service)


def withdraw_service(session: Session, actor: Actor, service_id: int) -> None:
    """Bills that are already made keep it. Raises ServiceWithdrawn."""
    require(actor, Permission.MANAGE_CLINIC)
    service = _locked(session, service_id)
    changes = audit.assign(service, withdrawn_at=clock.now())
    audit.record(session, actor, audit.UPDATE, "service.withdrawn", service, changes)


def _offered() -> Select[Service]:
    return select(Service).where(Service.withdrawn_at.is_(None)).order_by(func.lower(Service.name))


def _values(details: ServiceDetails) -> dict[str, object]:
    name = fields.line(details.name)
    check(
        name=fields.required_problem(name, say("The name")),
        price=fields.money_problem(details.price, say("The price")),
        tax_percent=tax_problem(details.tax_percent),
    )
    return {"name": name, "price": details.price, "tax_percent": details.tax_percent}


def _save_name(session: Session, service: Service) -> None:
    """Write the service; the index on names decides between two people who add the same one at once."""
    with session.no_autoflush:
        same = select(Service.id).where(
            func.lower(Service.name) == func.lower(service.name), Service.withdrawn_at.is_(None)
        )
        if session.scalar(same.where(Service.id.is_distinct_from(service.id))) is not None:
            raise ServiceExists(service.name)
    db.save(session, service, uq_services_name=ServiceExists(service.name))


def _locked(session: Session, service_id: int) -> Service:
    service = session.get(Service, service_id, with_for_update={"key_share": True}, populate_existing=True)
    if service is None:
        raise NotFound("service", service_id)
    if service.withdrawn_at:
        raise ServiceWithdrawn(service.name)
    return service


def _record(service: Service) -> ServiceRecord:
    return ServiceRecord(service.name, service.price, service.tax_percent, service_id=service.id)
