"""Register patients and keep their records. A record is archived, never deleted: visits and bills point to it."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields, phones
from core.errors import Conflict, check, listed, quoted
from core.models import Patient
from core.patients.records import PatientCard, PatientDetails, card_of, existing, locked, make_findable, mrn
from core.permissions import Actor, Permission, require
from core.words import later, say

BLOOD_GROUPS = ("", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
OLDEST_YEARS = 130
CLINICAL = ("allergies", "chronic_conditions")
FIELDS = {
    "name": later("Name"),
    "sex": later("Sex"),
    "phone": later("Phone"),
    "birth_date": later("Birth date"),
    "address": later("Address"),
    "blood_group": later("Blood group"),
    "allergies": later("Allergies"),
    "chronic_conditions": later("Chronic conditions"),
    "next_of_kin": later("Next of kin"),
}
_IN_A_SENTENCE = {
    "name": later("the name"),
    "sex": later("the sex"),
    "phone": later("the phone"),
    "birth_date": later("the birth date"),
    "address": later("the address"),
    "blood_group": later("the blood group"),
    "allergies": later("the allergies"),
    "chronic_conditions": later("the chronic conditions"),
    "next_of_kin": later("the next of kin"),
}


class AlreadyArchived(Conflict):
    def __init__(self, mrn: str) -> None:
        super().__init__(say("The record {mrn} is archived. Bring it back first.", mrn=mrn))


class WasMerged(Conflict):
    def __init__(self, mrn: str, became: str) -> None:
        super().__init__(
            say("The record {mrn} was merged into {became}. Undo the merge to bring it back.", mrn=mrn, became=became)
        )


class ChangedMeanwhile(Conflict):
    def __init__(self, name: str, changed: Sequence[str]) -> None:
        self.changed = tuple(changed)
        what = listed(changed)
        super().__init__(
            say("Meanwhile {changed} of {name} changed elsewhere. Check it and save again.", changed=what, name=name)
        )


def register(session: Session, actor: Actor, details: PatientDetails, import_key: str | None = None) -> PatientCard:
    """A new record. Raises Invalid with everything that is wrong.

    `import_key` names the record in the program it came from, so that importing it again is noticed.
    """
    require(actor, Permission.EDIT_PATIENTS)
    values = _values(session, details)  # first: what is refused uses up no number
    number = session.scalar(select(func.nextval(text("pg_get_serial_sequence('patients', 'id')"))))
    assert number is not None
    patient = Patient(id=number, mrn=mrn(number), registered_at=clock.now(), import_key=import_key)
    audit.assign(patient, **values)
    make_findable(patient)
    session.add(patient)
    audit.record(session, actor, audit.CREATE, "patient.registered", patient, {"mrn": (None, patient.mrn)})
    return card_of(patient)


def amend(
    session: Session,
    actor: Actor,
    patient_id: int,
    details: PatientDetails,
    drawn_from: PatientDetails | None = None,
) -> PatientCard:
    """Change a record to what the form now says. The audit trail names the fields that changed.

    `drawn_from` is the record as the form was filled with it: raises ChangedMeanwhile if it has changed since. Raises
    AlreadyArchived or Invalid as well.
    """
    require(actor, Permission.EDIT_PATIENTS)
    patient = locked(session, patient_id)
    if patient.archived_at:
        raise AlreadyArchived(patient.mrn)
    if drawn_from is not None and (changed := _changed(drawn_from, form_of(patient))):
        raise ChangedMeanwhile(patient.name, changed)
    values = _values(session, details)
    if values["birth_date"] == patient.birth_date:  # the form gives an estimate back as the date it became
        values["birth_date_is_estimated"] = patient.birth_date_is_estimated
    changes = audit.assign(patient, **values)
    make_findable(patient)
    audit.record(session, actor, audit.UPDATE, "patient.amended", patient, without_clinical_text(changes))
    return card_of(patient)


def without_clinical_text(changes: audit.Changes) -> audit.Changes:
    """The trail tells that it changed, not what it says."""
    return {field: ("…", "…") if field in CLINICAL else values for field, values in changes.items()}


def archive(session: Session, actor: Actor, patient_id: int) -> None:
    """Raises AlreadyArchived."""
    require(actor, Permission.EDIT_PATIENTS)
    patient = locked(session, patient_id)
    if patient.archived_at:
        raise AlreadyArchived(patient.mrn)
    audit.record(
        session,
        actor,
        audit.UPDATE,
        "patient.archived",
        patient,
        audit.assign(patient, archived_at=clock.now()),
    )


def restore(session: Session, actor: Actor, patient_id: int) -> None:
    """Bring an archived record back. Raises WasMerged."""
    require(actor, Permission.EDIT_PATIENTS)
    patient = locked(session, patient_id)
    if patient.merged_into_id is not None:
        raise WasMerged(patient.mrn, mrn(patient.merged_into_id))
    audit.record(session, actor, audit.UPDATE, "patient.restored", patient, audit.assign(patient, archived_at=None))


def details(session: Session, actor: Actor, patient_id: int) -> PatientDetails:
    """The record as its form shows it."""
    require(actor, Permission.EDIT_PATIENTS)
    return form_of(existing(session, patient_id))


def form_of(patient: Patient) -> PatientDetails:
    names = PatientDetails.__dataclass_fields__.keys() - {"age_years"}
    return PatientDetails(**{name: getattr(patient, name) for name in names})


def _changed(before: PatientDetails, now: PatientDetails) -> list[str]:
    return [say(word) for name, word in _IN_A_SENTENCE.items() if getattr(before, name) != getattr(now, name)]


def _values(session: Session, details: PatientDetails) -> dict[str, object]:
    """The columns a form fills, cleaned; raises Invalid."""
    name, kin = fields.line(details.name), fields.line(details.next_of_kin)
    address, allergies = fields.line(details.address), fields.line(details.allergies)
    conditions = fields.line(details.chronic_conditions)
    phone, phone_problem = one_spelling(session, details.phone)
    check(
        name=fields.required_problem(name, say("The name")),
        phone=phone_problem,
        birth_date=_birth_problem(details),
        blood_group=None
        if details.blood_group in BLOOD_GROUPS
        else say("{blood_group} is no blood group.", blood_group=quoted(details.blood_group)),
        address=fields.length_problem(address, say("The address"), 500),
        allergies=fields.length_problem(allergies, say("The list of allergies"), 1000),
        chronic_conditions=fields.length_problem(conditions, say("The list of chronic conditions"), 1000),
        next_of_kin=fields.length_problem(kin, say("The next of kin")),
    )
    estimated = details.birth_date is None and details.age_years is not None
    return {
        "name": name,
        "sex": details.sex,
        "phone": phone,
        "birth_date": _estimate(details.age_years) if estimated else details.birth_date,
        "birth_date_is_estimated": estimated,
        "address": address,
        "blood_group": details.blood_group,
        "allergies": allergies,
        "chronic_conditions": conditions,
        "next_of_kin": kin,
    }


def _birth_problem(details: PatientDetails) -> str | None:
    today = clock.today()
    if details.birth_date is not None:
        if details.birth_date > today:
            return say("The birth date is in the future.")
        if clock.years_between(details.birth_date, today) > OLDEST_YEARS:
            return say("The birth date makes the patient older than {years} years.", years=OLDEST_YEARS)
    elif details.age_years is not None and not 0 <= details.age_years <= OLDEST_YEARS:
        return say("The age must be between 0 and {years} years.", years=OLDEST_YEARS)
    return None


def _estimate(age_years: int | None) -> date | None:
    """The middle of the year in which someone of this age was born: nobody is far off."""
    return None if age_years is None else (clock.today() - timedelta(days=round(365.25 * (age_years + 0.5))))


def one_spelling(session: Session, phone: str) -> tuple[str, str | None]:
    """The number in its one spelling, and a sentence if it cannot be one. Empty is fine."""
    phone = fields.line(phone)
    number, reason = phones.read(phone, clinic.profile(session).country)
    if not reason:
        return number, None
    return number, say("{phone} is not a possible phone number: {reason}.", phone=phone[:40], reason=reason)
