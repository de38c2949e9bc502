from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from core import inventory, prescriptions, visits
from core.errors import Invalid, NotFound, NotPermitted
from core.idempotency import once
from core.models import AuditEvent, PrescriptionState
from core.permissions import Role
from core.prescriptions import WarningKind
from tests.factories import a_medicine, a_patient, a_user, a_visit, an_item

pytestmark = pytest.mark.usefixtures("without_redis")


def test_a_prescription_is_issued_with_its_quantities_and_in_words(session, doctor, pharmacist):
    visit = a_visit(session, doctor)

    issued = prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])

    [item] = issued.items
    assert issued.number == f"RX-{issued.prescription_id:06d}"
    assert (item.medicine, item.quantity) == ("Amoxicillin 500 mg", 15)
    assert item.in_words == "1 capsule, three times a day, for 5 days, after food"
    assert prescriptions.for_visit(session, pharmacist, visit.visit_id) == issued
    assert prescriptions.get(session, pharmacist, issued.prescription_id) == issued


def test_the_same_click_twice_prescribes_once(session, doctor):
    visit_id, items = a_visit(session, doctor).visit_id, [an_item(session)]

    first = once("key-1", prescriptions.prescribe)(session, doctor, visit_id, items)

    assert once("key-1", prescriptions.prescribe)(session, doctor, visit_id, items) == first


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"dose": Decimal(0)}, "the dose must be more than 0"),
        ({"dose": Decimal(-1)}, "the dose must be more than 0"),
        ({"dose": Decimal("NaN")}, "the dose must be more than 0"),
        ({"dose": Decimal("0.0001")}, "at most three decimals"),
        ({"dose": Decimal("1e30")}, "the dose must be more than 0"),
        ({"frequency": "often"}, "often is no frequency. Use OD, BD, TDS"),
        ({"duration_days": 0}, "the days must be between 1 and 365"),
        ({"duration_days": 366}, "the days must be between 1 and 365"),
        ({"quantity": 0}, "the quantity must be between 1 and 9,999"),
        ({"dose": Decimal(10), "frequency": "6H", "duration_days": 365}, "the quantity must be between 1 and 9,999"),
        ({"instructions": "a" * 201}, "the text of the instructions is too long"),
    ],
)
def test_a_mistake_in_an_item_is_refused_with_its_medicine(session, doctor, details, sentence):
    visit_id = a_visit(session, doctor).visit_id

    with pytest.raises(Invalid, match=f"Amoxicillin 500 mg: .*{sentence}"):
        prescriptions.prescribe(session, doctor, visit_id, [an_item(session, **details)])


def test_all_mistakes_of_all_items_are_told_at_once(session, doctor, admin):
    amoxicillin, old = a_medicine(session), a_medicine(session, "Oldicillin")
    inventory.withdraw(session, admin, old.medicine_id)
    items = [
        an_item(session, amoxicillin, dose=Decimal(0), frequency="often"),
        an_item(session, amoxicillin),
        an_item(session, old),
        prescriptions.ItemDetails(999, Decimal(1), "OD", 0),
    ]

    with pytest.raises(Invalid) as refusal:
        prescriptions.prescribe(session, doctor, a_visit(session, doctor).visit_id, items)

    assert refusal.value.problems.keys() == {
        *("1 dose", "1 frequency", "2 medicine", "3 medicine", "4 medicine", "4 duration_days")
    }
    assert refusal.value.problems["2 medicine"] == "Amoxicillin 500 mg: is on the list twice."
    assert refusal.value.problems["3 medicine"] == "Oldicillin: is no longer used here."
    assert refusal.value.problems["4 medicine"] == "Item 4: there is no medicine 999."


def test_a_prescription_of_nothing_is_refused(session, doctor):
    with pytest.raises(Invalid, match="at least one medicine"):
        prescriptions.prescribe(session, doctor, a_visit(session, doctor).visit_id, [])


@pytest.mark.parametrize("allergies", ["Amoxicillin", "allergic to AMOXICILLIN (rash)", "amox", "Penicillins, dust"])
def test_a_medicine_that_the_patient_is_allergic_to_needs_a_reason(session, doctor, allergies):
    asha = a_patient(session, "Asha Rao", allergies=allergies)
    visit_id, medicine = a_visit(session, doctor, asha).visit_id, a_medicine(session, generic="Penicillin")

    with pytest.raises(
        prescriptions.PrescribingWarnings, match="Amoxicillin 500 mg: Asha Rao is allergic to"
    ) as warning:
        prescriptions.prescribe(session, doctor, visit_id, [an_item(session, medicine)])
    assert [warned.kind for warned in warning.value.warnings] == [WarningKind.ALLERGY]

    answered = an_item(session, medicine, override_reason="Tolerated last year")
    issued = prescriptions.prescribe(session, doctor, visit_id, [answered])
    assert issued.items[0].override_reason == "Tolerated last year"


@pytest.mark.parametrize(
    ("allergies", "name"),
    [
        ("Penicillin", "Amoxicillin 500 mg"),
        ("penicillin", "Amoxycillin syrup"),
        ("Penicillin", "Augmentin 625"),
        ("Sulfa drugs", "Co-trimoxazole 480 mg"),
        ("cephalosporins", "Cefixime 200 mg"),
        ("Aspirin", "Ibuprofen 400 mg"),
    ],
)
def test_an_allergy_holds_for_the_whole_class(session, doctor, allergies, name):
    visit = a_visit(session, doctor, a_patient(session, allergies=allergies))

    with pytest.raises(prescriptions.PrescribingWarnings, match="is allergic to"):
        prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session, a_medicine(session, name))])


@pytest.mark.parametrize("allergies", ["", "none known", "Peanuts", "Sodium chloride tablets", "-"])
def test_other_allergies_are_no_matter(session, doctor, allergies):
    visit = a_visit(session, doctor, a_patient(session, allergies=allergies))
    medicine = a_medicine(session, "Diclofenac sodium tablets", generic="Diclofenac")

    assert prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session, medicine)])


def test_the_same_generic_twice_needs_a_reason(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    crocin = a_medicine(session, "Crocin", generic="Paracetamol")
    dolo = a_medicine(session, "Dolo", generic="paracetamol")

    with pytest.raises(
        prescriptions.PrescribingWarnings, match="Dolo: Crocin has the same paracetamol in it"
    ) as warning:
        prescriptions.prescribe(session, doctor, visit_id, [an_item(session, crocin), an_item(session, dolo)])
    assert [warned.kind for warned in warning.value.warnings] == [WarningKind.DUPLICATE]

    answered = an_item(session, dolo, override_reason="Only at night")
    assert len(prescriptions.prescribe(session, doctor, visit_id, [an_item(session, crocin), answered]).items) == 2


def test_a_reason_for_one_medicine_does_not_answer_for_the_next_of_the_same_generic(session, doctor):
    patient = a_patient(session, allergies="Paracetamol")
    visit_id = a_visit(session, doctor, patient).visit_id
    answered = an_item(session, a_medicine(session, "Crocin", generic="Paracetamol"), override_reason="A mild rash")
    second = an_item(session, a_medicine(session, "Dolo", generic="Paracetamol"))

    with pytest.raises(prescriptions.PrescribingWarnings) as refusal:
        prescriptions.prescribe(session, doctor, visit_id, [answered, second])

    assert {(warned.medicine_id, warned.kind) for warned in refusal.value.warnings} == {
        (second.medicine_id, WarningKind.ALLERGY),
        (second.medicine_id, WarningKind.DUPLICATE),
    }


def test_medicines_without_a_generic_are_not_taken_for_the_same(session, doctor):
    items = [an_item(session, a_medicine(session, name)) for name in ("Crocin", "Dolo")]

    assert prescriptions.prescribe(session, doctor, a_visit(session, doctor).visit_id, items)


def test_a_visit_has_one_prescription(session, doctor):
    visit_id, item = a_visit(session, doctor).visit_id, an_item(session)
    first = prescriptions.prescribe(session, doctor, visit_id, [item])

    with pytest.raises(prescriptions.AlreadyPrescribed, match=f"{first.number} was already issued"):
        prescriptions.prescribe(session, doctor, visit_id, [item])


def test_an_amended_prescription_replaces_the_old_one(session, doctor):
    visit_id, medicine = a_visit(session, doctor).visit_id, a_medicine(session)
    old = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, medicine)])
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)

    longer = [an_item(session, medicine, duration_days=7)]
    with pytest.raises(Invalid, match="The reason for the change is missing"):
        prescriptions.amend(session, doctor, old.prescription_id, longer)
    new = prescriptions.amend(session, doctor, old.prescription_id, longer, "Five days were too short")

    assert (new.items[0].quantity, prescriptions.for_visit(session, doctor, visit_id)) == (21, new)
    assert prescriptions.get(session, doctor, old.prescription_id).state is PrescriptionState.CANCELLED
    with pytest.raises(prescriptions.PrescriptionCancelled, match=f"{old.number} was cancelled or replaced"):
        prescriptions.amend(session, doctor, old.prescription_id, [an_item(session, medicine)])


def test_a_cancelled_prescription_makes_room_for_another(session, doctor):
    visit_id, item = a_visit(session, doctor).visit_id, an_item(session)
    old = prescriptions.prescribe(session, doctor, visit_id, [item])

    assert prescriptions.cancel(session, doctor, old.prescription_id, "Not needed").state is PrescriptionState.CANCELLED
    assert prescriptions.for_visit(session, doctor, visit_id) is None
    with pytest.raises(prescriptions.PrescriptionCancelled):
        prescriptions.cancel(session, doctor, old.prescription_id, "Not needed")
    assert prescriptions.prescribe(session, doctor, visit_id, [item])


def test_a_completed_visit_takes_no_first_prescription(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)

    with pytest.raises(visits.VisitLocked):
        prescriptions.prescribe(session, doctor, visit_id, [an_item(session)])


def test_a_prescription_is_written_and_changed_by_the_doctor_of_the_visit(session, doctor, admin):
    visit_id, item = a_visit(session, doctor).visit_id, an_item(session)
    issued = prescriptions.prescribe(session, doctor, visit_id, [item])

    for other in (a_user(session, Role.DOCTOR), admin):
        with pytest.raises(visits.NotYourVisit):
            prescriptions.prescribe(session, other, visit_id, [item])
        with pytest.raises(visits.NotYourVisit):
            prescriptions.cancel(session, other, issued.prescription_id, "Not needed")


def test_an_unknown_prescription_is_refused(session, doctor):
    for step in (prescriptions.get, lambda *who: prescriptions.cancel(*who, "Not needed")):
        with pytest.raises(NotFound, match="There is no prescription 999"):
            step(session, doctor, 999)


def test_pharmacy_reads_prescriptions_and_reception_does_not(session, pharmacist, receptionist):
    with pytest.raises(NotPermitted, match="may not prescribe"):
        prescriptions.prescribe(session, pharmacist, 1, [])
    with pytest.raises(NotPermitted, match="may not read prescriptions"):
        prescriptions.for_visit(session, receptionist, 1)


def test_the_trail_names_the_prescription_and_not_what_is_in_it(session, doctor):
    visit = a_visit(session, doctor)
    issued = prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])

    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (last.event, last.visit_id) == ("prescription.issued", visit.visit_id)
    assert last.changes == {"number": [None, issued.number]}


def test_a_prescription_is_read_in_two_statements_however_long_it_is(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    items = [an_item(session, a_medicine(session, name)) for name in ("Crocin", "Dolo", "Azee")]
    prescriptions.prescribe(session, doctor, visit_id, items)
    session.flush()
    statements = []
    event.listen(session.connection(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    assert len(prescriptions.for_visit(session, doctor, visit_id).items) == 3
    assert len(statements) == 2


def test_a_doctor_is_warned_while_it_is_written_and_nothing_is_issued(session, doctor):
    visit = a_visit(session, doctor, a_patient(session, allergies="Amoxicillin"))
    item = an_item(session)

    [warned] = prescriptions.review(session, doctor, visit.visit_id, [item, replace(item, medicine_id=999)])

    assert (warned.medicine_id, warned.kind) == (item.medicine_id, WarningKind.ALLERGY)
    answered = replace(item, override_reason="Tolerated")
    assert prescriptions.review(session, doctor, visit.visit_id, [answered]) == (warned,)
    assert prescriptions.for_visit(session, doctor, visit.visit_id) is None
    with pytest.raises(NotFound, match="There is no visit 999"):
        prescriptions.review(session, doctor, 999, [item])
