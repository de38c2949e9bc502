"""Find a patient by any part of name, phone or MRN.

The three-letter pieces ("grams") of those stand in one indexed array beside the record, those of the folded name
(core.spelling) among them. What holds the words as they were typed comes before what only sounds like them.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from core import fields, spelling
from core.errors import NotFound
from core.models import Patient
from core.patients.records import PatientCard, card_of, existing, mrn_is_valid
from core.patients.registering import one_spelling
from core.permissions import Actor, Permission, require

SEEN_LAST = 1500  # among so many a name is looked for before the index is asked
_DIALLED = re.compile(r"(?<![^\s])[+(]?\d[\d\s()./-]{5,}\d(?![^\s])")


@dataclass(frozen=True)
class Way:
    """`pieces` narrow a word down by index; whether a record `fits` decides."""

    pieces: Callable[[str], set[str]]
    fits: Callable[[type[Patient], str], ColumnElement[bool]]


def search(session: Session, actor: Actor, term: str, limit: int = 20) -> list[PatientCard]:
    """Patients of whom every word of the term is part of the name, phone or MRN; newest visit first.

    Those who are only spelt alike follow. An empty term gives the patients seen last. Archived records are left out,
    but the MRN of one that was merged finds the record that stayed.
    """
    require(actor, Permission.SEE_PATIENTS)
    words = _words(term)
    found = _newest(session, words, _WRITTEN, limit)
    if len(found) < limit and any(map(_spelt, words)):
        found += _newest(session, words, _SPELT, limit - len(found), [patient.id for patient in found])
    return [card_of(patient) for patient in found or _merged(session, term)]


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


def _newest(session: Session, words: Sequence[str], way: Way, limit: int, seen: Sequence[int] = ()) -> list[Patient]:
    """Who fits every word. A name that many have is found among those seen last, instead of gathering all who have it;
    what is rare is found by index.
    """
    if words and not any(map(_has_digits, words)):
        recent = _fitting(_seen_last(), words, way, limit, seen)
        if len(found := list(session.scalars(recent))) == limit:
            return found
    pieces = sorted(set().union(*map(way.pieces, words)))
    everybody = _fitting(Patient, words, way, limit, seen)
    return list(session.scalars(everybody.where(Patient.search_grams.contains(pieces)) if pieces else everybody))


@cache
def _seen_last() -> type[Patient]:
    """Made once: to make it takes longer than PostgreSQL takes to answer."""
    last = select(Patient).where(Patient.archived_at.is_(None)).order_by(*_by_visit(Patient)).limit(SEEN_LAST)
    return aliased(Patient, last.subquery())


def _fitting(of: type[Patient], words: Sequence[str], way: Way, limit: int, seen: Sequence[int]) -> Select[Patient]:
    fits = [way.fits(of, word) for word in words]
    fits += [of.id.not_in(seen)] if seen else []
    return select(of).where(of.archived_at.is_(None), *fits).order_by(*_by_visit(of)).limit(limit)


def _by_visit(of: type[Patient]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return of.last_visit_at.desc().nulls_last(), of.id.desc()


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


def _contains(of: type[Patient], word: str) -> ColumnElement[bool]:
    columns = (of.name, of.phone, of.mrn) if _has_digits(word) else (of.name,)
    if len(word) < 3:  # too short for a part inside a word: the beginning of one
        return or_(*(func.concat(" ", column).icontains(f" {word}", autoescape=True) for column in columns))
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _has_digits(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _spelt(word: str) -> str:
    """Empty for what holds a digit or no letter: that is not spelt in several ways."""
    return "" if _has_digits(word) else spelling.fold(word).replace(" ", "")


def _sounding_pieces(word: str) -> set[str]:
    folded = _spelt(word)
    return spelling.spelt_pieces(folded) if folded else spelling.pieces(word)


def _sounds(of: type[Patient], word: str) -> ColumnElement[bool]:
    folded = _spelt(word)
    if not folded:
        return _contains(of, word)
    if len(folded) < 3:
        return func.concat(" ", of.spelt).contains(f" {folded}", autoescape=True)
    together = func.replace(of.spelt, " ", "") if len(folded) >= spelling.JOINED_FROM else of.spelt
    return together.contains(folded, autoescape=True)


_WRITTEN = Way(spelling.pieces, _contains)
_SPELT = Way(_sounding_pieces, _sounds)
