"""Who works in the simulated clinic and what it offers, made through the workflows so that it is like any other."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from functools import cached_property
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, billing, clinic, inventory, users
from core.analytics.replay import Seat
from core.billing import ServiceDetails
from core.models import Medicine, Service, Supplier, User
from core.permissions import Actor, Role
from core.users import DoctorDetails, NewClinic, NewUser
from etl.simulate import prices
from etl.simulate.formulary import FORMULARY
from etl.simulate.prices import Prices

NEW_CLINIC = NewClinic("Lotus Clinic (demo)", "Asia/Kolkata", "INR")
_SOON = 20  # minutes
_COLLEAGUES = (
    ("desk", "Ravi Kumar", Role.RECEPTION),
    ("desk2", "Sunita Das", Role.RECEPTION),
    ("pharmacy", "Meera Nair", Role.PHARMACIST),
    ("manager", "Anil Kapoor", Role.MANAGER),
    ("analyst", "Tara Sen", Role.ANALYST),
)
_DOCTOR_NAMES = (
    *("Sen", "Iyer", "Khan", "Rao", "Fernandes", "Gupta", "Bose", "Menon", "Shah", "Kaur", "Das", "Reddy"),
    *("Joshi", "Nair", "Patel", "Mehta", "Roy", "Pillai", "Sinha", "Verma"),
)
_SERVICES = (
    *(("Electrocardiogram", "250.00", "0"), ("Nebulisation", "150.00", "0"), ("Wound dressing", "180.00", "0")),
    *(("Injection", "60.00", "0"), ("Blood glucose test", "80.00", "0"), ("Fitness certificate", "300.00", "18")),
)
_SUPPLIERS = (
    (
        "Sanjivani Distributors",
        2,
        "+913324417086",
        "orders@sanjivani.example",
        "12 Canal Street, Kolkata",
        "19AABCS1429B1Z6",
    ),
    (
        "Metro Pharma Traders",
        4,
        "+913322365510",
        "sales@metropharma.example",
        "4 Bagri Market, Kolkata",
        "19AACCM2071D1ZL",
    ),
    (
        "Health First Agencies",
        6,
        "+913322137744",
        "desk@healthfirst.example",
        "88 B.T. Road, Kolkata",
        "19AADCH5518K1Z2",
    ),
)


@dataclass(frozen=True)
class Hours:
    """A working pattern: weekdays, sessions in minutes from midnight, length of a slot, usual length of a visit."""

    weekdays: frozenset[int]
    sessions: tuple[tuple[int, int], ...]
    slot_minutes: int
    pace: float


_PATTERNS = (
    Hours(frozenset(range(6)), ((540, 780), (840, 1020)), 15, 10.5),
    Hours(frozenset({0, 1, 3, 4, 5}), ((600, 840), (960, 1140)), 15, 12.5),
    Hours(frozenset({0, 1, 2, 4, 5}), ((570, 810), (930, 1110)), 10, 9.0),
    Hours(frozenset({0, 2, 3, 4, 5}), ((540, 780), (1020, 1200)), 20, 14.0),
)
_FEES = (("500.00", "200.00"), ("600.00", "250.00"), ("550.00", "200.00"), ("800.00", "400.00"))
_SPECIALITIES = ("General medicine", "General medicine", "Paediatrics", "Family medicine")
_QUALIFICATIONS = ("MBBS, MD", "MBBS", "MBBS, DCH", "MBBS, DNB")


@dataclass(frozen=True)
class AtWork:
    """A doctor as the simulation needs one."""

    actor: Actor
    hours: Hours
    fee: Decimal
    follow_up_fee: Decimal
    sees_children: bool
    room: str
    speciality: str
    qualification: str

    @property
    def seat(self) -> Seat:
        return Seat(self.hours.pace, tuple((float(start), float(end)) for start, end in self.hours.sessions))

    def slots(self) -> list[int]:
        """The minutes at which the slots of a day start. Every third place is kept for those who walk in."""
        length = self.hours.slot_minutes
        places = [minute for start, end in self.hours.sessions for minute in range(start, end - length + 1, length)]
        return [minute for number, minute in enumerate(places) if number % 3 != 2]

    def is_in(self, minute: float) -> bool:
        """At work, or soon back from the break."""
        return any(start - _SOON <= minute < end - _SOON for start, end in self.hours.sessions)

    def walls(self) -> list[tuple[time, time]]:
        """From when to when, on the wall clock."""
        return [(time(*divmod(start, 60)), time(*divmod(end, 60))) for start, end in self.hours.sessions]


@dataclass(frozen=True)
class Setting:
    """The clinic that the simulation fills. Medicines by their key in the formulary."""

    zone: ZoneInfo
    profile: clinic.Profile
    prices: Prices
    doctors: tuple[AtWork, ...]
    admin: Actor
    desk: tuple[Actor, ...]
    pharmacist: Actor
    suppliers: tuple[Supplier, ...]
    medicines: Mapping[str, Medicine]
    services: tuple[Service, ...]

    @cached_property
    def by_id(self) -> dict[int, Medicine]:
        return {medicine.id: medicine for medicine in self.medicines.values()}


@dataclass(frozen=True)
class Login:
    username: str
    name: str
    role: Role
    password: str


def set_up(session: Session) -> Login:
    """A demo clinic in Kolkata with its administrator."""
    login = Login("admin", "Asha Rao", Role.ADMIN, secrets.token_urlsafe(9))
    users.set_up(session, NEW_CLINIC, login.username, login.name, login.password)
    return login


def staffed(
    session: Session, patients_per_day: float, reorder_levels: Mapping[str, int]
) -> tuple[Setting, list[Login]]:
    """Adds whoever and whatever is missing, by user name and by name; returns the new logins too."""
    admin = session.scalars(select(User).where(User.role == Role.ADMIN).order_by(User.id).limit(1)).one()
    actor = Actor(admin.id, admin.name, admin.role)
    profile = clinic.profile(session)
    here = prices.of(profile.currency)
    logins: list[Login] = []
    doctors = [_doctor(session, actor, place, here, logins) for place in range(max(2, ceil(patients_per_day / 20)))]
    others = {username: _user(session, actor, username, name, role, logins) for username, name, role in _COLLEAGUES}
    suppliers = _suppliers(session, actor)
    setting = Setting(
        zone=ZoneInfo(profile.time_zone),
        profile=profile,
        prices=here,
        doctors=tuple(doctors),
        admin=actor,
        desk=(others["desk"], others["desk2"]),
        pharmacist=others["pharmacy"],
        suppliers=suppliers,
        medicines=_medicines(session, actor, here, reorder_levels, suppliers),
        services=_services(session, actor, here),
    )
    return setting, logins


def _doctor(session: Session, admin: Actor, place: int, here: Prices, logins: list[Login]) -> AtWork:
    kind = place % len(_PATTERNS)
    family = _DOCTOR_NAMES[place % len(_DOCTOR_NAMES)]
    again = place // len(_DOCTOR_NAMES)
    fee, follow_up = (here.fee(Decimal(amount)) for amount in _FEES[kind])
    room, trained = f"Room {place + 1}", _QUALIFICATIONS[kind]
    details = DoctorDetails(fee, follow_up, room, _SPECIALITIES[kind], qualification=trained)
    name = f"Dr {family}" + (f" {again + 1}" if again else "")
    actor = _user(session, admin, name.lower().replace(" ", "."), name, Role.DOCTOR, logins, details)
    return AtWork(actor, _PATTERNS[kind], fee, follow_up, kind == 2, room, _SPECIALITIES[kind], trained)


def _user(
    session: Session,
    admin: Actor,
    username: str,
    name: str,
    role: Role,
    logins: list[Login],
    details: DoctorDetails | None = None,
) -> Actor:
    known = session.scalar(select(User).where(func.lower(User.username) == username, User.role == role))
    if known:
        return Actor(known.id, known.name, known.role)
    login = Login(username, name, role, secrets.token_urlsafe(9))
    number = users.add(
        session, admin, NewUser(username, name, role, login.password, details, must_change_password=False)
    )
    logins.append(login)
    return Actor(number, name, role)


def _suppliers(session: Session, admin: Actor) -> tuple[Supplier, ...]:
    known = {supplier.name.lower(): supplier for supplier in session.scalars(select(Supplier).order_by(Supplier.id))}
    for name, lead_days, phone, email, address, tax_number in _SUPPLIERS:
        if name.lower() not in known:
            reached = {"phone": phone, "email": email, "address": address, "tax_number": tax_number}
            supplier = known[name.lower()] = Supplier(name=name, lead_days=lead_days, **reached)
            session.add(supplier)
            audit.record(session, admin, audit.CREATE, "supplier.added", supplier, {"name": (None, name)})
    return tuple(known.values())


def _barcode(place: int) -> str:
    """A GTIN of thirteen digits, its check digit last, of nobody's: 200 to 299 are for use inside a house."""
    digits = f"20099{place:07d}"
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _medicines(
    session: Session,
    admin: Actor,
    here: Prices,
    reorder_levels: Mapping[str, int],
    suppliers: Sequence[Supplier],
) -> dict[str, Medicine]:
    """Each is usually ordered from one of the suppliers, and can be scanned."""
    known = {medicine.name.lower(): medicine for medicine in session.scalars(select(Medicine))}
    found = {}
    for place, listed in enumerate(FORMULARY):
        details = listed.details(reorder_levels[listed.key])
        details = replace(details, price=here.unit(details.price), tax_percent=here.tax(details.tax_percent))
        medicine = known.get(details.name.lower())
        if medicine is None:
            added = inventory.add_medicine(session, admin, details)
            medicine = session.get_one(Medicine, added.medicine_id)
            medicine.barcode = _barcode(place + 1)
        medicine.supplier_id = medicine.supplier_id or suppliers[place % len(suppliers)].id
        found[listed.key] = medicine
    return found


def _services(session: Session, admin: Actor, here: Prices) -> tuple[Service, ...]:
    known = {service.name.lower() for service in session.scalars(select(Service))}
    for name, price, tax in _SERVICES:
        if name.lower() not in known:
            details = ServiceDetails(name, here.fee(Decimal(price)), here.tax(Decimal(tax)))
            billing.add_service(session, admin, details)
    wanted = {name.lower() for name, _, _ in _SERVICES}
    return tuple(s for s in session.scalars(select(Service).order_by(Service.id)) if s.name.lower() in wanted)
