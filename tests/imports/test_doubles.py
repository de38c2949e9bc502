"""People who may be on record already, or stand twice in a file."""

from datetime import date

from core import exports, patients
from core.imports import patients as importing
from core.imports import sheet
from core.models import Sex
from tests.factories import a_patient
from tests.imports.files import csv_of, told


def test_a_family_on_one_phone_is_no_double_and_a_spelling_is_one(session, admin):
    asha = a_patient(session, "Lakshmi Rao", phone="98765 43210", birth_date=date(1990, 9, 3))
    data = csv_of(
        "name,dob,sex,phone",
        "Laxmi Rao,,F,9876543210",
        "Mohan Rao,,M,9876543210",
        "LAKSHMI RAO,1990-09-03,F,",
        "Lakshmi Rao,1961-01-01,F,9876543210",
        "Lakshmi Rao,,M,9876543210",
    )
    found = importing.preview(session, admin, data)

    who = f"perhaps the same person as {asha.mrn}"
    assert told(found.doubles) == [
        (2, "name", f"{who}: name spelt alike and phone"),
        (4, "name", f"{who}: same name and birth date"),
        (5, "name", "perhaps the same person as on line 2: name spelt alike and phone"),
    ]
    assert (len(found.accepted), found.notes) == (5, found.doubles)


def test_doubles_are_left_out_when_asked_and_named_among_the_refused(session, admin):
    data = csv_of("name,dob", "Asha Rao,1990-09-03", "Asha  RAAO,1990-09-03", "Ravi Sen,1990-09-03")

    done = importing.save(session, admin, data, leave_out_doubles=True)

    assert (done.added, done.rejected_rows) == (2, 1)
    assert told(done.rejected) == [(3, "name", "perhaps the same person as on line 2: name spelt alike and birth date")]


def test_an_archived_record_is_no_double(session, admin):
    gone = a_patient(session, "Asha Rao", birth_date=date(1990, 9, 3))
    patients.archive(session, admin, gone.patient_id)

    assert importing.preview(session, admin, csv_of("name,dob", "Asha Rao,1990-09-03")).doubles == ()


def test_the_clinics_own_list_brought_back_adds_nobody(session, admin):
    a_patient(session, "=Asha Rao", phone="98765 43210", birth_date=date(1990, 9, 3), sex=Sex.FEMALE)
    a_patient(session, "Ravi Sen")
    taken = exports.take(session, admin, "patients", date(2025, 3, 1), date(2025, 3, 1), ".csv").as_file(".csv")

    found = importing.preview(session, admin, taken)

    assert (len(found.known), found.accepted, found.rejected, found.notes) == (2, (), (), ())


def test_an_mrn_of_another_clinic_with_the_same_program_is_somebody_new(session, admin):
    asha = a_patient(session, "Asha Rao")

    found = importing.preview(session, admin, csv_of("mrn,name", f"{asha.mrn},Ravi Sen"))

    assert [item.details.name for item in found.accepted] == ["Ravi Sen"]


def test_refused_rows_come_as_a_file_that_can_be_mended_and_brought_again(session, admin):
    data = csv_of("name;dob;ward", "Asha Rao;2090-01-01;3", "Ravi Sen;1980-01-01;4", ";1990-02-30;5")
    found = importing.preview(session, admin, data)

    refused = sheet.refused(data, importing.ALIASES, found.rejected)

    assert refused.decode("utf-8-sig").splitlines() == [
        "Line,Reason,name,dob,ward",
        "2,dob: The birth date is in the future.,Asha Rao,2090-01-01,3",
        "4,dob: There is no such day. name: The name is missing.,,1990-02-30,5",
    ]
    again = refused.replace(b"2090-01-01", b"1990-01-01")
    still = importing.preview(session, admin, again)
    assert [item.details.name for item in still.accepted] == ["Asha Rao"]
    assert sheet.refused(again, importing.ALIASES, still.rejected).startswith(
        b"\xef\xbb\xbfLine,Reason,name,dob,ward\r\n3,"
    )


def test_progress_is_told_row_by_row(session, admin):
    seen = []
    importing.save(
        session, admin, csv_of("name", "Asha Rao", "Ravi Sen"), tell=lambda done, of: seen.append((done, of))
    )

    assert seen == [(0, 2), (1, 2)]
