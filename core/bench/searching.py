"""Finding a patient by what the desk types."""

from collections.abc import Callable, Iterator
from functools import partial

from core import patients, spelling
from core.bench import people
from core.bench.clinic import Clinic
from core.bench.doing import bare_look, look
from core.bench.measuring import Job, Operation
from core.patients.searching import SEEN_LAST

MANY = ("kum", "sha", "pat", "raj")
_CARD = "id, mrn, name, sex, birth_date, birth_date_is_estimated, phone"
_NEWEST = "ORDER BY last_visit_at DESC NULLS LAST, id DESC LIMIT 20"
_SEEN_LAST = f"""
SELECT {_CARD} FROM (SELECT {_CARD}, last_visit_at FROM patients WHERE archived_at IS NULL
  ORDER BY last_visit_at DESC NULLS LAST, id DESC LIMIT {SEEN_LAST}) AS seen
WHERE lower(name) LIKE %s {_NEWEST}
"""
_BY_NAME = f"""
WITH written AS MATERIALIZED (SELECT {_CARD}, last_visit_at, 0 AS rank FROM patients
  WHERE archived_at IS NULL AND search_grams @> %s AND lower(name) LIKE %s {_NEWEST})
SELECT {_CARD} FROM (TABLE written UNION ALL (SELECT {_CARD}, last_visit_at, 1 FROM patients
  WHERE archived_at IS NULL AND search_grams @> %s AND replace(spelt, ' ', '') LIKE %s
  AND id NOT IN (SELECT id FROM written) {_NEWEST})) AS found
ORDER BY rank, last_visit_at DESC NULLS LAST, id DESC LIMIT 20
"""
_BY_NUMBER = f"""
SELECT {_CARD} FROM patients WHERE archived_at IS NULL AND search_grams @> %s
AND (lower(name) LIKE %s OR lower(phone) LIKE %s OR lower(mrn) LIKE %s) {_NEWEST}
"""


def operations(clinic: Clinic) -> Iterator[Operation]:
    """A name that many have is found quickest among those seen last, any other by the index of pieces alone."""
    for name, term, floor in (
        ("part of a name that many have", _common, _bare_common),
        ("part of a rare name", _rare, _bare_rare),
        ("part of a phone", _phone, _bare_number),
        ("MRN", _mrn, _bare_number),
    ):
        yield Operation(f"patient search by {name}", 2, partial(_search, clinic, term), partial(floor, clinic, term))


def _common(clinic: Clinic) -> str:
    """Part of several names that people have in every generation."""
    return clinic.rng.choice(MANY)


def _rare(clinic: Clinic) -> str:
    return people.rare(clinic.rng).lower()


def _phone(clinic: Clinic) -> str:
    """The last four digits, as most people are looked for."""
    return f"{clinic.rng.randrange(10_000):04d}"


def _mrn(clinic: Clinic) -> str:
    """Of somebody who is on file: numbers need not begin with 1."""
    return patients.mrn(clinic.rng.choice(clinic.waiting)).lower()


_Term = Callable[[Clinic], str]


def _search(clinic: Clinic, term: _Term) -> Job:
    typed = term(clinic)
    return look(lambda session: [found.patient_id for found in patients.search(session, clinic.desk, typed)])


def _bare_common(clinic: Clinic, term: _Term) -> Job:
    return bare_look(clinic, _SEEN_LAST, [f"%{term(clinic)}%"])


def _bare_rare(clinic: Clinic, term: _Term) -> Job:
    typed = term(clinic)
    folded = spelling.fold(typed)
    written = (sorted(spelling.pieces(typed)), f"%{typed}%")
    return bare_look(clinic, _BY_NAME, [*written, sorted(spelling.spelt_pieces(folded)), f"%{folded}%"])


def _bare_number(clinic: Clinic, term: _Term) -> Job:
    typed = term(clinic)
    return bare_look(clinic, _BY_NUMBER, [sorted(spelling.pieces(typed)), *[f"%{typed}%"] * 3])
