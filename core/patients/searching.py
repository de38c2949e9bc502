"""Find a patient by any part of name, phone or MRN.

The three-letter pieces ("grams") of those stand in one indexed array beside the record, those of the folded name
(core.spelling) among them. What holds the words as they were typed comes before what only sounds like them.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from core import fields, spelling
from core.errors import NotFound
from core.models import Patient
from core.patients.records import PatientCard, card_of, existing, mrn_is_valid
from core.patients.registering import one_spelling
from core.permissions import Actor, Permission, require

SEEN_LAST = 1500  # among so many a name is looked for before the index is asked
SHORT = 3  # letters from which a word is looked for inside of words
_PATIENTS: FromClause = Patient.__table__
_LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)
_WRITTEN, _SOUNDING, _ESCAPE = "written", "sounding", "/"
_DIALLED = re.compile(r"(?<![^\s])[+(]?\d[\d\s()./-]{5,}\d(?![^\s])")


class Part(NamedTuple):
    """How a word is looked for: in the name, or in the folded one (`spelt`), there perhaps across its words (`joined`).

    `numbers`: in phone and MRN as well. `begins`: too short for a part inside a word, so at the beginning of one.
    """

    spelt: bool = False
    joined: bool = False
    numbers: bool = False
    begins: bool = False


class Term(NamedTuple):
    """What is looked for: of each word its part and the letters, and the pieces that narrow all of them down."""

    parts: tuple[Part, ...]
    letters: tuple[str, ...]
    pieces: list[str]

    def values(self, name: str) -> dict[str, object]:
        """Of the parameters that a statement has for it."""
        letters = {f"{name}_{place}": word for place, word in enumerate(self.letters)}
        return {**letters, f"{name}_pieces": self.pieces} if letters else {}


def search(session: Session, actor: Actor, term: str, limit: int = 20) -> list[PatientCard]:
    """Patients of whom every word of the term is part of the name, phone or MRN; newest visit first.

    Those who are only spelt alike follow. An empty term gives the patients seen last. Archived records are left out,
    but the MRN of one that was merged finds the record that stayed.
    """
    require(actor, Permission.SEE_PATIENTS)
    words = _words(term)
    written, sounding = _written(words), _sounding(words)
    values: dict[str, object] = {**written.values(_WRITTEN), "limit": limit}
    if written.parts and not any(part.numbers for part in written.parts):
        recent = session.execute(_seen_last(written.parts), values).all()
        if len(recent) == limit:
            return [_to_card(row) for row in recent]
    values |= sounding.values(_SOUNDING)
    every = _everybody(written.parts, sounding.parts if any(map(_spelt, words)) else ())
    found = [_to_card(row) for row in session.execute(every, values)]
    return found or [card_of(patient) for patient in _merged(session, term)]


def list_all(session: Session, actor: Actor, after: int = 0, limit: int = 50) -> list[PatientCard]:
    """Records that stand, in the order they were made, from the one after this id on."""
    require(actor, Permission.SEE_PATIENTS)
    standing = select(Patient).where(Patient.id > after, Patient.archived_at.is_(None)).order_by(Patient.id)
    return [card_of(patient) for patient in session.scalars(standing.limit(limit))]


def get(session: Session, actor: Actor, patient_id: int) -> PatientCard:
    require(actor, Permission.SEE_PATIENTS)
    return card_of(existing(session, patient_id))


def by_number(session: Session, actor: Actor, number: str) -> PatientCard:
    """Whose record has this MRN or id, archived ones too. Raises NotFound."""
    require(actor, Permission.SEE_PATIENTS)
    number = fields.line(number).upper()
    found = session.scalar(select(Patient).where(Patient.mrn == number))
    if found is None and number.isdecimal() and len(number) < 18:
        found = session.get(Patient, int(number))
    if found is None:
        raise NotFound("patient", number[:40])
    return card_of(found)


def survivor(session: Session, actor: Actor, patient_id: int) -> PatientCard | None:
    """The record that a merged one is part of now. Raises NotFound."""
    require(actor, Permission.SEE_PATIENTS)
    patient = existing(session, patient_id)
    return card_of(_became(session, patient)) if patient.merged_into_id is not None else None


def same_phone(session: Session, actor: Actor, phone: str) -> list[PatientCard]:
    """Who else has this phone: a family shares one, and a second record of one person does too."""
    require(actor, Permission.SEE_PATIENTS)
    number, problem = one_spelling(session, phone)
    if problem or not number:
        return []
    sharing = select(Patient).where(Patient.phone == number, Patient.archived_at.is_(None)).order_by(Patient.id)
    return [card_of(patient) for patient in session.scalars(sharing.limit(10))]


# A statement is made once for each kind of term: to make one takes longer than PostgreSQL takes to answer.


@lru_cache(maxsize=200)
def _seen_last(parts: tuple[Part, ...]) -> Select[*tuple[Any, ...]]:
    """A name that many have is found among those seen last, instead of gathering all who have it."""
    return _fitting(_last(), parts, _WRITTEN).limit(_LIMIT)


@lru_cache(maxsize=200)
def _everybody(written: tuple[Part, ...], sounding: tuple[Part, ...]) -> Select[*tuple[Any, ...]]:
    """Who fits as it is written, then who only sounds like it: one statement, which looks no further than it has to."""
    found = _by_index(written, _WRITTEN)
    if not sounding:
        return found.limit(_LIMIT)
    first = _ranked(found, 0).limit(_LIMIT).cte("first")
    missing, known = _LIMIT - _count(first), select(first.c.id)
    rest = _ranked(_by_index(sounding, _SOUNDING), 1).where(_PATIENTS.c.id.not_in(known), missing > 0)
    parts = [select(first)]
    if not any(part.numbers for part in written):  # many may sound alike, too
        last = _last()
        recent = _ranked(_fitting(last, sounding, _SOUNDING), 1).where(last.c.id.not_in(known), missing > 0)
        newest = recent.limit(missing).cte("newest")
        parts.append(select(newest).where(_count(newest) == missing))
        rest = rest.where(_count(newest) < missing)
    every = union_all(*parts, select(rest.limit(missing).subquery())).subquery()
    return select(*_card(every)).order_by(every.c.rank, *_by_visit(every))


def _by_index(parts: tuple[Part, ...], name: str) -> Select[*tuple[Any, ...]]:
    fitting = _fitting(_PATIENTS, parts, name).where(_PATIENTS.c.archived_at.is_(None))
    pieces: BindParameter[Any] = bindparam(f"{name}_pieces", type_=ARRAY(Text))
    return fitting.where(_PATIENTS.c.search_grams.contains(pieces)) if parts else fitting


@cache
def _last() -> FromClause:
    every = select(*_card(_PATIENTS), _PATIENTS.c.last_visit_at, _PATIENTS.c.spelt)
    return every.where(_PATIENTS.c.archived_at.is_(None)).order_by(*_by_visit(_PATIENTS)).limit(SEEN_LAST).subquery()


def _fitting(of: FromClause, parts: tuple[Part, ...], name: str) -> Select[*tuple[Any, ...]]:
    fits = [_fits(of, part, bindparam(f"{name}_{place}", type_=Text)) for place, part in enumerate(parts)]
    return select(*_card(of)).where(*fits).order_by(*_by_visit(of))


def _fits(of: FromClause, part: Part, word: ColumnElement[str]) -> ColumnElement[bool]:
    """`word` has its blank before it where it begins one."""
    if part.spelt:
        text = func.replace(of.c.spelt, " ", "") if part.joined else of.c.spelt
        return (func.concat(" ", text) if part.begins else text).contains(word, escape=_ESCAPE)
    columns = (of.c.name, of.c.phone, of.c.mrn) if part.numbers else (of.c.name,)
    texts = [func.concat(" ", column) if part.begins else column for column in columns]
    return or_(*(text.icontains(word, escape=_ESCAPE) for text in texts))


def _card(of: FromClause) -> list[ColumnElement[Any]]:
    """In the order of PatientCard's fields, but the last."""
    return [of.c[name] for name in ("id", "mrn", "name", "sex", "birth_date", "birth_date_is_estimated", "phone")]


def _to_card(row: Row[*tuple[Any, ...]]) -> PatientCard:
    return PatientCard(*row, archived=False)  # type: ignore[misc]


def _ranked(found: Select[*tuple[Any, ...]], rank: int) -> Select[*tuple[Any, ...]]:
    of = found.get_final_froms()[0]
    return found.add_columns(of.c.last_visit_at, literal_column(str(rank)).label("rank"))


def _count(of: CTE) -> ColumnElement[int]:
    return select(func.count()).select_from(of).scalar_subquery()


def _by_visit(of: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return of.c.last_visit_at.desc().nulls_last(), of.c.id.desc()


def _merged(session: Session, term: str) -> list[Patient]:
    """Whoever the record with this MRN became."""
    number = fields.line(term).upper()
    number = number if number.startswith("P") else f"P{number}"
    if not mrn_is_valid(number):
        return []
    patient = session.scalar(select(Patient).where(Patient.mrn == number, Patient.merged_into_id.is_not(None)))
    stays = _became(session, patient) if patient else None
    return [] if stays is None or stays.archived_at else [stays]


def _became(session: Session, patient: Patient) -> Patient:
    while patient.merged_into_id is not None:
        patient = session.get_one(Patient, patient.merged_into_id)
    return patient


def _words(term: str) -> list[str]:
    """The words of a search. A phone number typed with spaces, dashes or a leading 0 is one word."""
    term = " ".join(map(_in_western_digits, fields.line(term)[:100].lower().split()))
    if re.fullmatch(r"\d{6,}-\d", term):  # an MRN without its letter
        return [term]
    dialled = [_number(found[0]) for found in _DIALLED.finditer(term)]
    return [*_DIALLED.sub(" ", term).split(), *filter(None, dialled)]


def _in_western_digits(word: str) -> str:
    """A number typed in other digits. What holds letters of another script, or is one digit, is part of a name."""
    if len(word) == 1 or any(letter.isalpha() and not letter.isascii() for letter in word):
        return word
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in word)


def _number(typed: str) -> str:
    """+91 (0) 98765 43210, 0091-98765-43210 and 09876543210 are all part of +919876543210 like this."""
    return re.sub(r"\D", "", typed.replace("(0)", "")).lstrip("0")


def _written(words: Sequence[str]) -> Term:
    parts = [Part(numbers=_has_digits(word), begins=len(word) < SHORT) for word in words]
    return _term(parts, words, [spelling.pieces(word) for word in words])


def _sounding(words: Sequence[str]) -> Term:
    """A word that is not spelt in several ways is looked for as it is written."""
    written, folded = _written(words), [_spelt(word) for word in words]
    parts = [
        Part(spelt=True, joined=len(fold) >= spelling.JOINED_FROM, begins=len(fold) < SHORT) if fold else part
        for fold, part in zip(folded, written.parts, strict=True)
    ]
    pieces = [
        spelling.spelt_pieces(fold) if fold else spelling.pieces(word) for fold, word in zip(folded, words, strict=True)
    ]
    return _term(parts, [fold or word for fold, word in zip(folded, words, strict=True)], pieces)


def _term(parts: Sequence[Part], words: Sequence[str], pieces: Sequence[set[str]]) -> Term:
    letters = (f" {word}" if part.begins else word for part, word in zip(parts, words, strict=True))
    return Term(tuple(parts), tuple(map(_escaped, letters)), sorted(set().union(*pieces)))


def _escaped(word: str) -> str:
    """% and _ are letters like others."""
    return re.sub(f"[{_ESCAPE}%_]", rf"{_ESCAPE}\g<0>", word)


def _has_digits(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _spelt(word: str) -> str:
    """Empty for what holds a digit or no letter: that is not spelt in several ways."""
    return "" if _has_digits(word) else spelling.fold(word).replace(" ", "")
