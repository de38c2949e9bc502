"""Find a patient by any part of name, phone or MRN.

The three-letter pieces ("grams") of those stand in one indexed array beside the record, those of the folded name
(core.spelling) among them. What holds the words as they were typed comes before what only sounds like them.
"""

from functools import cache, lru_cache
from typing import Any

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

from core import fields
from core.errors import NotFound
from core.models import Patient
from core.patients import terms
from core.patients.records import PatientCard, card_of, existing, mrn_is_valid
from core.patients.registering import one_spelling
from core.patients.terms import ESCAPE, Part
from core.permissions import Actor, Permission, require

SEEN_LAST = 1500  # among so many a name is looked for before the index is asked
_SHOWN = ("id", "mrn", "name", "sex", "birth_date", "birth_date_is_estimated", "phone")
_PATIENTS: FromClause = Patient.__table__
_LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)
_WRITTEN, _SOUNDING = "written", "sounding"


def search(session: Session, actor: Actor, term: str, limit: int = 20) -> list[PatientCard]:
    """Patients of whom every word of the term is part of the name, phone or MRN; newest visit first.

    Those who are only spelt alike follow. An empty term gives the patients seen last. Archived records are left out,
    but the MRN of one that was merged finds the record that stayed.
    """
    require(actor, Permission.SEE_PATIENTS)
    words = terms.words_of(term)
    written, sounding = terms.written(words), terms.sounding(words)
    alike = sounding.parts if any(map(terms.spelt, words)) else ()
    values = {**written.values(_WRITTEN), **sounding.values(_SOUNDING), "limit": limit}
    is_name = bool(words) and not any(part.numbers for part in written.parts)
    if is_name:
        recent = session.execute(_seen_last(written.parts), values).all()
        if len(recent) == limit:
            return [_to_card(row) for row in recent]
    found = session.execute(_everybody(written.parts, alike, is_name), values).all()
    return [_to_card(row) for row in found] or [card_of(patient) for patient in _merged(session, term)]


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
    """The record that a merged one is part of now; None for one that was not merged. Raises NotFound."""
    require(actor, Permission.SEE_PATIENTS)
    patient = existing(session, patient_id)
    return card_of(_became(session, patient)) if patient.merged_into_id is not None else None


def same_phone(session: Session, actor: Actor, phone: str) -> list[PatientCard]:
    """Ten at most who have this phone: a family shares one, and a second record of one person does too."""
    require(actor, Permission.SEE_PATIENTS)
    number, problem = one_spelling(session, phone)
    if problem or not number:
        return []
    sharing = select(Patient).where(Patient.phone == number, Patient.archived_at.is_(None)).order_by(Patient.id)
    return [card_of(patient) for patient in session.scalars(sharing.limit(10))]


# A statement is made once for each kind of term: to make one takes longer than PostgreSQL takes to answer.


@lru_cache(maxsize=200)
def _seen_last(written: tuple[Part, ...]) -> Select[*tuple[Any, ...]]:
    """A name that many have is found among those seen last, instead of gathering all who have it."""
    return _fitting(_last(), written, _WRITTEN).limit(_LIMIT)


@lru_cache(maxsize=200)
def _everybody(written: tuple[Part, ...], sounding: tuple[Part, ...], is_name: bool) -> Select[*tuple[Any, ...]]:
    """Who fits as it is written, then who only sounds like it: one statement, which looks no further than it has to.

    Of a name that sounds like many, too, those seen last come before the index.
    """
    found = _by_index(written, _WRITTEN)
    if not sounding:
        return found.limit(_LIMIT)
    first = _ranked(found, 0).limit(_LIMIT).cte("first")
    missing, known = _LIMIT - _count(first), select(first.c.id)
    rest = _ranked(_by_index(sounding, _SOUNDING), 1).where(_PATIENTS.c.id.not_in(known), missing > 0)
    parts = [select(first)]
    if is_name:
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
        return (func.concat(" ", text) if part.begins else text).contains(word, escape=ESCAPE)
    columns = (of.c.name, of.c.phone, of.c.mrn) if part.numbers else (of.c.name,)
    texts = [func.concat(" ", column) if part.begins else column for column in columns]
    return or_(*(text.icontains(word, escape=ESCAPE) for text in texts))


def _card(of: FromClause) -> list[ColumnElement[Any]]:
    """In the order of PatientCard's fields, but the last."""
    return [of.c[name] for name in _SHOWN]


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
