"""The first administrator: there is no default user and no default password."""

from zoneinfo import available_timezones

from babel.core import get_global
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields
from core.errors import check
from core.models import Clinic
from core.permissions import Role
from core.users.records import AlreadySetUp, NewClinic, NewUser
from core.users.staff import add_user
from core.words import say


def set_up(session: Session, new: NewClinic, username: str, name: str, password: str) -> int:
    """Make the clinic and its administrator; returns the user id. Raises AlreadySetUp or Invalid."""
    new = NewClinic(fields.line(new.name), new.time_zone, new.currency.upper().strip())
    if clinic.is_set_up(session):
        raise AlreadySetUp
    check(
        clinic=fields.required_problem(new.name, say("The clinic's name")),
        time_zone=None
        if new.time_zone in available_timezones()
        else say("{time_zone} is not a known time zone.", time_zone=new.time_zone),
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
    user = add_user(session, NewUser(username, name, Role.ADMIN, password, must_change_password=False))
    audit.record(session, None, audit.CREATE, "clinic.set_up", user, {"role": (None, Role.ADMIN)})
    return user.id


def _country(time_zone: str) -> str:
    """The country a time zone lies in, also by one of its older names (browsers tell those); "ZZ" if none does."""
    countries, canonical = get_global("zone_territories"), get_global("zone_aliases")
    return str(countries.get(time_zone) or countries.get(canonical.get(time_zone, ""), "ZZ"))
