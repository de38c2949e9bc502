from datetime import date

import pytest
from sqlalchemy import func, select

from core import db, patients
from core.errors import Invalid, NotPermitted
from core.imports import patients as importing
from core.models import AuditEvent, Patient, Sex
from tests import factories
from tests.imports.files import csv_of, needs_real_files, real, told
from tests.statements import count_statements

HEADER = "old_id,first_name,surname,birth_date,age,sex,telephone,blood_group,registered_at"


def rows(*lines):
    return csv_of(HEADER, *lines)


def count(session):
    return session.scalar(select(func.count()).select_from(Patient))


def registered(session):
    return session.scalars(select(Patient).order_by(Patient.id)).all()


def test_a_row_becomes_a_registered_patient(session, admin):
    data = csv_of(
        "ID;Name;DOB;Gender;Mobile;Address;City;Blood type;Allergies;Next of kin",
        "7;Asha Rao;03/09/1990;female;98765 43210;12 Lake Road;Pune;0 pos;None known;Mohan Rao",
    )
    outcome = importing.save(session, admin, data)

    (asha,) = registered(session)
    assert (outcome.rows, outcome.added, outcome.rejected, outcome.notes) == (1, 1, [], [])
    assert (asha.name, asha.sex, asha.birth_date) == ("Asha Rao", Sex.FEMALE, date(1990, 9, 3))
    assert (asha.phone, asha.address, asha.blood_group) == ("+919876543210", "12 Lake Road, Pune", "O+")
    assert (asha.allergies, asha.next_of_kin, asha.import_key) == ("None known", "Mohan Rao", "import:7")
    assert outcome.remarks == ["Birth dates such as 03/04/1990 were read as day, month, year."]


def test_every_rejected_row_is_named_and_the_others_are_taken(session, admin):
    data = rows(
        "1,Asha,Rao,1990-09-03,34,F,,,",
        "2,Patient,Null,,0,U,-,-,",
        "3,-,-,1990-01-01,35,M,,,",
        "4,Ravi,Sen,2030-01-01,,M,,,",
        "5,Mira,Das,1790-01-01,,F,,,",
        "6,Anil,Bose,1990-02-30,,M,,,",
        f"7,{'x' * 10_000},Roy,1990-01-01,,M,,,",
        "1,Somebody,Else,1980-01-01,,M,,,",
        "8,Too,Few",
    )
    outcome = importing.save(session, admin, data)

    assert (outcome.added, outcome.rejected_rows, count(session)) == (1, 8, 1)
    assert told(outcome.rejected) == [
        (3, "first_name", "This is nobody's name but a placeholder."),
        (4, "first_name", "The name is missing."),
        (5, "birth_date", "The birth date is in the future."),
        (6, "birth_date", "The birth date makes the patient older than 130 years."),
        (7, "birth_date", "There is no such day."),
        (8, "first_name", "The name is too long: 10,000 characters, at most 200."),
        (9, "old_id", "This is the same patient as on line 2."),
        (10, "", "The row has 3 cells where the header has 9."),
    ]
    assert len(outcome.rejected[5].value) == 40


@pytest.mark.parametrize(
    ("phone", "note"),
    [
        ("+120975757", "left out: too few digits"),
        ("+180287435746545", "left out: too many digits"),
        ("+2434\\334", "left out: not a phone number"),
        ("+39", "left out: not a phone number"),
        ("+5424dfgsdsfg", "left out: a phone number has no letters"),
        ("9.87E+09", "left out: a phone number has no letters"),
        ("+01848481", "left out: no country has this code"),
    ],
)
def test_a_phone_that_cannot_be_one_is_left_out_and_the_patient_is_taken(session, admin, phone, note):
    outcome = importing.save(session, admin, rows(f"1,Asha,Rao,1990-09-03,34,F,{phone},,"))

    assert (outcome.added, told(outcome.notes)) == (1, [(2, "telephone", note)])
    assert registered(session)[0].phone == ""


def test_what_is_not_understood_is_left_out_with_a_note(session, admin):
    outcome = importing.save(session, admin, rows("1,Asha,Null,1990-09-03,old,Q,,Z+,"))

    assert told(outcome.notes) == [
        (2, "age", "left out: not an age in years"),
        (2, "surname", "left out: it looks like a placeholder"),
        (2, "sex", "not understood: kept as unknown"),
        (2, "blood_group", "left out: not a blood group"),
    ]
    (asha,) = registered(session)
    assert (asha.name, asha.sex, asha.blood_group) == ("Asha", Sex.UNKNOWN, "")


def test_where_age_and_birth_date_disagree_the_birth_date_stays(session, admin):
    outcome = importing.save(
        session,
        admin,
        rows(
            "1,Asha,Rao,1990-09-03,30,F,,,2020-11-12 17:40:55",
            "2,Ravi,Sen,1990-09-03,60,M,,,2020-11-12 17:40:55",
            "3,Mira,Das,1990-09-03,60,F,,,",
            "4,Anil,Bose,1990-09-03,20,M,,,",
        ),
    )

    assert told(outcome.notes) == [
        (3, "age", "does not fit the birth date (3 Sep 1990), which was kept"),
        (4, "age", "does not fit the birth date (3 Sep 1990), which was kept"),
    ]
    assert {patient.birth_date for patient in registered(session)} == {date(1990, 9, 3)}


def test_an_age_counts_from_the_day_it_was_written_down(session, admin):
    importing.save(session, admin, rows("1,Asha,Rao,,30,F,,,2020-01-12", "2,Ravi,Sen,,30 y,M,,,", "3,Mo,Das,,0,M,,,"))

    asha, ravi, mo = registered(session)
    assert (asha.birth_date.year, ravi.birth_date.year, mo.birth_date) == (1989, 1994, None)
    assert asha.birth_date_is_estimated


def test_two_rows_of_the_same_name_and_birth_date_are_both_taken_with_a_note(session, admin):
    outcome = importing.save(session, admin, rows("1,Asha,Rao,1990-09-03,,F,,,", "2,asha,RAO,1990-09-03,,F,,,"))

    assert outcome.added == 2
    assert told(outcome.notes) == [(3, "", "perhaps the same person as on line 2: same name and birth date")]


def test_a_second_run_adds_nothing(session, admin):
    data = rows("1,Asha,Rao,1990-09-03,,F,,,", "2,Ravi,Sen,1980-01-01,,M,,,")
    importing.save(session, admin, data)

    again = importing.save(session, admin, data)

    assert (again.added, again.already_there, count(session)) == (0, 2, 2)


def test_without_an_old_number_what_tells_a_person_apart_counts(session, admin):
    data = csv_of("name,dob,age,sex", "Asha Rao,1990-09-03,,F", "Ravi Sen,,40,M", "Ravi Sen,,40,M")

    first, again = importing.save(session, admin, data), importing.save(session, admin, data)

    assert (first.added, told(first.rejected)) == (2, [(4, "name", "This is the same patient as on line 3.")])
    assert (again.added, again.already_there) == (0, 2)


def test_a_record_changed_since_is_still_the_same(session, admin):
    importing.save(session, admin, rows("1,Asha,Rao,1990-09-03,,F,,,"))
    registered(session)[0].name = "Asha Iyer"

    assert importing.save(session, admin, rows("1,Asha,Rao,1990-09-03,,F,,,")).already_there == 1


def test_the_same_number_of_another_program_is_no_silent_skip(session, admin):
    importing.save(session, admin, rows("1,Asha,Rao,1990-09-03,,F,,,"))
    other = rows("1,Ravi,Sen,1980-01-01,,M,,,")

    refused, named = importing.save(session, admin, other), importing.save(session, admin, other, source="old hospital")

    assert told(refused.rejected) == [
        (
            2,
            "old_id",
            "An earlier import used this number for Asha Rao. If this file is of another program, name its source.",
        )
    ]
    assert (refused.added, named.added) == (0, 1)


def test_a_preview_says_the_same_and_writes_nothing(session, admin):
    data = rows("1,Asha,Rao,1990-09-03,,F,+39,,", "2,Patient,Null,,0,U,-,-,")

    preview = importing.preview(session, admin, data)

    assert (count(session), [item.details.name for item in preview.accepted]) == (0, ["Asha Rao"])
    saved = importing.save(session, admin, data)
    assert (list(preview.rejected), list(preview.notes)) == (saved.rejected, saved.notes)


def test_what_only_the_workflow_refuses_is_rejected_too(session, admin, monkeypatch):
    def register(session, actor, details, key):
        raise Invalid({"name": "This name is not for today."})

    monkeypatch.setattr(patients, "register", register)
    outcome = importing.save(session, admin, rows("1,Asha,Rao,1990-09-03,,F,,,"))

    assert (outcome.added, told(outcome.rejected)) == (0, [(2, "name", "This name is not for today.")])


def test_an_unexpected_failure_half_way_leaves_nothing(committed, monkeypatch):
    register, calls = patients.register, []

    def fail_at_the_third(*args):
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("power cut")
        return register(*args)

    monkeypatch.setattr(patients, "register", fail_at_the_third)
    data = rows(*(f"{number},Asha,Rao {number},1990-09-03,,F,,," for number in range(5)))

    with pytest.raises(RuntimeError), db.transaction() as session:
        importing.save(session, factories.an_admin(session), data)

    with db.transaction() as session:
        assert count(session) == 0
        assert "patient.registered" not in session.scalars(select(AuditEvent.event)).all()


def test_the_statements_per_row_do_not_grow(session, admin):
    def statements(first, size):
        data = rows(*(f"{first + n},Asha,Rao {first + n},,34,F,,," for n in range(size)))
        return count_statements(session, lambda: importing.save(session, admin, data))

    small, large = statements(0, 10), statements(100, 30)
    assert large - small <= 20 * 4


def test_only_an_administrator_imports(session, receptionist):
    for step in (importing.preview, importing.save):
        with pytest.raises(NotPermitted, match="may not import records"):
            step(session, receptionist, rows())


def test_a_file_without_names_is_refused(session, admin):
    with pytest.raises(Invalid, match=r"no column for the name \(name, first_name, surname\)"):
        importing.save(session, admin, csv_of("dob,sex", "1990-09-03,F"))


@needs_real_files
def test_the_real_export_loses_one_row_that_is_nobody(session, admin):
    outcome = importing.save(session, admin, real("patients"))

    assert (outcome.rows, outcome.added, outcome.already_there) == (515, 514, 0)
    assert told(outcome.rejected) == [(2, "first_name", "This is nobody's name but a placeholder.")]
    assert outcome.remarks == []
    assert sum(note.column == "telephone" for note in outcome.notes) == len(outcome.notes) == 144
    assert session.scalar(select(func.count()).where(Patient.phone != "")) == 240 - 144
    assert session.scalar(select(func.count()).where(Patient.blood_group == "O-")) == 13
    assert importing.save(session, admin, real("patients")).already_there == 514
