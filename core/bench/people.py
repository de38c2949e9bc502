"""Many patients at once, by COPY: few names are very common and many are rare, as everywhere."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import patients, spelling
from etl.simulate import load
from etl.simulate.people import MEN, SURNAMES, WOMEN

_COLUMNS = (
    *("id", "mrn", "name", "sex", "birth_date", "birth_date_is_estimated", "phone", "address", "blood_group"),
    *(
        "allergies",
        "chronic_conditions",
        "next_of_kin",
        "advance",
        "registered_at",
        "last_visit_at",
        "search_grams",
        "spelt",
    ),
)
_SYLLABLES = ("va", "ra", "ma", "ki", "shi", "na", "tha", "pu", "lo", "ve", "du", "ga", "ri", "sa", "je", "mo")
_INDEXED_AFTERWARDS = 100_000  # rows from which it is quicker to build the index of pieces anew


def add(session: Session, rng: Random, first: int, last: int) -> None:
    """Patients with the ids `first` to `last`, who have been seen somewhere in the last five years."""
    anew = last - first >= _INDEXED_AFTERWARDS
    if anew:
        session.execute(text("DROP INDEX ix_patients_search_grams"))
    load.copy(session, "patients", _COLUMNS, (_row(rng, number) for number in range(first, last + 1)))
    session.execute(text("SELECT setval(pg_get_serial_sequence('patients', 'id'), :last)"), {"last": last})
    if anew:
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # no index is made while a row waits for its check
        session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        session.execute(text("CREATE INDEX ix_patients_search_grams ON patients USING gin (search_grams)"))


def common(rng: Random, names: list[str]) -> str:
    """The first of the list a fifth of the time, the last hardly ever."""
    return names[min(int(len(names) * rng.random() ** 2.5), len(names) - 1)]


def rare(rng: Random) -> str:
    """A surname that hardly anybody has."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(3, 4))).capitalize()


def _row(rng: Random, number: int) -> tuple[object, ...]:
    woman = rng.random() < 0.53
    given = common(rng, WOMEN if woman else MEN)
    surname = rare(rng) if rng.random() < 0.25 else common(rng, SURNAMES)
    name = f"{given} {common(rng, MEN)} {surname}" if rng.random() < 0.15 else f"{given} {surname}"
    phone, mrn = f"+91{rng.choice('6789')}{rng.randrange(10**9):09d}", patients.mrn(number)
    seen = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(2_600_000))
    born = date(1935, 1, 1) + timedelta(days=rng.randrange(32_000))
    return (
        *(number, mrn, name, "FEMALE" if woman else "MALE", born, False, phone, "", "", "", "", "", 0, seen),
        seen if rng.random() < 0.9 else None,
        spelling.grams(name, phone, mrn),
        spelling.fold(name),
    )
