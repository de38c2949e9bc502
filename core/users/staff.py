"""Who works here: users and their roles, doctors' fees and rooms."""

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields, passwords
from core.errors import NotFound, check
from core.models import Doctor, User
from core.permissions import Actor, Permission, Role, require
from core.users.keys import end_sessions, locked
from core.users.records import DoctorChoice, DoctorDetails, LastAdministrator, NewUser, UsernameTaken, UserRecord
from core.words import later, say

NO_FEE = later("A doctor needs a consultation fee.")
_WORKS_AS_DOCTOR = User.disabled_at.is_(None), User.role == Role.DOCTOR


def add(session: Session, actor: Actor, new: NewUser) -> int:
    """Returns the user id. Raises UsernameTaken if that is all that is wrong, or Invalid."""
    require(actor, Permission.MANAGE_USERS)
    new = tidied(new)
    problems = user_problems(new, clinic.profile(session).name)
    if session.scalar(select(User.id).where(func.lower(User.username) == new.username.lower())):
        taken = UsernameTaken(new.username)
        if not any(problems.values()):
            raise taken
        problems["username"] = str(taken)
    check(**problems)
    user = make_user(session, new)
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
        .where(*_WORKS_AS_DOCTOR)
        .order_by(User.name)
    )
    return [DoctorChoice(*row) for row in rows]


def working_doctor(session: Session, doctor_id: int, *, lock: bool = False) -> User:
    """The user behind a doctor who still works here; with `lock`, one caller per doctor at a time. Raises NotFound."""
    works = select(User).join(Doctor).where(Doctor.user_id == doctor_id, *_WORKS_AS_DOCTOR)
    if lock:
        works = works.with_for_update(of=Doctor, key_share=True)
    user = session.scalars(works).one_or_none()
    if user is None:
        raise NotFound("doctor", doctor_id)
    return user


def change_doctor(session: Session, actor: Actor, user_id: int, details: DoctorDetails) -> None:
    """Raises NotFound or Invalid."""
    require(actor, Permission.MANAGE_USERS)
    doctor = session.get(Doctor, user_id, with_for_update=True, populate_existing=True)
    user = session.get(User, user_id)
    if doctor is None or user is None:
        raise NotFound("doctor", user_id)
    audit.record(session, actor, audit.UPDATE, "doctor.changed", user, _assign_doctor(doctor, details))


def change_role(session: Session, actor: Actor, user_id: int, role: Role, details: DoctorDetails | None = None) -> None:
    """Another role, at once: every session of theirs ends. Whoever never was a doctor needs fees to become one; who no
    longer is one keeps what they recorded, and can be booked no more. Raises LastAdministrator or Invalid.
    """
    require(actor, Permission.MANAGE_USERS)
    admins = _lock_administrators(session)
    user = locked(session, user_id)
    doctor = session.get(Doctor, user_id, with_for_update=True, populate_existing=True)
    if role is user.role:
        return
    if admins == [user_id]:
        raise LastAdministrator
    check(doctor=say(NO_FEE) if role is Role.DOCTOR and doctor is None and details is None else None)
    changes = audit.assign(user, role=role)
    if role is Role.DOCTOR and details is not None:
        doctor = doctor or Doctor(user_id=user.id)
        _assign_doctor(doctor, details)
        session.add(doctor)
    end_sessions(session, user_id)
    audit.record(session, actor, audit.UPDATE, "user.role_changed", user, changes)


def disable(session: Session, actor: Actor, user_id: int) -> None:
    """Nobody can sign in as this user any more, and every session ends now. Raises LastAdministrator."""
    require(actor, Permission.MANAGE_USERS)
    admins = _lock_administrators(session)
    user = locked(session, user_id)
    if admins == [user_id]:
        raise LastAdministrator
    if user.disabled_at is None:
        changes = audit.assign(user, disabled_at=clock.now())
        end_sessions(session, user_id)
        audit.record(session, actor, audit.UPDATE, "user.disabled", user, changes)


def enable(session: Session, actor: Actor, user_id: int) -> None:
    require(actor, Permission.MANAGE_USERS)
    user = locked(session, user_id)
    audit.record(session, actor, audit.UPDATE, "user.enabled", user, audit.assign(user, disabled_at=None))


def tidied(new: NewUser) -> NewUser:
    return replace(new, username=fields.line(new.username), name=fields.line(new.name))


def user_problems(new: NewUser, clinic_name: str) -> dict[str, str | None]:
    """By the boxes of a form, in their order. What a guesser knows as well is no password: names, and the clinic's."""
    is_doctor = new.role is Role.DOCTOR
    return {
        "name": fields.required_problem(new.name, say("The name"), 100),
        "username": _username_problem(new.username),
        "password": passwords.problem(new.password, new.username, new.name, clinic_name),
        "doctor": say(NO_FEE) if is_doctor and new.doctor is None else None,
        **(_doctor_problems(new.doctor) if is_doctor and new.doctor else {}),
    }


def make_user(session: Session, new: NewUser) -> User:
    """Of whom nothing is wrong; for `add`, and the first administrator, whom nobody adds. Raises UsernameTaken."""
    user = User(
        username=new.username,
        name=new.name,
        role=new.role,
        password_hash=passwords.hashed(new.password),
        password_changed_at=clock.now(),
        must_change_password=new.must_change_password,
        created_at=clock.now(),
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise UsernameTaken(new.username) from error
    if new.role is Role.DOCTOR and new.doctor is not None:
        doctor = Doctor(user_id=user.id)
        _assign_doctor(doctor, new.doctor)
        session.add(doctor)
    return user


def _doctor_problems(details: DoctorDetails) -> dict[str, str | None]:
    return {
        "consultation_fee": fields.money_problem(details.consultation_fee, say("The consultation fee")),
        "follow_up_fee": fields.money_problem(details.follow_up_fee, say("The follow-up fee")),
        "speciality": fields.length_problem(details.speciality, say("The speciality"), 100),
        "room": fields.length_problem(details.room, say("The room"), 40),
        "qualification": fields.length_problem(details.qualification, say("The qualification"), 100),
        "registration_number": fields.length_problem(details.registration_number, say("The registration number"), 100),
    }


def _assign_doctor(doctor: Doctor, details: DoctorDetails) -> audit.Changes:
    check(**_doctor_problems(details))
    return audit.assign(
        doctor,
        consultation_fee=details.consultation_fee,
        follow_up_fee=details.follow_up_fee,
        room=fields.line(details.room),
        speciality=fields.line(details.speciality),
        registration_number=fields.line(details.registration_number),
        qualification=fields.line(details.qualification),
    )


def _lock_administrators(session: Session) -> list[int]:
    """Together, so that two of them cannot disable each other at once."""
    active = select(User.id).where(User.role == Role.ADMIN, User.disabled_at.is_(None)).order_by(User.id)
    return list(session.scalars(active.with_for_update()))


def _record(user: User, doctor: Doctor | None) -> UserRecord:
    names = DoctorDetails.__dataclass_fields__
    known = {name: getattr(doctor, name) for name in names} if doctor and user.role is Role.DOCTOR else None
    return UserRecord(
        user_id=user.id,
        username=user.username,
        name=user.name,
        role=user.role,
        disabled=user.disabled_at is not None,
        doctor=DoctorDetails(**known) if known else None,
        first_password=user.must_change_password,
        second_factor=user.totp_since is not None,
    )


def _username_problem(username: str) -> str | None:
    if not 2 <= len(username) <= 40 or " " in username:
        return say("The user name needs 2 to 40 characters without spaces.")
    return None
