"""Who works here: the first administrator, users and their roles, doctors' fees and rooms, passwords.

There is no default user and no default password: `set_up` makes the clinic with its administrator once, ever.
"""

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import available_timezones

from babel.core import get_global
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields, passwords
from core.errors import Conflict, Invalid, NotFound, check
from core.models import Clinic, Doctor, SignIn, User
from core.permissions import Actor, Permission, Role, require


class AlreadySetUp(Conflict):
    def __init__(self) -> None:
        super().__init__("This clinic is already set up. Sign in instead.")


class UsernameTaken(Conflict):
    def __init__(self, username: str) -> None:
        super().__init__(f"The user name {username} is taken. Choose another.")


class LastAdministrator(Conflict):
    def __init__(self) -> None:
        super().__init__("This is the only administrator left. Make another one first.")


@dataclass(frozen=True)
class DoctorDetails:
    """Fees in the clinic's currency. A follow-up is a visit within the clinic's follow-up days."""

    consultation_fee: Decimal
    follow_up_fee: Decimal
    room: str = ""
    speciality: str = ""
    registration_number: str = ""
    qualification: str = ""


@dataclass(frozen=True)
class UserRecord:
    user_id: int
    username: str
    name: str
    role: Role
    disabled: bool
    doctor: DoctorDetails | None


@dataclass(frozen=True)
class DoctorChoice:
    """A doctor as pickers and boards show one."""

    doctor_id: int
    name: str
    speciality: str
    room: str


@dataclass(frozen=True)
class NewUser:
    username: str
    name: str
    role: Role
    password: str
    doctor: DoctorDetails | None = None


@dataclass(frozen=True)
class NewClinic:
    """`time_zone` an IANA name, `currency` an ISO 4217 code."""

    name: str
    time_zone: str
    currency: str


def set_up(session: Session, new: NewClinic, username: str, name: str, password: str) -> int:
    """Make the clinic and its administrator; returns the user id. Raises AlreadySetUp or Invalid."""
    new = NewClinic(fields.line(new.name), new.time_zone, new.currency.upper().strip())
    if clinic.is_set_up(session):
        raise AlreadySetUp
    check(
        clinic=fields.required_problem(new.name, "The clinic's name"),
        time_zone=None if new.time_zone in available_timezones() else f"{new.time_zone} is not a known time zone.",
        currency=clinic.currency_problem(new.currency),
    )
    record = Clinic(
        name=new.name,
        time_zone=new.time_zone,
        currency=new.currency,
        country=_country(new.time_zone),
        financial_year_month=4 if new.currency in {"INR", "GBP", "JPY"} else 1,
        created_at=clock.now(),
    )
    session.add(record)
    try:
        session.flush()  # two set-ups at once: the primary key lets one through
    except IntegrityError as error:
        raise AlreadySetUp from error
    user = _add(session, NewUser(username, name, Role.ADMIN, password))
    audit.record(session, None, audit.CREATE, "clinic.set_up", user, {"role": (None, Role.ADMIN)})
    return user.id


def add(session: Session, actor: Actor, new: NewUser) -> int:
    """Returns the user id. Raises UsernameTaken or Invalid."""
    require(actor, Permission.MANAGE_USERS)
    user = _add(session, new)
    audit.record(session, actor, audit.CREATE, "user.added", user, {"role": (None, user.role)})
    return user.id


def list_users(session: Session, actor: Actor) -> list[UserRecord]:
    require(actor, Permission.MANAGE_USERS)
    rows = session.execute(select(User, Doctor).outerjoin(Doctor).order_by(User.disabled_at.is_not(None), User.name))
    return [_record(user, doctor) for user, doctor in rows]


def list_doctors(session: Session, actor: Actor) -> list[DoctorChoice]:
    """Doctors who can be booked or queued for, by name."""
    require(actor, Permission.SIGN_IN)
    rows = session.execute(
        select(Doctor.user_id, User.name, Doctor.speciality, Doctor.room)
        .join(User)
        .where(User.disabled_at.is_(None))
        .order_by(User.name)
    )
    return [DoctorChoice(*row) for row in rows]


def working_doctor(session: Session, doctor_id: int, *, lock: bool = False) -> User:
    """The user behind a doctor who still works here; with `lock`, one caller per doctor at a time. Raises NotFound."""
    works = select(User).join(Doctor).where(Doctor.user_id == doctor_id, User.disabled_at.is_(None))
    if lock:
        works = works.with_for_update(of=Doctor, key_share=True)
    user = session.scalars(works).one_or_none()
    if user is None:
        raise NotFound("doctor", doctor_id)
    return user


def change_doctor(session: Session, actor: Actor, user_id: int, details: DoctorDetails) -> None:
    require(actor, Permission.MANAGE_USERS)
    doctor = session.get(Doctor, user_id, with_for_update=True, populate_existing=True)
    user = session.get(User, user_id)
    if doctor is None or user is None:
        raise NotFound("doctor", user_id)
    audit.record(session, actor, audit.UPDATE, "doctor.changed", user, _assign_doctor(doctor, details))


def disable(session: Session, actor: Actor, user_id: int) -> None:
    """Nobody can sign in as this user any more, and every session ends now. Raises LastAdministrator."""
    require(actor, Permission.MANAGE_USERS)
    # Administrators are locked together, so that two of them cannot disable each other at once.
    admins = session.scalars(
        select(User.id).where(User.role == Role.ADMIN, User.disabled_at.is_(None)).order_by(User.id).with_for_update()
    ).all()
    user = _locked(session, user_id)
    if list(admins) == [user_id]:
        raise LastAdministrator
    if user.disabled_at is None:
        changes = audit.assign(user, disabled_at=clock.now())
        _end_sessions(session, user_id)
        audit.record(session, actor, audit.UPDATE, "user.disabled", user, changes)


def enable(session: Session, actor: Actor, user_id: int) -> None:
    require(actor, Permission.MANAGE_USERS)
    user = _locked(session, user_id)
    audit.record(session, actor, audit.UPDATE, "user.enabled", user, audit.assign(user, disabled_at=None))


def reset_password(session: Session, actor: Actor, user_id: int, password: str) -> None:
    """Set a new password for someone else; every session of theirs ends."""
    require(actor, Permission.MANAGE_USERS)
    user = _locked(session, user_id)
    _set_password(session, user, password)
    audit.record(session, actor, audit.UPDATE, "user.password_reset", user)


def change_password(session: Session, actor: Actor, current: str, new: str) -> None:
    """Change one's own password; every session ends, this one too."""
    require(actor, Permission.SIGN_IN)
    user = _locked(session, actor.user_id)
    check(current=None if passwords.fits(current, user.password_hash) else "The current password is not right.")
    _set_password(session, user, new)
    audit.record(session, actor, audit.UPDATE, "user.password_changed", user)


def _add(session: Session, new: NewUser) -> User:
    username, name = fields.line(new.username), fields.line(new.name)
    check(
        username=_username_problem(username),
        name=fields.required_problem(name, "The name", 100),
        password=passwords.problem(new.password, username),
        doctor="A doctor needs a consultation fee." if new.role is Role.DOCTOR and new.doctor is None else None,
    )
    if session.scalar(select(User.id).where(func.lower(User.username) == username.lower())):
        raise UsernameTaken(username)
    user = User(
        username=username,
        name=name,
        role=new.role,
        password_hash=passwords.hashed(new.password),
        password_changed_at=clock.now(),
        created_at=clock.now(),
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise UsernameTaken(username) from error
    if new.role is Role.DOCTOR and new.doctor is not None:
        doctor = Doctor(user_id=user.id)
        _assign_doctor(doctor, new.doctor)
        session.add(doctor)
    return user


def _country(time_zone: str) -> str:
    """The country a time zone lies in, also by one of its older names (browsers tell those); "ZZ" if none does."""
    countries, canonical = get_global("zone_territories"), get_global("zone_aliases")
    return str(countries.get(time_zone) or countries.get(canonical.get(time_zone, ""), "ZZ"))


def _assign_doctor(doctor: Doctor, details: DoctorDetails) -> audit.Changes:
    check(
        consultation_fee=fields.money_problem(details.consultation_fee, "The consultation fee"),
        follow_up_fee=fields.money_problem(details.follow_up_fee, "The follow-up fee"),
        room=fields.length_problem(details.room, "The room", 40),
        speciality=fields.length_problem(details.speciality, "The speciality", 100),
        registration_number=fields.length_problem(details.registration_number, "The registration number", 100),
        qualification=fields.length_problem(details.qualification, "The qualification", 100),
    )
    return audit.assign(
        doctor,
        consultation_fee=details.consultation_fee,
        follow_up_fee=details.follow_up_fee,
        room=fields.line(details.room),
        speciality=fields.line(details.speciality),
        registration_number=fields.line(details.registration_number),
        qualification=fields.line(details.qualification),
    )


def _set_password(session: Session, user: User, password: str) -> None:
    if problem := passwords.problem(password, user.username):
        raise Invalid({"password": problem})
    user.password_hash = passwords.hashed(password)
    _end_sessions(session, user.id)


def _end_sessions(session: Session, user_id: int) -> None:
    session.execute(
        update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def _locked(session: Session, user_id: int) -> User:
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _record(user: User, doctor: Doctor | None) -> UserRecord:
    names = DoctorDetails.__dataclass_fields__
    details = DoctorDetails(**{name: getattr(doctor, name) for name in names}) if doctor else None
    return UserRecord(user.id, user.username, user.name, user.role, user.disabled_at is not None, details)


def _username_problem(username: str) -> str | None:
    if not 2 <= len(username) <= 40 or " " in username:
        return "The user name needs 2 to 40 characters without spaces."
    return None
