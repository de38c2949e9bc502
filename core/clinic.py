"""The clinic itself: its name, currency, time zone and the settings that change how workflows behave."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_name
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, fields, words
from core.called import called
from core.errors import SetupNeeded, check
from core.models import Clinic
from core.models import PaperSize as PaperSize
from core.models import StockOrder as StockOrder
from core.permissions import Actor, Permission, Role, require
from core.words import say


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
    dispense_unpaid: bool
    paper_size: PaperSize
    tax_number: str
    consultation_tax_percent: Decimal
    discount_limits: dict[str, int]
    cover_days: int

    @property
    def locale(self) -> Locale:
        """The reader's language, as the clinic's country writes days, times and amounts."""
        return words.locale(self.country)

    def money(self, amount: Decimal) -> str:
        """With the clinic's currency, as its country writes numbers."""
        return format_currency(amount, self.currency, locale=self.locale)

    def figures(self, amount: Decimal) -> str:
        """The same without its currency, for columns."""
        pattern = self.locale.currency_formats["standard"].pattern.replace("¤", "").strip()
        return format_currency(amount, self.currency, pattern, locale=self.locale)

    def moment(self, at: datetime) -> str:
        """The day, and the time on the clinic's wall."""
        return f"{self.day(clock.local(at).date())}, {self.clock_time(at)}"

    def day(self, day: date) -> str:
        return format_date(day, "d MMM y", locale=self.locale)

    def clock_time(self, at: datetime) -> str:
        """The time on the clinic's wall."""
        return format_time(clock.local(at), "short", locale=self.locale)

    def financial_year(self, day: date) -> int:
        """The calendar year in which the financial year of a day began."""
        return day.year if day.month >= self.financial_year_month else day.year - 1

    def discount_limit(self, role: Role) -> int:
        """The most it may take off a line, in percent. Whoever sets the limits has none."""
        return 100 if role is Role.ADMIN else self.discount_limits.get(role, 0)


_CHANGEABLE = {
    *("name", "address", "phone", "tax_number", "paper_size"),
    *("follow_up_days", "consultation_tax_percent", "discount_limits"),
    *("stock_order", "dispense_unpaid", "cover_days"),
}


def is_set_up(session: Session) -> bool:
    return session.scalar(select(Clinic.id)) is not None


def profile(session: Session) -> Profile:
    """Raises SetupNeeded before the first start's set-up screen was answered."""
    clinic = session.get(Clinic, 1)
    if clinic is None:
        raise SetupNeeded
    session.info[Clinic] = clinic  # a session lets go of what nobody holds, and a workflow asks several times
    return Profile(**{name: getattr(clinic, name) for name in Profile.__dataclass_fields__})


def change(session: Session, actor: Actor, /, **values: Any) -> Profile:
    """Change settings by their names in Profile; those that say where the clinic is stay as they are. Raises Invalid.

    `discount_limits` maps the value of a role to whole percents; a role that is not in it gives no discount.
    """
    require(actor, Permission.MANAGE_CLINIC)
    clinic = session.get(Clinic, 1, with_for_update=True, populate_existing=True)
    if clinic is None:
        raise SetupNeeded
    values = {key: fields.line(value) if type(value) is str else value for key, value in values.items()}
    check(**{name: _PROBLEMS[name](value) for name, value in values.items() if name in _PROBLEMS})
    unknown = values.keys() - _CHANGEABLE
    if unknown:
        raise TypeError(f"not a setting that can be changed: {unknown}")
    audit.record(session, actor, audit.UPDATE, "clinic.changed", clinic, audit.assign(clinic, **values))
    return profile(session)


def currency_problem(code: str) -> str | None:
    if len(code) == 3 and get_currency_name(code, locale="en") != code:
        return None
    return say("{code} is not a currency code such as INR, EUR or USD.", code=code or say("An empty text"))


def _whole_problem(value: object, what: str, least: int, most: int) -> str | None:
    if type(value) is int and least <= value <= most:
        return None
    return say("{what} must be between {least} and {most}.", what=what, least=least, most=most)


def _limits_problem(limits: dict[str, object]) -> str | None:
    if unknown := limits.keys() - set(Role):
        return say("There is no role {names}.", names=", ".join(sorted(unknown)))
    problems = (_whole_problem(most, _limit_of(role), 0, 100) for role, most in limits.items())
    return next(filter(None, problems), None)


def _limit_of(role: str) -> str:
    return say("The discount limit of {role}", role=called(Role(role)).lower())


_PROBLEMS: dict[str, Callable[[Any], str | None]] = {
    "name": lambda name: fields.required_problem(name, say("The clinic's name")),
    "address": lambda address: fields.length_problem(address, say("The address"), 500),
    "phone": lambda phone: fields.length_problem(phone, say("The phone number"), 50),
    "tax_number": lambda number: fields.length_problem(number, say("The tax number"), 50),
    "follow_up_days": lambda days: _whole_problem(days, say("Follow-up days"), 0, 365),
    "cover_days": lambda days: _whole_problem(days, say("The days an order lasts"), 1, 365),
    "consultation_tax_percent": lambda percent: fields.percent_problem(percent, say("The tax on consultations")),
    "discount_limits": _limits_problem,
}
