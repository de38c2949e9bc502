"""What a search may ask for, each in the standard's words."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query

from core import clock
from core.api.fields import LARGEST_ID
from core.api.paging import MOST, BadCursor, Paging
from core.errors import Invalid
from core.exchange import Wanted

_DATE = re.compile(r"(eq|ge|gt|le|lt)?(\d{4}-\d\d-\d\d)")
NOBODY = 0  # an id that no record has


@dataclass(frozen=True)
class Asked:
    """`resource_id` is the id as it was sent; of an observation it says more than that of its record."""

    wanted: Wanted
    paging: Paging
    resource_id: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """Up to where the page before came: so many resources of the record with this id. Raises BadCursor."""
        after = self.paging.after()
        match after:
            case None:
                return 0, 0
            case [int(record_id), int(count)] if 0 <= record_id <= LARGEST_ID and 0 <= count < MOST:
                return record_id, count
        raise BadCursor


ResourceId = Annotated[str, Path(pattern=r"^[A-Za-z0-9.-]{1,64}$", description="Of the resource.", examples=["12"])]
_AskedId = Annotated[str, Query(alias="_id", max_length=64, description="Of the resource.")]
_Patient = Annotated[
    str, Query(max_length=200, description="Of whom: `12` or `Patient/12`. Needed, or `_id`, where it is clinical.")
]


def record_id(sent: str) -> int:
    """The number that an id begins with; that of nobody where it does not."""
    found = re.match(r"[0-9]{1,19}(?=-|$)", sent)
    number = int(found[0]) if found else NOBODY
    return number if number <= LARGEST_ID else NOBODY


def paging(
    count: Annotated[int, Query(alias="_count", ge=1, le=10_000, description=f"At most so many, up to {MOST}.")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="As the `next` link has it.")] = None,
) -> Paging:
    return Paging(min(count, MOST), cursor)


Paged = Annotated[Paging, Depends(paging)]


def by_id(paged: Paged, resource_id: _AskedId = "") -> Asked:
    return Asked(Wanted(record_id=_id(resource_id)), paged, resource_id)


def by_patient(paged: Paged, resource_id: _AskedId = "", patient: _Patient = "") -> Asked:
    wanted = Wanted(_id(resource_id), _patient(patient))
    return Asked(wanted, paged, resource_id)


def of_patients(
    paged: Paged,
    resource_id: _AskedId = "",
    identifier: Annotated[str, Query(max_length=200, description="The MRN.")] = "",
    name: Annotated[str, Query(max_length=200, description="Any part of it, also misspelt.")] = "",
) -> Asked:
    mrn = identifier.rpartition("|")[2] or ("?" if identifier else "")  # a system without a value is nobody's
    wanted = Wanted(_id(resource_id), mrn=mrn, name=name)
    return Asked(wanted, paged, resource_id)


def of_encounters(
    paged: Paged,
    resource_id: _AskedId = "",
    patient: _Patient = "",
    on: Annotated[
        list[str], Query(alias="date", max_length=2, description="Days of the clinic: `2025-03-01`, `ge2025-03-01`.")
    ] = [],  # noqa: B006
) -> Asked:
    first, last = _days(on)
    wanted = Wanted(_id(resource_id), _patient(patient), first_on=first, last_on=last)
    return Asked(wanted, paged, resource_id)


def _id(sent: str) -> int | None:
    return record_id(sent) if sent else None


def _patient(sent: str) -> int | None:
    return record_id(sent.rpartition("Patient/")[2]) if sent else None


def _days(sent: list[str]) -> tuple[date | None, date | None]:
    """The first and the last, both included. Raises Invalid."""
    firsts, lasts = [], []
    for one in sent:
        how, day = _day(one)
        if how in {"eq", "ge", "gt"}:
            firsts.append(clock.days_after(day, 1) if how == "gt" else day)
        if how in {"eq", "le", "lt"}:
            lasts.append(clock.days_after(day, -1) if how == "lt" else day)
    return max(firsts, default=None), min(lasts, default=None)


def _day(sent: str) -> tuple[str, date]:
    found = _DATE.fullmatch(sent)
    try:
        return (found[1] or "eq", date.fromisoformat(found[2])) if found else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> tuple[str, date]:
    raise Invalid({"date": "A date is a day, as in 2025-03-01 or ge2025-03-01."})
