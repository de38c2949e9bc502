"""The days one after the other, and the way of their rows into the database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from babel.dates import format_date
from tqdm import tqdm

from core import clinic, clock, db
from core.errors import check
from core.models import Availability, Patient, User
from core.patients import mrn, search_keys
from core.words import say
from etl.simulate import clinical, demand, habits, leave, load, staff
from etl.simulate.coming import DAYS_AHEAD, Patients
from etl.simulate.conditions import SAID
from etl.simulate.diary import Diary
from etl.simulate.moments import Making
from etl.simulate.money import Books
from etl.simulate.people import Person
from etl.simulate.room import Room
from etl.simulate.rows import Rows
from etl.simulate.staff import AtWork, Login, Setting
from etl.simulate.stock import Shelf
from etl.simulate.treating import treat
from etl.simulate.waits import Waits

MOST_DAYS, MOST_PATIENTS = 3660, 400


@dataclass(frozen=True)
class Simulated:
    """`logins` are those that were made, with their passwords; they are kept nowhere else."""

    first_on: date
    last_on: date
    patients: int
    visits: int
    rows: int
    logins: tuple[Login, ...]


@dataclass(frozen=True)
class Plan:
    """What is simulated: so many days up to `until`, and arrivals on an average day on which the clinic is open."""

    days: int
    patients_per_day: float
    seed: int
    until: date

    @property
    def first_on(self) -> date:
        return self.until - timedelta(days=self.days - 1)


# Told what is being done, and which share of the whole has been done.
Tell = Callable[[str, float], object]


def run(
    days: int,
    patients_per_day: float,
    seed: int,
    until: date | None = None,
    *,
    progress: bool = False,
    tell: Tell = lambda what, share: None,
    only_new: bool = False,
) -> Simulated:
    """Fill an empty clinic; one that is not set up becomes a demo clinic.

    Raises ClinicInUse, ClinicAtWork, Invalid, or AlreadySetUp if it must be `only_new`.
    """
    _check(days, patients_per_day)
    with db.transaction() as session:  # all of it or nothing, the clinic and its logins too
        tell(say("Setting up"), 0)
        load.reserve(session)
        first = staff.set_up(session) if only_new or not clinic.is_set_up(session) else None
        use = clinical.usual_use(patients_per_day)
        setting, logins = staff.staffed(session, patients_per_day, {key: round(use[key] * 10) for key in use})
        plan = Plan(days, patients_per_day, seed, _last_day(until, setting))
        tables = made(plan, setting, load.first_ids(session), progress, _part(tell, 0.15, 0.6)).finished()
        written = load.load(session, tables, progress, _part(tell, 0.6, 0.9))
        tell(say("Checking the books"), 0.9)  # by the deferred triggers, at the commit
    tell(say("Done"), 1)
    counts = {table.model.__tablename__: len(table) for table in tables}
    new = (first, *logins) if first else tuple(logins)
    return Simulated(plan.first_on, plan.until, counts.get("patients", 0), counts.get("visits", 0), written, new)


def made(
    plan: Plan,
    setting: Setting,
    first_ids: Mapping[str, int],
    progress: bool = False,
    tell: Tell = lambda what, n: None,
) -> Rows:
    """The rows of a plan. Nothing but the arguments goes into them."""
    rows = Rows(first_ids, setting.zone)
    making = Making(Random(plan.seed), rows, setting, plan.patients_per_day)
    use = {setting.medicines[key].id: amount for key, amount in clinical.usual_use(plan.patients_per_day).items()}
    shelf = Shelf(making, use, Random(f"shelf {plan.seed}"))
    patients = Patients(making, Diary(making, Random(f"diary {plan.seed}"), plan.until))
    books, waits, room = (
        Books(making, shelf, Random(f"books {plan.seed}")),
        Waits(making),
        Room(making, Random(f"room {plan.seed}"), plan.until),
    )
    at_work = partial(_at_work, setting.doctors, _schedule(making, plan))
    shelf.open(setting.medicines.values(), making.at(plan.first_on, 420), plan.first_on)
    habits.keep(making, making.at(plan.first_on, 425))
    for number in tqdm(range(plan.days), desc="simulating", unit=" days", disable=None if progress else True):
        day = plan.first_on + timedelta(days=number)
        month = format_date(day, "LLLL", locale=setting.profile.locale)
        tell(say("Living through {month}", month=month), number / plan.days)
        if doctors := at_work(day):
            _day(making, patients, books, shelf, waits, room, day, doctors)
    patients.ahead(plan.until, at_work, leave.to_come(making, plan.until, plan.seed))
    waits.finish(plan.until)
    shelf.finish()
    books.finish()
    for person in patients.population.people:
        _write(making, person, books.advance(person.number))
    return rows


def _day(
    making: Making,
    patients: Patients,
    books: Books,
    shelf: Shelf,
    waits: Waits,
    room: Room,
    day: date,
    doctors: Sequence[AtWork],
) -> None:
    shelf.morning(making.at(day, 430), day)
    books.late(day)
    treat(making, patients, books, waits, room, day, doctors)
    books.hand_over(day)
    shelf.evening(making.setting.medicines.values(), making.at(day, 1290), day)


def _at_work(doctors: Iterable[AtWork], away: Mapping[int, set[date]], day: date) -> list[AtWork]:
    """Nobody where the clinic is closed."""
    return [
        doctor
        for doctor in doctors
        if demand.is_open(day) and day.weekday() in doctor.hours.weekdays and day not in away[doctor.actor.user_id]
    ]


def _part(tell: Tell, since: float, until: float) -> Tell:
    """For a step that is a part of the whole."""
    return lambda what, share: tell(what, since + (until - since) * share)


def _schedule(making: Making, plan: Plan) -> dict[int, set[date]]:
    """Writes the doctors' hours and their past leave; returns its days."""
    rows, away = making.rows, {}
    for doctor in making.setting.doctors:
        number = doctor.actor.user_id
        for weekday in sorted(doctor.hours.weekdays):
            for starts, ends in doctor.walls():
                hours = {"weekday": weekday, "starts": starts, "ends": ends}
                rows.add(Availability, doctor_id=number, **hours, slot_minutes=doctor.hours.slot_minutes)
        opened = making.at(plan.first_on - timedelta(days=15), 600)
        changes = {"first_on": plan.first_on, "last_on": plan.until + timedelta(days=DAYS_AHEAD)}
        rows.note(opened, making.setting.desk[0], "slots.opened", (User, number), changes)
        away[number] = leave.past(making, number, plan.first_on, plan.until)
    return away


def _write(making: Making, person: Person, advance: Decimal) -> None:
    known = Patient(id=person.number, mrn=mrn(person.number), name=person.name, phone=person.family.phone)
    making.rows.add(
        Patient,
        id=person.number,
        mrn=known.mrn,
        name=person.name,
        sex=person.sex.value,
        birth_date=person.birth,
        birth_date_is_estimated=person.estimated,
        phone=known.phone,
        address=person.family.address,
        blood_group=person.blood_group,
        allergies=person.allergies,
        chronic_conditions=", ".join(SAID[condition.code] for condition in person.chronic),
        registered_at=person.registered_at,
        last_visit_at=person.last_visit_at,
        advance=advance,
        **search_keys(known),
    )


def _check(days: int, patients_per_day: float) -> None:
    people_fit = 1 <= patients_per_day <= MOST_PATIENTS
    check(
        days=None if 1 <= days <= MOST_DAYS else f"The days must be between 1 and {MOST_DAYS:,}.",
        patients_per_day=None if people_fit else f"The patients per day must be between 1 and {MOST_PATIENTS}.",
    )


def _last_day(until: date | None, setting: Setting) -> date:
    """Asked of the clinic's own zone: the clock does not know it before the set-up is committed."""
    yesterday = clock.now().astimezone(setting.zone).date() - timedelta(days=1)
    late = f"The last day can be {yesterday} at the latest: today is for real work."
    check(until=late if until and until > yesterday else None)
    return until or yesterday
