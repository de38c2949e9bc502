"""The lines of a patient's file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core import clock
from core.permissions import Permission


class Kind(StrEnum):
    VISIT = "VISIT"
    PRESCRIPTION = "PRESCRIPTION"
    BILL = "BILL"
    PAPER = "PAPER"
    APPOINTMENT = "APPOINTMENT"
    TOKEN = "TOKEN"


NEEDS = {
    Kind.VISIT: Permission.READ_CLINICAL,
    Kind.PRESCRIPTION: Permission.READ_PRESCRIPTIONS,
    Kind.BILL: Permission.SEE_BILLS,
    Kind.PAPER: Permission.READ_CLINICAL,
    Kind.APPOINTMENT: Permission.SEE_SCHEDULE,
    Kind.TOKEN: Permission.SEE_QUEUE,
}


@dataclass(frozen=True)
class Entry:
    """One line. `by` is the doctor or whoever made it, `remark` what happened to it since ("Amended").

    `entry_id` is that of the visit, prescription, bill …; `paper` the address of its PDF. What a kind does not have is
    empty.
    """

    kind: Kind
    entry_id: int
    at: datetime
    title: str
    by: str = ""
    state: StrEnum | None = None
    remark: str = ""
    visit_id: int | None = None
    paper: str = ""
    total: Decimal | None = None
    due: Decimal | None = None

    @property
    def day(self) -> date:
        return clock.day_of(self.at)


@dataclass(frozen=True)
class Timeline:
    """A page of the file, newest first. `counts` are of the whole file, by every kind that the reader may see."""

    entries: tuple[Entry, ...]
    counts: Mapping[Kind, int]
    pages: int
