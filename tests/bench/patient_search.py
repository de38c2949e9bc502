"""How fast the search box finds somebody among many: `python -m tests.bench.patient_search [patients]`.

Fills an empty clinic of its own (QURE_DATA_DIR names its folder, and a second run finds it filled), then asks what a
front desk asks, each kind many times with other words, and prints the milliseconds of half and of all but a few.
"""

import sys
import time
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import quantiles

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core import db, migrations, patients, spelling
from core.models import Patient
from core.patients import PatientDetails, Sex
from core.permissions import Actor, Role
from etl.simulate.people import _MEN, _SURNAMES, _WOMEN
from tests import factories

PATIENTS, TIMES, SEED = 1_000_000, 40, 1
ACTOR = Actor(1, "Ravi", Role.RECEPTION)
COLUMNS = (
    *("id", "mrn", "name", "sex", "birth_date", "birth_date_is_estimated", "phone", "address", "blood_group"),
    *("allergies", "chronic_conditions", "next_of_kin", "registered_at", "last_visit_at", "search_grams", "spelt"),
)


def main(count: int) -> None:
    migrations.upgrade(db.engine())
    with db.transaction() as session:
        if session.scalar(select(Patient.id).limit(1)) is None:
            factories.set_up(session)
            fill(session, count)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE patients"))
    with db.reading() as session:
        told = session.scalar(select(func.count(Patient.id)))
        tell(f"{told:,} patients; milliseconds")
        rng = Random(SEED)
        for kind, ask in kinds(session).items():
            report(session, kind, [ask(rng) for _ in range(TIMES)])


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fill(session: Session, count: int) -> None:
    """By COPY, the index of pieces built afterwards."""
    session.execute(text("DROP INDEX ix_patients_search_grams"))
    rng, began = Random(SEED), time.perf_counter()
    driver = session.connection().connection.cursor()
    with driver.copy(f"COPY patients ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for number in range(1, count + 1):
            copy.write_row(row(rng, number))
    session.execute(text("SELECT setval(pg_get_serial_sequence('patients', 'id'), :count)"), {"count": count})
    session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    session.execute(text("CREATE INDEX ix_patients_search_grams ON patients USING gin (search_grams)"))
    tell(f"filled in {time.perf_counter() - began:.0f} s")


def row(rng: Random, number: int) -> tuple[object, ...]:
    """Few names are very common and many are rare, as everywhere."""
    woman = rng.random() < 0.53
    given, surname = common(rng, _WOMEN if woman else _MEN), common(rng, _SURNAMES)
    if rng.random() < 0.25:
        surname = made_up(rng)
    name = f"{given} {common(rng, _MEN)} {surname}" if rng.random() < 0.15 else f"{given} {surname}"
    phone, mrn = f"+91{rng.choice('6789')}{rng.randrange(10**9):09d}", patients.mrn(number)
    seen = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(2_600_000))
    born = date(1935, 1, 1) + timedelta(days=rng.randrange(32_000))
    grams = spelling.grams(name, phone, mrn)
    known = (number, mrn, name, "FEMALE" if woman else "MALE", born, False, phone, "", "", "", "", "")
    return (*known, seen, seen if rng.random() < 0.9 else None, grams, spelling.fold(name))


def common(rng: Random, names: list[str]) -> str:
    """The first of the list a fifth of the time, the last hardly ever."""
    return names[min(int(len(names) * rng.random() ** 2.5), len(names) - 1)]


def made_up(rng: Random) -> str:
    parts = ("va", "ra", "ma", "ki", "shi", "na", "tha", "pu", "lo", "ve", "du", "ga", "ri", "sa", "je", "mo")
    return "".join(rng.choice(parts) for _ in range(rng.randint(3, 4))).capitalize()


def kinds(session: Session) -> dict:
    """What is typed, by kind: each takes the random numbers and gives a term, or details for the check of doubles."""
    most = session.scalar(select(func.max(Patient.id))) or 1

    def somebody(rng: Random) -> Patient:
        return session.get_one(Patient, rng.randint(1, most))

    def wrong(rng: Random) -> str:
        """Two letters of a surname changed places."""
        word = somebody(rng).name.split()[-1]
        at = rng.randrange(1, max(len(word) - 2, 2))
        return f"{word[:at]}{word[at + 1 : at + 2]}{word[at]}{word[at + 2 :]}"

    def twice(rng: Random) -> PatientDetails:
        one = somebody(rng)
        return PatientDetails(one.name, Sex.UNKNOWN, phone=one.phone, birth_date=one.birth_date)

    return {
        "common name": lambda rng: common(rng, _SURNAMES[:8]).lower(),
        "rare name": lambda rng: made_up(rng).lower(),
        "another spelling": lambda rng: rng.choice(("laxmi", "rukmani", "dipa", "shrivastava", "vikrum", "mohammed")),
        "letters swapped": wrong,
        "two words": lambda rng: f"{common(rng, _WOMEN)} {common(rng, _SURNAMES)}".lower(),
        "two words, one rare": lambda rng: " ".join(somebody(rng).name.lower().split()[::-1][:2]),
        "two words, nobody": lambda rng: f"{common(rng, _WOMEN)} {common(rng, _WOMEN)}son".lower(),
        "two letters": lambda rng: common(rng, _WOMEN)[:2].lower(),
        "one letter": lambda rng: common(rng, _WOMEN)[:1].lower(),
        "last 4 of a phone": lambda rng: somebody(rng).phone[-4:],
        "whole phone": lambda rng: somebody(rng).phone[-10:],
        "MRN": lambda rng: somebody(rng).mrn,
        "nothing typed": lambda rng: "",
        "doubles before saving": twice,
    }


def report(session: Session, kind: str, asked: list) -> None:
    took, found = [], 0
    for what in asked:
        session.expunge_all()
        began = time.perf_counter()
        if isinstance(what, str):
            found += len(patients.search(session, ACTOR, what, limit=6))
        else:
            found += len(patients.find_likely_duplicates(session, ACTOR, what))
        took.append((time.perf_counter() - began) * 1000)
    cuts = quantiles(took, n=20)
    tell(f"{kind:24} p50 {cuts[9]:8.1f}  p95 {cuts[18]:8.1f}  worst {max(took):8.1f}  hits {found / len(asked):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS)
