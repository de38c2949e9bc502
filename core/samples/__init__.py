"""Lists to begin with: services and medicines of a general practice, in two CSV files beside this one.

They bring names and no prices: what something costs is the clinic's to say, and nothing comes onto a bill at a price
that nobody typed. What is taken becomes an ordinary record; what is on the clinic's list already stays as it is.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import billing, fields, inventory
from core.billing import ServiceDetails
from core.errors import Invalid
from core.inventory import MedicineDetails, MedicineForm
from core.models import Medicine, Service
from core.permissions import Actor, Permission, require

T = TypeVar("T", ServiceDetails, MedicineDetails)

_FOLDER = Path(__file__).parent
_UNPRICED = Decimal("0.00")


@cache
def services() -> tuple[ServiceDetails, ...]:
    """Their prices are still to be typed."""
    return tuple(ServiceDetails(row["name"], _UNPRICED) for row in _rows("services"))


@cache
def medicines() -> tuple[MedicineDetails, ...]:
    """Their prices are still to be typed."""
    return tuple(
        MedicineDetails(
            name=row["name"],
            form=MedicineForm(row["form"]),
            unit=row["unit"],
            price=_UNPRICED,
            generic=row["generic"],
            strength=row["strength"],
            pack_size=int(row["pack_size"]),
            is_controlled=row["controlled"] == "yes",
        )
        for row in _rows("medicines")
    )


def take_services(session: Session, actor: Actor, priced: Sequence[ServiceDetails]) -> int:
    """Add those that were never on the price list; returns how many. Raises Invalid for all that cannot be, by name."""
    require(actor, Permission.MANAGE_CLINIC)
    there = set(session.scalars(select(func.lower(Service.name))))
    return _add_each(_new(priced, there), lambda details: billing.add_service(session, actor, details))


def take_medicines(session: Session, actor: Actor, priced: Sequence[MedicineDetails]) -> int:
    """As `take_services`, for the list of medicines."""
    require(actor, Permission.MANAGE_STOCK)
    there = set(session.scalars(select(func.lower(Medicine.name))))
    return _add_each(_new(priced, there), lambda details: inventory.add_medicine(session, actor, details))


def _new(priced: Sequence[T], there: set[str]) -> list[T]:
    by_name = {fields.line(details.name).lower(): details for details in priced}
    return [details for name, details in by_name.items() if name not in there]


def _add_each(chosen: Sequence[T], add: Callable[[T], object]) -> int:
    wrong: dict[str, str] = {}
    for details in chosen:
        try:
            add(details)
        except Invalid as refusal:
            wrong[details.name] = f"{details.name}: {refusal}"
    if wrong:
        raise Invalid(wrong)
    return len(chosen)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")
