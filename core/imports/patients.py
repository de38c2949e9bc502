"""Patients of another program.

Rejected: nobody's name, a birth date that is none, a number that stands for two people, a text that is too long.
Only noted, and left out: a phone that cannot be one, a blood group or sex that is not understood. An age counts from
the day it was written down. Where age and birth date disagree the birth date stays.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clinic, clock, fields, patients, phones
from core.clock import years_between
from core.imports import cells, doubles, sheet
from core.imports.reading import (
    SOURCE,
    Collector,
    Item,
    Outcome,
    Reading,
    Tell,
    key_of,
    one_at_a_time,
    one_of,
    sort_out,
    untold,
    with_doubles,
    write,
)
from core.imports.sheet import Finding, Line, Sheet, Unreadable
from core.models import Clinic, Patient, Sex
from core.patients import BLOOD_GROUPS, OLDEST_YEARS, PatientDetails
from core.permissions import Actor, Permission, require
from core.words import date_in_words, later, say

ALIASES: sheet.Aliases = {
    "number": ("old_id", "id", "patient_id", "mrn", "uhid", "hospital_number", "old_code", "code", "file_number"),
    "name": ("name", "full_name", "patient_name", "patient"),
    "first_name": ("first_name", "firstname", "given_name", "forename", "first"),
    "middle_name": ("middle_name", "second_name"),
    "surname": ("surname", "last_name", "lastname", "family_name", "last"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "birthdate", "birthday", "born"),
    "age": ("age", "age_years", "years"),
    "sex": ("sex", "gender"),
    "phone": ("phone", "telephone", "mobile", "phone_number", "mobile_number", "contact", "contact_number", "tel"),
    "address": ("address", "street", "address_1", "address_line_1"),
    "city": ("city", "town", "village", "place"),
    "next_of_kin": ("next_of_kin", "kin", "guardian", "emergency_contact", "relative"),
    "blood_group": ("blood_group", "blood_type", "blood", "bloodgroup"),
    "allergies": ("allergies", "allergy"),
    "conditions": ("chronic_conditions", "conditions", "comorbidities"),
    "registered_at": ("registered_at", "registered_on", "registration_date", "created_at", "date_registered"),
}
REQUIRED = {later("the name"): ("name", "first_name", "surname")}
_NAME_PARTS = ("first_name", "middle_name", "surname")
_NOBODY = {"patient", "null", "test", "dummy", "none", "unknown", "name", "surname", "xxx", "na", "n/a", "-"}
_AT_ONCE = 1000  # records and events that go to the database together
_There = dict[str | None, tuple[str, date | None]]  # import key: name and birth date
_SEXES = {
    Sex.FEMALE: {"f", "female", "w", "woman", "girl"},
    Sex.MALE: {"m", "male", "man", "boy"},
    Sex.OTHER: {"o", "other", "x", "t", "transgender"},
    Sex.UNKNOWN: {"", "u"},
}


def preview(
    session: Session, actor: Actor, data: bytes, source: str = SOURCE, *, leave_out_doubles: bool = False
) -> Reading[PatientDetails]:
    """Read a file and see what is there already. Raises Invalid if the file as a whole cannot be read."""
    require(actor, Permission.IMPORT)
    table = sheet.parse(data, ALIASES, REQUIRED)
    found = parse(table, clinic.profile(session).country, clock.today(), source)
    there = _imported(session, found) | _own(session, found, source)
    sorted_out = sort_out(found, partial(_verdict, there, table.columns.get("number", "")))
    perhaps = doubles.find(session, sorted_out.accepted, table.columns.get("name", ""))
    return with_doubles(sorted_out, perhaps, leave_out_doubles)


def save(
    session: Session,
    actor: Actor,
    data: bytes,
    source: str = SOURCE,
    *,
    leave_out_doubles: bool = False,
    tell: Tell = untold,
) -> Outcome:
    """Register every patient of the file who can be taken and is not there yet."""
    require(actor, Permission.IMPORT)
    one_at_a_time(session)
    found = preview(session, actor, data, source, leave_out_doubles=leave_out_doubles)
    held = session.get(Clinic, 1)  # for as long as somebody holds it, it is not read again for each row

    def register(item: Item[PatientDetails]) -> None:
        patients.register(session, actor, item.details, item.key)
        if len(session.new) >= _AT_ONCE:
            session.flush()

    with session.no_autoflush:
        done = write(found, register, tell)
    session.flush()
    del held
    return done


def parse(table: Sheet, country: str, today: date, source: str = SOURCE) -> Reading[PatientDetails]:
    """The rows as what the desk would have typed. `country` (ISO 3166) is that of phones without a country code."""
    collector: Collector[PatientDetails] = Collector(table)
    read_day = _day_reader(collector)
    seen: dict[str, int] = {}
    for line in table.lines:
        details = _details(line, country, read_day, today)
        number = line.checked("number", say("The number"), 100)
        key = key_of(source, number, details.name, *(line.text(name) for name in ("birth_date", "age", "sex", "phone")))
        if (first := seen.setdefault(key, line.number)) != line.number:
            line.reject(
                "number" if number else "name", say("This is the same patient as on line {first}.", first=first)
            )
        collector.take(line, key, details)
    return collector.reading()


def _imported(session: Session, found: Reading[PatientDetails]) -> _There:
    """Whom an earlier import brought, by import key."""
    keys = one_of(Patient.import_key, [item.key for item in found.accepted])
    rows = session.execute(select(Patient.import_key, Patient.name, Patient.birth_date).where(keys))
    return {key: (name, born) for key, name, born in rows}


def _own(session: Session, found: Reading[PatientDetails], source: str) -> _There:
    """Who is in this clinic's own list, taken away as a file and brought back: the number is the MRN of that name."""
    named = {item.key.removeprefix(f"{source}:"): item for item in found.accepted}
    rows = session.execute(select(Patient.mrn, Patient.name, Patient.birth_date).where(one_of(Patient.mrn, named)))
    fits = [row for row in rows if row.name.casefold() == named[row.mrn].details.name.casefold()]
    return {f"{source}:{row.mrn}": (row.name, row.birth_date) for row in fits}


def _verdict(there: _There, column: str, item: Item[PatientDetails]) -> Finding | bool:
    """Another program may have used the same number for somebody else: then neither name nor birth date fits."""
    if item.key not in there:
        return False
    name, born = there[item.key]
    if name.casefold() == item.details.name.casefold() or born == item.details.birth_date:
        return True
    reason = say(
        "An earlier import used this number for {name}. If this file is of another program, name its source.", name=name
    )
    return Finding(item.line, column, reason, item.details.name)


def _day_reader(collector: Collector[PatientDetails]) -> Callable[[str], date]:
    births = [line.text("birth_date") for line in collector.sheet.lines]
    months_first = cells.months_first(births)
    if any(re.match(r"\d{1,2}[/.-]\d{1,2}[/.-]\d", birth) for birth in births):
        collector.remarks.append(
            say("Birth dates such as 03/04/1990 were read as month, day, year.")
            if months_first
            else say("Birth dates such as 03/04/1990 were read as day, month, year.")
        )
    return partial(cells.day, months_first=months_first)


def _details(line: Line, country: str, read_day: Callable[[str], date], today: date) -> PatientDetails:
    birth_date, age = _birth(line, read_day, today)
    address = ", ".join(part for part in (line.text("address"), line.text("city")) if part)
    if problem := fields.length_problem(address, say("The address"), 500):
        line.reject("address", problem)
    return PatientDetails(
        name=_name(line),
        sex=_sex(line),
        phone=_phone(line, country),
        birth_date=birth_date,
        age_years=age,
        address=address,
        blood_group=_blood_group(line),
        allergies=line.checked("allergies", say("The list of allergies"), 1000),
        chronic_conditions=line.checked("conditions", say("The list of chronic conditions"), 1000),
        next_of_kin=line.checked("next_of_kin", say("The next of kin")),
    )


def _name(line: Line) -> str:
    names = ["name"] if line.text("name") else [name for name in _NAME_PARTS if name in line.cells] or ["name"]
    parts = [line.checked(name, say("The name")) for name in names]
    full = " ".join(part for part in parts if part)
    if not any(letter.isalpha() for letter in full):
        line.reject(names[0], say("The name is missing."))
    elif all(word in _NOBODY for word in full.casefold().split()):
        line.reject(names[0], say("This is nobody's name but a placeholder."))
    elif len(full) > 200 and not line.rejected:
        line.reject(names[0], say("The name is too long: {length} characters, at most 200.", length=len(full)))
    for name, part in zip(names, parts, strict=True):
        if not part and line.cells[name].text.isalpha():
            line.note(name, say("left out: it looks like a placeholder"))
    return full


def _sex(line: Line) -> Sex:
    text = line.text("sex").casefold()
    for sex, words in _SEXES.items():
        if text in words:
            return sex
    line.note("sex", say("not understood: kept as unknown"))
    return Sex.UNKNOWN


def _birth(line: Line, read_day: Callable[[str], date], today: date) -> tuple[date | None, int | None]:
    """Birth date, or the age today of someone whose birth date is not known."""
    birth, age, written = line.read("birth_date", read_day), _age(line), _written(line)
    if birth is not None:
        if birth > today:
            line.reject("birth_date", say("The birth date is in the future."))
        elif years_between(birth, today) > OLDEST_YEARS:
            line.reject(
                "birth_date",
                say("The birth date makes the patient older than {years} years.", years=OLDEST_YEARS),
            )
        elif age is not None:
            _compare(line, birth, age, written, today)
        return birth, None
    if age is None or line.rejected:
        return None, None
    if age == 0:
        line.note("age", say("left out: an age of 0 without a birth date says nothing"))
        return None, None
    return None, age + (max(0, years_between(written, today)) if written else 0)


def _compare(line: Line, birth: date, age: int, written: date | None, today: date) -> None:
    """Without the day it was written down an age may only be too high: it was right once."""
    expected = years_between(birth, written or today)
    if age > expected + 1 or (written and age < expected - 1):
        line.note("age", say("does not fit the birth date ({birth}), which was kept", birth=date_in_words(birth)))


def _age(line: Line) -> int | None:
    """Years, also of "34 y"; a child's months are 0 years."""
    text = line.text("age").casefold()
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,3})(?:\.\d+)?\s*(|y|yr|yrs|years?|m|mo|months?|d|days?)\.?", text)
    years = int(match[1]) if match and not match[2].startswith(("m", "d")) else 0
    if not match or years > OLDEST_YEARS:
        line.note("age", say("left out: not an age in years"))
        return None
    return years


def _written(line: Line) -> date | None:
    """The day the age was written down."""
    try:
        return cells.day(line.text("registered_at"))
    except Unreadable:
        return None


def _phone(line: Line, country: str) -> str:
    """The phone if it can be one; it is no reason to leave out a patient."""
    number, reason = phones.read(line.text("phone"), country)
    if reason:
        line.note("phone", say("left out: {reason}", reason=reason))
    return number


def _blood_group(line: Line) -> str:
    text = re.sub(r"[\s().]|RH", "", line.text("blood_group").upper()).replace("0", "O")
    text = re.sub(r"(POSITIVE|POS|\+VE)$", "+", re.sub(r"(NEGATIVE|NEG|[-−–]VE|[−–])$", "-", text))
    if text in BLOOD_GROUPS:
        return text
    line.note("blood_group", say("left out: not a blood group"))
    return ""
