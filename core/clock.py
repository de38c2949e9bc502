"""The one place that asks what time it is. Timestamps are UTC; days are the clinic's own.

The clinic's time zone is chosen at set-up and never changes afterwards (it decides which day every record belongs
to), so a process may keep it once it has seen it.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import db
from core.errors import Invalid
from core.models import Clinic
from core.words import later, say

_zone: ZoneInfo | None = None
_NO_DAY = later("There is no such day. Check the year.")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The clinic day a moment belongs to."""
    return moment.astimezone(zone()).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The instant a clinic day starts and the instant the next one does, in UTC. Raises Invalid."""
    return at(day, time()), at(days_after(day, 1), time())


def days_after(day: date, days: int) -> date:
    """Raises Invalid where the calendar ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise Invalid({"day": say(_NO_DAY)}) from error


def local(moment: datetime) -> datetime:
    """The moment as the clock on the clinic's wall shows it."""
    return moment.astimezone(zone())


def at(day: date, wall_time: time) -> datetime:
    """The instant (UTC) at which the clinic's wall clock shows a time on a day: the first, where summer time ends and
    it is shown twice; the instant an hour on, where it begins and the time is skipped. Raises Invalid."""
    try:
        return datetime.combine(day, wall_time, zone()).astimezone(UTC)
    except OverflowError as error:
        raise Invalid({"day": say(_NO_DAY)}) from error


def years_between(birth: date, day: date) -> int:
    """Completed years: the age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def exact_age(birth: date, day: date) -> float:
    """Years with their part: whole on every birthday, a quarter at three months."""
    years = years_between(birth, day)
    return years + min(max((day - birth).days / 365.25 - years, 0), 0.999)


def zone() -> ZoneInfo:
    """The clinic's time zone; UTC before the clinic is set up."""
    global _zone
    if _zone is None:
        with db.reading() as session:
            name = session.scalar(select(Clinic.time_zone))
        if name is None:
            return ZoneInfo("UTC")
        _zone = ZoneInfo(name)
    return _zone
