"""The clinic itself: its name, currency, time zone and the settings that change how workflows behave."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, fields
from core.errors import SetupNeeded, check
from core.models import Clinic, PaperSize, StockOrder
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class Profile:
    """What screens, workflows and documents need to know of the clinic."""

    name: str
    time_zone: str
    currency: str
    country: str
    address: str
    phone: str
    financial_year_month: int
    follow_up_days: int
    stock_order: StockOrder
    cover_days: int
    dispense_unpaid: bool
    paper_size: PaperSize

    @property
    def locale(self) -> Locale:
        """English as the clinic's country writes days, times and amounts."""
        try:
            return Locale.parse(f"en_{self.country}")
        except (UnknownLocaleError, ValueError):
            return Locale("en")

    def financial_year(self, day: date) -> int:
        """The calendar year in which the financial year of a day began."""
        return day.year if day.month >= self.financial_year_month else day.year - 1


_CHANGEABLE = {
    "name",
    "address",
    "phone",
    "follow_up_days",
    "stock_order",
    "cover_days",
    "dispense_unpaid",
    "paper_size",
}


def is_set_up(session: Session) -> bool:
    return session.scalar(select(Clinic.id)) is not None


def profile(session: Session) -> Profile:
    """Raises SetupNeeded before the first start's set-up screen was answered."""
    clinic = session.get(Clinic, 1)
    if clinic is None:
        raise SetupNeeded
    return Profile(**{name: getattr(clinic, name) for name in Profile.__dataclass_fields__})


def change(session: Session, actor: Actor, **values: Any) -> Profile:
    """Change settings by name: those of `_CHANGEABLE`."""
    require(actor, Permission.MANAGE_CLINIC)
    clinic = session.get(Clinic, 1, with_for_update=True, populate_existing=True)
    if clinic is None:
        raise SetupNeeded
    values = {key: fields.line(value) if type(value) is str else value for key, value in values.items()}
    check(
        name=fields.required_problem(values.get("name", clinic.name), "The clinic's name"),
        address=fields.length_problem(values.get("address", ""), "The address", 500),
        phone=fields.length_problem(values.get("phone", ""), "The phone number", 50),
        follow_up_days=_follow_up_problem(values.get("follow_up_days", clinic.follow_up_days)),
        cover_days=_cover_problem(values.get("cover_days", clinic.cover_days)),
    )
    unknown = values.keys() - _CHANGEABLE
    if unknown:
        raise TypeError(f"not a setting that can be changed: {unknown}")
    audit.record(session, actor, audit.UPDATE, "clinic.changed", clinic, audit.assign(clinic, **values))
    return profile(session)


def currency_problem(code: str) -> str | None:
    known = len(code) == 3 and get_currency_name(code, locale="en") != code
    return None if known else f"{code or 'An empty text'} is not a currency code such as INR, EUR or USD."


def _follow_up_problem(days: int) -> str | None:
    return None if 0 <= days <= 365 else "Follow-up days must be between 0 and 365."


def _cover_problem(days: int) -> str | None:
    return None if 1 <= days <= 365 else "An order must last for 1 to 365 days."
