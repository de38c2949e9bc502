"""Find a patient by any part of name, phone or MRN.

The three-letter pieces ("grams") of those stand in one indexed array beside the record, those of the folded name
(core.spelling) among them. What holds the words as they were typed comes before what only sounds like them.
"""

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from core import fields, spelling
from core.models import Patient
from core.patients.records import PatientCard, card_of, existing, mrn_is_valid
from core.patients.registering import one_spelling
from core.permissions import Actor, Permission, require

_DIALLED = re.compile(r"(?<![^\s])[+(]?\d[\d\s()./-]{5,}\d(?![^\s])")


def search(session: Session, actor: Actor, term: str, limit: int = 20) -> list[PatientCard]:
    """Patients of whom every word of the term is part of the name, phone or MRN; newest visit first.

    Those who are only spelt alike follow. An empty term gives the patients seen last. Archived records are left out,
    but the MRN of one that was merged finds the record that stayed.
    """
    require(actor, Permission.SEE_PATIENTS)
    words = _words(term)
    exact = _newest(session, _standing(_containing(word) for word in words), limit)
    if words and len(exact) < limit:
        seen = [patient.id for patient in exact]
        spelt = _standing(_sounding(word) for word in words).where(Patient.id.not_in(seen))
        exact += _newest(session, spelt, limit - len(exact))
    return [card_of(patient) for patient in exact or _merged(session, term)]


def get(session: Session, actor: Actor, patient_id: int) -> PatientCard:
    require(actor, Permission.SEE_PATIENTS)
    return card_of(existing(session, patient_id))


def same_phone(session: Session, actor: Actor, phone: str) -> list[PatientCard]:
    """Who else has this phone: a family shares one, and a second record of one person does too."""
    require(actor, Permission.SEE_PATIENTS)
    number, problem = one_spelling(session, phone)
    if problem or not number:
        return []
    sharing = select(Patient).where(Patient.phone == number, Patient.archived_at.is_(None)).order_by(Patient.id)
    return [card_of(patient) for patient in session.scalars(sharing.limit(10))]


def _standing(conditions: Iterable[ColumnElement[bool]]) -> Select[Patient]:
    return select(Patient).where(Patient.archived_at.is_(None), *conditions)


def _newest(session: Session, found: Select[Patient], limit: int) -> list[Patient]:
    newest = found.order_by(Patient.last_visit_at.desc().nulls_last(), Patient.id.desc()).limit(limit)
    return list(session.scalars(newest))


def _merged(session: Session, term: str) -> list[Patient]:
    """Whoever the record with this MRN became."""
    number = fields.line(term).upper()
    number = number if number.startswith("P") else f"P{number}"
    if not mrn_is_valid(number):
        return []
    patient = session.scalar(select(Patient).where(Patient.mrn == number, Patient.merged_into_id.is_not(None)))
    while patient is not None and patient.merged_into_id is not None:
        patient = session.get(Patient, patient.merged_into_id)
    return [] if patient is None or patient.archived_at else [patient]


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


def _containing(word: str) -> ColumnElement[bool]:
    """Grams narrow it down by index; the comparison itself decides."""
    return and_(Patient.search_grams.contains(sorted(spelling.pieces(word))), or_(*_matches(word)))


def _matches(word: str) -> list[ColumnElement[bool]]:
    columns = (Patient.name, Patient.phone, Patient.mrn)
    if len(word) < 3:  # too short for a part inside a word: the beginning of one
        return [func.concat(" ", column).icontains(f" {word}", autoescape=True) for column in columns]
    return [column.icontains(word, autoescape=True) for column in columns]


def _sounding(word: str) -> ColumnElement[bool]:
    """As `_containing`, whatever the spelling. What holds a digit or no letter is not spelt in several ways."""
    folded = spelling.fold(word).replace(" ", "")
    if not folded or any(letter.isdigit() for letter in folded):
        return _containing(word)
    pieces = Patient.search_grams.contains(sorted(spelling.spelt_pieces(folded)))
    if len(folded) < 3:
        return and_(pieces, func.concat(" ", Patient.spelt).contains(f" {folded}", autoescape=True))
    together = func.replace(Patient.spelt, " ", "") if len(folded) >= spelling.JOINED_FROM else Patient.spelt
    return and_(pieces, together.contains(folded, autoescape=True))
