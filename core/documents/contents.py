"""What the papers say, in words, from the records of the clinic."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clinic, clock, dosage, prescriptions, visits
from core.called import called
from core.clinic import Profile
from core.measurements import Measurements
from core.models import Doctor, Patient, Sex, User, Visit, Vitals
from core.papers import Bearer, Letterhead, Line, Note, PrescriptionPaper, SickNotePaper, VisitSummaryPaper
from core.patients.records import card_of
from core.permissions import Actor, Permission, require
from core.prescriptions import ItemRecord
from core.visits import NoteRecord
from core.words import language, say, say_count


def of_prescription(session: Session, actor: Actor, prescription_id: int) -> PrescriptionPaper:
    """As its rows stand now; the age is that of the day it was issued."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    issued = prescriptions.get(session, actor, prescription_id)
    visit = session.get_one(Visit, issued.visit_id)
    profile = clinic.profile(session)
    return PrescriptionPaper(
        letterhead=_letterhead(session, profile, issued.doctor_id),
        bearer=_bearer(session, profile, visit, clock.day_of(issued.issued_at), clinical=True),
        number=issued.number,
        lines=tuple(map(_line, issued.items)),
        follow_up=_day(profile, visit.follow_up_on),
    )


def of_visit(session: Session, actor: Actor, visit: Visit) -> VisitSummaryPaper:
    """What stands now, what was added late among it; what was struck or replaced is left out."""
    require(actor, Permission.READ_CLINICAL)
    profile = clinic.profile(session)
    found = visits.get(session, actor, visit.id)
    ordered = prescriptions.for_visit(session, actor, visit.id)
    return VisitSummaryPaper(
        letterhead=_letterhead(session, profile, visit.doctor_id),
        bearer=_bearer(session, profile, visit, clock.day_of(visit.started_at), clinical=True),
        diagnoses=tuple((one.code, _late(one.text, one.reason)) for one in found.diagnoses),
        vitals=_vitals(found.vitals[-1].measured) if found.vitals else (),
        notes=_notes(profile, found.notes),
        medicines=tuple((item.medicine, item.in_words) for item in ordered.items) if ordered else (),
        follow_up=_day(profile, visit.follow_up_on),
        language=language(),
    )


def of_sick_note(
    session: Session, visit: Visit, first_on: date, last_on: date, remark: str, *, diagnosed: str
) -> SickNotePaper:
    profile = clinic.profile(session)
    seen, first, last = (_day(profile, day) for day in (clock.day_of(visit.started_at), first_on, last_on))
    sentence = say(
        "was seen at this clinic on {seen} and is unfit for work or school on {day} (1 day).", seen=seen, day=first
    )
    if last_on != first_on:
        sentence = say_count(
            (last_on - first_on).days + 1,
            "was seen at this clinic on {seen} and is unfit for work or school from {first} to {last} ({count} day).",
            "was seen at this clinic on {seen} and is unfit for work or school from {first} up to and including {last}"
            " ({count} days).",
            **{"seen": seen, "first": first, "last": last},
        )
    return SickNotePaper(
        letterhead=_letterhead(session, profile, visit.doctor_id),
        bearer=_bearer(session, profile, visit, clock.today(), clinical=False),
        sentence=sentence,
        diagnosis=diagnosed,
        remark=remark,
        language=language(),
    )


def _letterhead(session: Session, profile: Profile, doctor_id: int) -> Letterhead:
    """An administrator who prescribes is no doctor of the clinic: only the name stands there."""
    name = session.scalars(select(User.name).where(User.id == doctor_id)).one()
    doctor = session.get(Doctor, doctor_id)
    room = doctor.room if doctor else ""
    return Letterhead(
        clinic=profile.name,
        address=profile.address,
        phone=profile.phone,
        doctor=name,
        qualification=doctor.qualification if doctor else "",
        speciality=doctor.speciality if doctor else "",
        registration_number=doctor.registration_number if doctor else "",
        room=say("Room {room}", room=room) if room.isdecimal() else room,
    )


def _bearer(session: Session, profile: Profile, visit: Visit, day: date, *, clinical: bool) -> Bearer:
    """With `clinical`, also the weight measured in this visit and the allergies."""
    patient = session.get_one(Patient, visit.patient_id, populate_existing=True)
    facts = {
        say("Age"): card_of(patient).age_on(day),
        say("Sex"): "" if patient.sex is Sex.UNKNOWN else called(patient.sex),
        say("MRN"): patient.mrn,
        say("Date"): _day(profile, day),
        say("Weight"): _weight(session, visit.id) if clinical else "",
    }
    told = tuple((word, value) for word, value in facts.items() if value)
    return Bearer(patient.name, told, patient.allergies if clinical else "")


def _line(item: ItemRecord) -> Line:
    generic = "" if item.generic.lower() in item.medicine.lower() else item.generic
    return Line(item.medicine, generic, item.in_words, dosage.units(item.quantity, item.directions.unit))


def _notes(profile: Profile, notes: tuple[NoteRecord, ...]) -> tuple[Note, ...]:
    return tuple(Note(_said(profile, note), note.body) for note in visits.standing_notes(notes))


def _said(profile: Profile, note: NoteRecord) -> str:
    return _late(f"{note.author}, {_day(profile, clock.day_of(note.written_at))}", note.reason)


def _late(told: str, reason: str) -> str:
    return say("{told}. Added after the visit: {reason}", told=told, reason=reason) if reason else told


def _weight(session: Session, visit_id: int) -> str:
    """For the pharmacy too, which does not see the other vitals."""
    standing = (Vitals.visit_id == visit_id, Vitals.struck_at.is_(None), Vitals.weight_kg.is_not(None))
    weight = session.scalar(select(Vitals.weight_kg).where(*standing).order_by(Vitals.id.desc()).limit(1))
    return f"{_short(weight)} kg" if weight else ""


def _vitals(measured: Measurements) -> tuple[tuple[str, str], ...]:
    pressure = (measured.systolic_mmhg, measured.diastolic_mmhg)
    told = [
        (say("Temperature"), measured.temperature_c, " °C"),
        (say("Pulse"), measured.pulse_bpm, " /min"),
        (say("Pressure"), "/".join(str(part or "–") for part in pressure) if any(pressure) else None, " mmHg"),
        (say("Breaths"), measured.respiration_bpm, " /min"),
        (say("SpO₂"), measured.oxygen_saturation_pct, " %"),
        (say("Weight"), measured.weight_kg, " kg"),
        (say("Height"), measured.height_cm, " cm"),
        ("BMI", measured.bmi, ""),
    ]
    return tuple((what, f"{_short(value)}{unit}") for what, value, unit in told if value is not None)


def _short(value: Decimal | int | str) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _day(profile: Profile, day: date | None) -> str:
    return format_date(day, "d MMM y", locale=profile.locale) if day else ""
