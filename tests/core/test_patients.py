from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from core import patients
from core.errors import Invalid, NotFound, NotPermitted
from core.idempotency import KeyReused, forget_old, once
from core.models import AuditEvent, Patient, Sex
from core.patients import AlreadyArchived, PatientDetails
from tests.factories import a_patient


def test_a_patient_gets_a_number_with_a_check_digit(session, receptionist):
    asha = patients.register(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE))

    assert patients.mrn_is_valid(asha.mrn)
    assert not patients.mrn_is_valid(asha.mrn[:-1] + str((int(asha.mrn[-1]) + 1) % 10))


def test_a_refused_registration_uses_up_no_number(session, receptionist):
    first = patients.register(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE))
    with pytest.raises(Invalid):
        patients.register(session, receptionist, PatientDetails("", Sex.FEMALE, phone="12"))

    second = patients.register(session, receptionist, PatientDetails("Vikram Das", Sex.MALE))
    assert second.patient_id == first.patient_id + 1


@pytest.mark.parametrize(
    "typed",
    [
        *("98765 43210", "098765-43210", "+91 98765 43210", "9876543210", "91 98765 43210", "0091 (0)98765.43210"),
        *("९८७६५ ४३२१०", "٩٨٧٦٥٤٣٢١٠", "＋９１９８７６５４３２１０", "☎️ 98765\u202d43210\u202c\0"),
    ],
)
def test_a_phone_number_is_kept_in_one_spelling(session, receptionist, typed):
    card = patients.register(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE, phone=typed))

    assert card.phone == "+919876543210"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("12", "too few digits"),
        ("98765 43210 98765", "too many digits"),
        ("98765 4321O", "a phone number has no letters"),
        ("98765 43210 / 98765 43211", "not a phone number"),
        ("+999 1234567", "no country has this code"),
        ("1" * 10_000, "not a phone number"),
        ("😀", "not a phone number"),
    ],
)
def test_what_is_no_phone_number_is_refused_with_the_reason(session, receptionist, typed, why):
    with pytest.raises(Invalid, match=f"is not a possible phone number: {why}.$"):
        patients.register(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE, phone=typed))


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(2025, 3, 2), "The birth date is in the future."),
        (date(9999, 12, 31), "The birth date is in the future."),
        (date(2025, 3, 1), "0 d"),
        (date(2024, 2, 29), "12 m"),
        (date(1960, 2, 29), "65 y"),
        (date(1894, 3, 2), "130 y"),
        (date(1800, 1, 1), "The birth date makes the patient older than 130 years."),
        (date.min, "The birth date makes the patient older than 130 years."),
    ],
)
def test_a_birth_date_gives_an_age_or_is_refused_in_words(session, receptionist, born, age):
    """Today is 1 March 2025."""
    try:
        told = patients.register(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE, birth_date=born)).age
    except Invalid as refusal:
        told = str(refusal)

    assert told == age


@pytest.mark.parametrize(
    "term",
    [
        "asha",
        "SHA",
        "rao",
        "asha r",
        "rao ash",
        "9876543210",
        "09876543210",
        "43210",
        "98765 43210",
        "a",
        "ra",
    ],
)
def test_any_part_of_name_or_phone_finds_a_patient(session, receptionist, term):
    asha = a_patient(session, "Asha Rao", phone="9876543210")
    a_patient(session, "Vikram Sen", phone="9811111111")

    assert patients.search(session, receptionist, term) == [asha]


def test_the_mrn_finds_a_patient(session, receptionist):
    asha = a_patient(session, "Asha Rao")

    assert patients.search(session, receptionist, asha.mrn.lower()) == [asha]
    assert patients.search(session, receptionist, asha.mrn.removeprefix("P")) == [asha]


@pytest.mark.parametrize("term", ["zzz", "9" * 40, "%", "_", "'; drop table patients; --", "😀😀😀"])
def test_what_matches_nobody_finds_nobody(session, receptionist, term):
    a_patient(session, "Asha Rao")

    assert patients.search(session, receptionist, term) == []


def test_the_newest_visit_comes_first(session, receptionist):
    old, new, never = (a_patient(session, name) for name in ("Rao One", "Rao Two", "Rao Three"))
    for day, card in ((3, old), (4, new)):
        patients.locked(session, card.patient_id).last_visit_at = date(2025, 1, day)

    assert patients.search(session, receptionist, "rao") == [new, old, never]


def test_an_age_becomes_an_estimated_birth_date(session, receptionist):
    card = patients.register(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE, age_years=34))

    assert card.age == "~34 y"


def test_an_estimated_birth_date_stays_estimated_when_something_else_is_amended(session, receptionist):
    card = patients.register(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE, age_years=34))

    form = patients.details(session, receptionist, card.patient_id)
    amended = patients.amend(session, receptionist, card.patient_id, replace(form, allergies="Penicillin"))

    assert amended.age == card.age == "~34 y"


def test_everything_wrong_is_told_at_once_and_nothing_is_kept(session, receptionist):
    wrong = PatientDetails(" ", Sex.FEMALE, phone="12", birth_date=date(2030, 1, 1), blood_group="Z")

    with pytest.raises(Invalid) as refusal:
        patients.register(session, receptionist, wrong)

    assert set(refusal.value.problems) == {"name", "phone", "birth_date", "blood_group"}
    assert session.scalar(select(func.count()).select_from(Patient)) == 0


@pytest.mark.parametrize("name", ["लक्ष्मी शर्मा", "Ólafur Ægisson", "Nguyễn Thị", "=cmd()", "<b>x</b>", "O'Brien 😀"])
def test_names_of_any_script_are_kept_as_they_are(session, receptionist, name):
    assert a_patient(session, name).name == name
    assert patients.search(session, receptionist, name)[0].name == name


def test_nul_and_lone_surrogates_in_a_name_do_no_harm(session):
    assert a_patient(session, "As\0ha \udce2Rao\n").name == "Asha Rao"


def test_a_name_of_ten_thousand_characters_is_refused(session, receptionist):
    with pytest.raises(Invalid, match="too long: 10,000 characters"):
        patients.register(session, receptionist, PatientDetails("a" * 10_000, Sex.FEMALE))


def test_an_amended_record_is_found_by_its_new_name_only(session, receptionist):
    asha = a_patient(session, "Asha Rao")

    patients.amend(session, receptionist, asha.patient_id, PatientDetails("Asha Iyer", Sex.FEMALE))

    assert patients.search(session, receptionist, "iyer")[0].patient_id == asha.patient_id
    assert patients.search(session, receptionist, "rao") == []


def test_an_archived_record_is_not_found_and_not_changed_until_it_is_back(session, receptionist):
    asha = a_patient(session, "Asha Rao")
    patients.archive(session, receptionist, asha.patient_id)

    assert patients.search(session, receptionist, "asha") == []
    with pytest.raises(AlreadyArchived):
        patients.amend(session, receptionist, asha.patient_id, PatientDetails("Asha", Sex.FEMALE))
    with pytest.raises(AlreadyArchived):
        patients.archive(session, receptionist, asha.patient_id)

    patients.restore(session, receptionist, asha.patient_id)
    assert len(patients.search(session, receptionist, "asha")) == 1


def test_a_family_shares_a_phone(session, receptionist):
    mother = a_patient(session, "Asha Rao", phone="9876543210")
    child = a_patient(session, "Anu Rao", phone="+91 98765 43210")

    assert patients.same_phone(session, receptionist, "98765-43210") == [mother, child]
    assert patients.same_phone(session, receptionist, "nonsense") == []


def test_an_unknown_patient_is_refused(session, receptionist):
    with pytest.raises(NotFound, match="There is no patient 999"):
        patients.get(session, receptionist, 999)


def test_a_pharmacist_does_not_register_or_search_patients(session, pharmacist):
    with pytest.raises(NotPermitted, match=r"Meera \(pharmacist\) may not register or change patients"):
        patients.register(session, pharmacist, PatientDetails("Asha Rao", Sex.FEMALE))
    with pytest.raises(NotPermitted):
        patients.search(session, pharmacist, "asha")


def test_a_change_is_audited_without_clinical_text(session, receptionist):
    asha = a_patient(session, "Asha Rao")

    patients.amend(
        session,
        receptionist,
        asha.patient_id,
        PatientDetails("Asha Rao", Sex.FEMALE, phone="9876543210", allergies="Penicillin"),
    )

    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.actor_name, event.resource_id) == ("patient.amended", "Ravi", asha.patient_id)
    assert event.changes == {"phone": ["", "+919876543210"], "allergies": ["…", "…"]}


def test_the_same_click_twice_registers_once(session, receptionist):
    first = once("key-1", patients.register)(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE))
    again = once("key-1", patients.register)(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE))

    assert again == first
    assert len(patients.search(session, receptionist, "asha")) == 1


def test_a_key_with_other_contents_or_another_person_is_refused(session, receptionist, admin):
    once("key-1", patients.register)(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE))

    with pytest.raises(KeyReused):
        once("key-1", patients.register)(session, receptionist, PatientDetails("Vikram Sen", Sex.MALE))
    with pytest.raises(KeyReused):
        once("key-1", patients.register)(session, admin, PatientDetails("Asha Rao", Sex.FEMALE))


def test_answers_are_kept_for_two_days(session, receptionist, frozen_clock):
    once("key-1", patients.register)(session, receptionist, PatientDetails("Asha Rao", Sex.FEMALE))
    frozen_clock(day=2)
    assert forget_old(session) == 0

    frozen_clock(day=4)
    assert forget_old(session) == 1
