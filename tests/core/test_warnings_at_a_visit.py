"""Which warnings a doctor reads while prescribing, of what is known of the patient, and how an answer is kept."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import prescriptions, visits, words
from core.models import MedicineForm, OverriddenWarning, WarningKind
from core.permissions import Role
from core.visits import Measurements
from tests.factories import a_completed_visit, a_medicine, a_patient, a_user, a_visit, an_item
from tests.statements import count_statements

pytestmark = pytest.mark.usefixtures("without_redis")
TABLET, SYRUP = MedicineForm.TABLET, MedicineForm.SYRUP


def test_an_allergy_to_a_brand_on_the_list_holds_for_what_is_in_it(session, doctor):
    a_medicine(session, "Zifi 200", generic="Cefixime")
    visit = a_visit(session, doctor, a_patient(session, allergies="Zifi (rash)"))
    item = an_item(session, a_medicine(session, "Taxim-O", generic="Cefixime"))

    [found] = prescriptions.review(session, doctor, visit.visit_id, [item])

    assert found.kind is WarningKind.ALLERGY
    assert "is allergic to zifi, and cefixime is in it." in found.sentence


def test_what_another_doctor_ordered_is_doubled_by_the_same_medicine(session, doctor, frozen_clock):
    asha, crocin = a_patient(session), a_medicine(session, "Crocin", generic="Paracetamol")
    earlier = a_visit(session, doctor, asha)
    prescriptions.prescribe(session, doctor, earlier.visit_id, [an_item(session, crocin, duration_days=30)])
    visits.add_note(session, doctor, earlier.visit_id, "Pain")
    visits.complete(session, doctor, earlier.visit_id)
    other = a_user(session, Role.DOCTOR)

    [found] = prescriptions.review(session, other, a_visit(session, other, asha).visit_id, [an_item(session, crocin)])

    assert found.kind is WarningKind.DUPLICATE
    assert f"{doctor.name}) has the same paracetamol in it." in found.sentence


def test_what_is_still_taken_from_an_earlier_visit_counts(session, doctor, frozen_clock):
    frozen_clock(day=3)
    asha, warfarin = a_patient(session), a_medicine(session, "Warf 5", generic="Warfarin")
    earlier = a_visit(session, doctor, asha)
    prescriptions.prescribe(session, doctor, earlier.visit_id, [an_item(session, warfarin, duration_days=30)])
    visits.add_note(session, doctor, earlier.visit_id, "Clot")
    visits.complete(session, doctor, earlier.visit_id)
    frozen_clock(day=20)
    visit = a_visit(session, doctor, asha)
    item = an_item(session, a_medicine(session, "Brufen 400", generic="Ibuprofen"))

    [found] = prescriptions.review(session, doctor, visit.visit_id, [item])

    assert found.kind is WarningKind.INTERACTION
    assert found.sentence.startswith(f"Brufen 400: with Warf 5 (since 3 March, {doctor.name}): bleeding")
    frozen_clock(month=4, day=2)
    assert prescriptions.review(session, doctor, visit.visit_id, [item]) == ()


def test_what_ends_within_a_week_is_gone_on_with_and_not_doubled(session, doctor, frozen_clock):
    frozen_clock(day=1)
    asha, crocin = a_patient(session), a_medicine(session, "Crocin", generic="Paracetamol")
    earlier = a_visit(session, doctor, asha)
    prescriptions.prescribe(session, doctor, earlier.visit_id, [an_item(session, crocin, duration_days=20)])
    visits.add_note(session, doctor, earlier.visit_id, "Pain")
    visits.complete(session, doctor, earlier.visit_id)
    visit_id = a_visit(session, doctor, asha).visit_id
    items = [an_item(session, a_medicine(session, "Dolo", generic="Paracetamol")), an_item(session, crocin)]

    frozen_clock(day=13)
    told = prescriptions.review(session, doctor, visit_id, items[:1])
    assert [(found.kind, "Crocin (since 1 March" in found.sentence) for found in told] == [
        (WarningKind.DUPLICATE, True)
    ]
    assert prescriptions.review(session, doctor, visit_id, items[1:]) == ()
    frozen_clock(day=14)
    assert prescriptions.review(session, doctor, visit_id, items[:1]) == ()


def test_a_childs_weight_of_half_a_year_ago_is_not_trusted(session, doctor, frozen_clock):
    frozen_clock(month=1)
    ravi = a_patient(session, "Ravi", birth_date=date(2023, 1, 1))
    weighed = a_visit(session, doctor, ravi)
    visits.record_vitals(session, doctor, weighed.visit_id, Measurements(weight_kg=Decimal(20)))
    visits.add_note(session, doctor, weighed.visit_id, "Well")
    visits.complete(session, doctor, weighed.visit_id)
    syrup = a_medicine(
        session, "Calpol", generic="Paracetamol", strength="250 mg/5 ml", form=SYRUP, unit="bottle", pack_size=60
    )
    item = an_item(session, syrup, dose=Decimal(6), frequency="QID")  # 1,200 mg: for 20 kg and not for 12

    frozen_clock(month=3)
    visit = a_visit(session, doctor, ravi)
    assert prescriptions.review(session, doctor, visit.visit_id, [item]) == ()
    frozen_clock(month=8)
    [found] = prescriptions.review(session, doctor, visit.visit_id, [item])
    assert "kg (the 20 kg of 1 Jan 2025 are too old)" in found.sentence


def test_an_answered_warning_is_kept_with_its_item_sentence_and_source(session, doctor):
    asha = a_patient(session, "Asha Rao", allergies="Penicillin")
    item = an_item(session, a_medicine(session), override_reason="Tolerated last year")

    prescriptions.prescribe(session, doctor, a_visit(session, doctor, asha).visit_id, [item])

    kept = session.scalars(select(OverriddenWarning)).one()
    assert (kept.kind, kept.source) == (WarningKind.ALLERGY, "BNF, hypersensitivity by class")
    assert kept.sentence.startswith("Amoxicillin 500 mg: Asha Rao is allergic to penicillin")


def test_a_review_takes_five_statements_however_much_there_is(session, doctor):
    asha = a_patient(session, allergies="Zifi")
    a_completed_visit(session, doctor, asha)
    visit = a_visit(session, doctor, asha)
    items = [an_item(session, a_medicine(session, f"Medicine {n}")) for n in range(8)]

    assert count_statements(session, lambda: prescriptions.review(session, doctor, visit.visit_id, items)) <= 5


def test_a_warning_is_read_in_the_language_of_the_doctor_and_kept_in_english(session, monkeypatch):
    doctor = a_user(session, Role.DOCTOR)
    visit = a_visit(session, doctor, a_patient(session, allergies="Penicillin"))
    item = an_item(session, a_medicine(session, "Amoxicillin 500 mg", generic="Amoxicillin"))
    told = "{name} को {word} से एलर्जी है, और यह {title} है।"
    forms = {"{name} is allergic to {word}, and it is a {title}.": (told,)}
    monkeypatch.setattr(words, "_tongue", lambda language: words._Tongue(forms, lambda count: 0))

    with words.read_in("hi"):
        with pytest.raises(prescriptions.PrescribingWarnings, match="से एलर्जी है"):
            prescriptions.prescribe(session, doctor, visit.visit_id, [item])
        prescriptions.prescribe(session, doctor, visit.visit_id, [replace(item, override_reason="Tolerated before")])

    assert "is allergic to penicillin" in session.scalars(select(OverriddenWarning.sentence)).one()
