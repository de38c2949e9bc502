"""Who may have a record already; two records become one, and two again."""

from datetime import date, time

import pytest
from sqlalchemy import select

from core import clock, documents, patients, scheduling, token_queue, visits
from core.models import AuditEvent, Document, Invoice, Patient, Sex, Visit, WaitingListEntry
from core.patients import CannotMerge, CannotUndo, Keep, PatientDetails, WasMerged
from core.permissions import Role
from tests.factories import a_completed_visit, a_patient, a_slot, a_user, a_visit, an_appointment, an_invoice

PHONE = "9876543210"


@pytest.fixture
def likely(session, receptionist):
    def find(name, sex=Sex.FEMALE, **details):
        found = patients.find_likely_duplicates(session, receptionist, PatientDetails(name, sex, **details))
        return [(one.card.name, one.reason) for one in found]

    return find


def test_one_phone_and_a_name_spelt_alike_is_a_likely_duplicate(session, likely):
    a_patient(session, "Lakshmi Sharma", phone=PHONE, age_years=34)

    assert likely("Laxmi Sharma", phone="+91 98765-43210", age_years=35) == [
        ("Lakshmi Sharma", "same phone, name spelt alike")
    ]


@pytest.mark.parametrize("name", ["Lakshmi Iyar", "Laxmi Ayer", "lakshmi iyer"])
def test_one_phone_and_a_surname_a_letter_apart_is_a_likely_duplicate(session, likely, name):
    a_patient(session, "Lakshmi Iyer", phone=PHONE, sex=Sex.UNKNOWN)

    assert [reason.partition(",")[0] for _, reason in likely(name, phone=PHONE)] == ["same phone"]
    assert likely("Latha Iyer", phone=PHONE) == [("Lakshmi Iyer", "same phone: family")]
    assert likely("Lakshmi I", phone="9811111111") == []


@pytest.mark.parametrize("name", ["Lakshmi Ilango", "Lakshmi Ya", "Lakshmi Iyar Rao", "Lakshmi Rao"])
def test_a_surname_further_apart_is_the_family_s(session, likely, name):
    a_patient(session, "Lakshmi Iyer", phone=PHONE)

    assert likely(name, phone=PHONE) == [("Lakshmi Iyer", "same phone: family")]


def test_a_family_on_one_phone_is_told_as_family(session, likely):
    a_patient(session, "Asha Rao", phone=PHONE, age_years=34)

    assert likely("Anu Rao", phone=PHONE, age_years=6) == [("Asha Rao", "same phone: family")]
    assert likely("Asha Rao", phone=PHONE, age_years=6) == [("Asha Rao", "same phone: family")]
    assert likely("Asha Rao", Sex.MALE, phone=PHONE) == [("Asha Rao", "same phone: family")]


def test_one_birth_date_and_name_is_a_likely_duplicate_whatever_the_phone(session, likely):
    a_patient(session, "Mohammed Ali", sex=Sex.MALE, birth_date=date(1980, 5, 1), phone="9811111111")

    assert likely("Mohd Ali", Sex.MALE, birth_date=date(1980, 5, 1), phone=PHONE) == [
        ("Mohammed Ali", "same birth date, name spelt alike")
    ]
    assert likely("Mohd Ali", Sex.MALE, birth_date=date(1981, 5, 1)) == []


@pytest.mark.parametrize("name", ["", "😀", "\0", "a" * 10_000])
def test_odd_names_are_nobodys_duplicate(session, likely, name):
    a_patient(session, "Asha Rao", phone=PHONE)

    assert likely(name, birth_date=date(2030, 1, 1)) == []


@pytest.fixture
def two(session, doctor):
    """Asha's record with a visit, and a second one with another visit, its summary and a bill."""
    asha = a_patient(session, "Asha Rao", phone=PHONE, allergies="Dust")
    double = a_patient(session, "Aasha Rao", address="4 Lake Road", allergies="Penicillin")
    a_completed_visit(session, doctor, asha)
    seen = a_completed_visit(session, doctor, double)
    documents.visit_summary(session, doctor, seen.visit_id)
    an_invoice(session, patient=double)
    return asha.patient_id, double.patient_id


def of(session, model, patient_id):
    return list(session.scalars(select(model.id).where(model.patient_id == patient_id).order_by(model.id)))


def test_what_will_move_and_differ_is_shown_before(session, receptionist, two):
    preview = patients.preview_merge(session, receptionist, *two)

    assert (preview.moves, preview.problem) == (("1 visit", "1 token", "1 bill", "1 paper"), None)
    assert [(one.field, one.keep) for one in preview.differences] == [
        ("name", Keep.STAYS),
        ("phone", Keep.STAYS),
        ("address", Keep.GOES),
        ("allergies", Keep.BOTH),
    ]


def test_the_history_of_both_stands_in_the_record_that_stays(session, receptionist, doctor, two):
    stays, goes = two
    old_mrn = patients.get(session, receptionist, goes).mrn

    patients.merge(session, receptionist, stays, goes, {"name": Keep.GOES})

    assert len(visits.history(session, doctor, stays)) == 2
    kept = patients.details(session, receptionist, stays)
    assert (kept.name, kept.address, kept.allergies) == ("Aasha Rao", "4 Lake Road", "Dust, Penicillin")
    assert [card.patient_id for card in patients.search(session, receptionist, old_mrn)] == [stays]
    assert [card.patient_id for card in patients.search(session, receptionist, "aasha")] == [stays]


def test_an_undone_merge_gives_back_exactly_what_moved(session, receptionist, doctor, two, frozen_clock):
    stays, goes = two
    mine = {model: of(session, model, goes) for model in (Visit, Invoice, Document)}
    before = [patients.details(session, receptionist, key) for key in two]
    seen = [session.get(Patient, key).last_visit_at for key in two]
    merged = patients.merge(session, receptionist, stays, goes)
    frozen_clock(day=2)
    later = a_completed_visit(session, doctor, patients.get(session, receptionist, stays))
    days = date(2025, 3, 1), date(2025, 3, 2)
    since = [documents.sick_note(session, doctor, visit_id, *days).document_id for visit_id in mine[Visit]]

    patients.undo_merge(session, receptionist, merged.merge_id)

    mine[Document] += since
    assert {model: of(session, model, goes) for model in (Visit, Invoice, Document)} == mine
    assert later.visit_id in of(session, Visit, stays)
    assert [patients.details(session, receptionist, key) for key in two] == before
    assert session.get(Patient, goes).last_visit_at == seen[1]
    assert patients.list_merges(session, receptionist)[0].undone_at is not None
    with pytest.raises(CannotUndo, match="undone already"):
        patients.undo_merge(session, receptionist, merged.merge_id)


def test_a_field_amended_after_the_merge_keeps_what_was_written(session, receptionist, two):
    stays, goes = two
    merged = patients.merge(session, receptionist, stays, goes)
    patients.amend(session, receptionist, stays, PatientDetails("Asha Rao", Sex.FEMALE, address="New Street"))

    patients.undo_merge(session, receptionist, merged.merge_id)

    assert patients.details(session, receptionist, stays).address == "New Street"


def test_a_record_is_not_merged_into_itself_or_while_it_is_away(session, receptionist, two):
    stays, goes = two
    with pytest.raises(CannotMerge, match="one and the same"):
        patients.merge(session, receptionist, stays, stays)

    patients.merge(session, receptionist, stays, goes)
    with pytest.raises(CannotMerge, match="is archived"):
        patients.merge(session, receptionist, stays, goes)
    with pytest.raises(WasMerged, match="Undo the merge"):
        patients.restore(session, receptionist, goes)


def test_whoever_waits_or_sits_with_the_doctor_is_not_merged_away(session, receptionist, doctor, two):
    stays, goes = two
    token_queue.walk_in(session, receptionist, goes)
    with pytest.raises(CannotMerge, match="is in today's queue with token"):
        patients.merge(session, receptionist, stays, goes)

    at_work = a_visit(session, doctor)
    with pytest.raises(CannotMerge, match="is still open"):
        patients.merge(session, receptionist, stays, session.get(Visit, at_work.visit_id).patient_id)


def test_the_appointments_of_both_belong_to_the_record_that_stays(session, receptionist, doctor, admin):
    one = an_appointment(session, doctor, "Asha Rao", starts=time(9))
    other = an_appointment(session, doctor, "Aasha Rao", starts=time(9, 30))
    patients.merge(session, receptionist, one.patient_id, other.patient_id)

    assert len(of(session, patients.merging.Appointment, one.patient_id)) == 2


def test_an_undone_merge_of_a_record_that_went_on_is_refused(session, receptionist, two):
    stays, goes = two
    third = a_patient(session, "Asha R").patient_id
    first = patients.merge(session, receptionist, stays, goes)
    patients.merge(session, receptionist, third, stays)

    with pytest.raises(CannotUndo, match="has itself been merged since"):
        patients.undo_merge(session, receptionist, first.merge_id)


def test_a_merge_is_audited_without_clinical_text(session, receptionist, two):
    patients.merge(session, receptionist, *two)

    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert [event.event for event in events] == ["patient.amended", "patient.merged"]
    assert events[0].changes == {"address": ["", "4 Lake Road"], "allergies": ["…", "…"]}


def test_who_may_be_known_is_not_registered_unasked(session, receptionist, doctor):
    a_patient(session, "Lakshmi Rao", phone=PHONE)
    laxmi, slot_id = PatientDetails("Laxmi Rao", Sex.FEMALE, phone=PHONE), a_slot(session, doctor)

    for register in (
        lambda **how: token_queue.register_and_walk_in(session, receptionist, laxmi, **how),
        lambda **how: scheduling.register_and_book(session, receptionist, laxmi, slot_id, **how),
    ):
        with pytest.raises(patients.MayBeKnown, match="same phone, name spelt alike"):
            register()
    assert len(patients.search(session, receptionist, "rao")) == 1

    token_queue.register_and_walk_in(session, receptionist, laxmi, anyway=True)
    assert len(patients.search(session, receptionist, "rao")) == 2


def test_two_records_booked_for_one_time_are_not_merged(session, receptionist, doctor):
    one = an_appointment(session, doctor, "Asha Rao", starts=time(9))
    other = an_appointment(session, a_user(session, Role.DOCTOR), "Aasha Rao", starts=time(9))

    with pytest.raises(CannotMerge, match="Both records are booked for 3 Mar 2025, 9:00"):
        patients.merge(session, receptionist, one.patient_id, other.patient_id)


@pytest.mark.parametrize("with_doctor", [True, False])
def test_two_wishes_for_one_day_are_not_merged_but_settled_ones_are(session, receptionist, doctor, two, with_doctor):
    for patient_id in two:
        wish = WaitingListEntry(
            patient_id=patient_id,
            doctor_id=doctor.user_id if with_doctor else None,
            wanted_on=date(2025, 3, 3),
            added_at=clock.now(),
        )
        session.add(wish)
    session.flush()

    with pytest.raises(CannotMerge, match="Both records are on the waiting list of 3 Mar 2025"):
        patients.merge(session, receptionist, *two)

    wish.settled_at = clock.now()
    session.flush()
    patients.merge(session, receptionist, *two)
    assert len(of(session, WaitingListEntry, two[0])) == 2
