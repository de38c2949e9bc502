"""The first administrator: there is no default user and no default password."""

from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields, places
from core.errors import check
from core.models import Clinic
from core.permissions import Role
from core.users.records import AlreadySetUp, NewClinic, NewUser
from core.users.staff import make_user, tidied, user_problems
from core.words import say


def set_up(session: Session, new: NewClinic, username: str, name: str, password: str) -> int:
    """Make the clinic and its administrator; returns the user id. Raises AlreadySetUp or Invalid."""
    new = replace(new, name=fields.line(new.name), currency=new.currency.upper().strip())
    if clinic.is_set_up(session):
        raise AlreadySetUp
    admin = tidied(NewUser(username, name, Role.ADMIN, password, must_change_password=False))
    own = user_problems(admin, new.name) | {"name": fields.required_problem(admin.name, say("Your name"), 100)}
    check(
        country=_country_problem(new),
        time_zone=_zone_problem(new.time_zone),
        currency=clinic.currency_problem(new.currency) if new.currency else say("Choose the clinic's currency."),
        clinic=fields.required_problem(new.name, say("The clinic's name")),
        **own,
    )
    record = Clinic(
        name=new.name,
        time_zone=new.time_zone,
        currency=new.currency,
        country=new.country or places.country_of(new.time_zone),
        financial_year_month=4 if new.currency in {"INR", "GBP", "JPY"} else 1,
        created_at=clock.now(),
    )
    session.add(record)
    try:
        session.flush()  # two set-ups at once: the primary key lets one through
    except IntegrityError as error:
        raise AlreadySetUp from error
    user = make_user(session, admin)
    audit.record(session, None, audit.CREATE, "clinic.set_up", user, {"role": (None, Role.ADMIN)})
    return user.id


def _country_problem(new: NewClinic) -> str | None:
    """It may be left out where the time zone tells it."""
    told = new.country in places.countries() or (new.time_zone and not new.country)
    return None if told else say("Choose the clinic's country.")


def _zone_problem(name: str) -> str | None:
    if not name:
        return say("Choose the clinic's time zone.")
    known = name in places.known_time_zones()
    return None if known else say("{time_zone} is not a known time zone.", time_zone=name)
