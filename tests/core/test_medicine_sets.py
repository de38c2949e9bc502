"""What a doctor prescribes again: sets and favourites, the usual directions, former prescriptions."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core import inventory, prescriptions, visits
from core.errors import Invalid, NotFound, NotPermitted
from core.models import MedicineForm, Route
from core.permissions import Role
from core.prescriptions import SetExists, as_typed, typed_line
from tests.factories import a_medicine, a_patient, a_user, a_visit, an_item
from tests.statements import count_statements

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def urti(session, doctor):
    items = [an_item(session, a_medicine(session, name)) for name in ("Crocin", "Cetirizine")]
    return prescriptions.save_set(session, doctor, " URTI ", items)


def names(session, actor):
    return [known.name for known in prescriptions.list_sets(session, actor)]


def test_a_set_is_saved_renamed_replaced_and_removed(session, doctor, urti):
    assert (urti.name, urti.medicines, urti.is_favourite) == ("URTI", ("Crocin", "Cetirizine"), False)

    prescriptions.rename_set(session, doctor, urti.set_id, "Cold")
    zinc = an_item(session, a_medicine(session, "Zinc"), dose=Decimal("0.5"), frequency="1-0-1", quantity=7)
    [changed] = [prescriptions.replace_set(session, doctor, urti.set_id, [zinc, urti.items[0]])]

    assert (changed.name, changed.items) == ("Cold", (zinc, urti.items[0]))
    prescriptions.remove_set(session, doctor, urti.set_id)
    assert names(session, doctor) == []
    with pytest.raises(NotFound):
        prescriptions.remove_set(session, doctor, urti.set_id)


def test_a_name_is_used_once_by_a_doctor(session, doctor, urti):
    with pytest.raises(SetExists, match="There is a set urti already"):
        prescriptions.save_set(session, doctor, "urti", [urti.items[0]])
    with pytest.raises(Invalid, match="The name of the set is missing"):
        prescriptions.save_set(session, doctor, " ", [urti.items[0]])
    with pytest.raises(Invalid, match="at least one medicine"):
        prescriptions.save_set(session, doctor, "Nothing", [])
    assert prescriptions.save_set(session, a_user(session, Role.DOCTOR), "urti", [urti.items[0]])


def test_a_set_is_ones_own_or_the_clinics(session, admin, doctor, urti):
    other = a_user(session, Role.DOCTOR)
    shared = prescriptions.save_set(session, admin, "Gastritis", [urti.items[0]], shared=True)

    assert (names(session, doctor), names(session, other)) == (["Gastritis", "URTI"], ["Gastritis"])
    with pytest.raises(NotFound):
        prescriptions.remove_set(session, other, urti.set_id)
    with pytest.raises(NotPermitted, match="change the clinic's settings"):
        prescriptions.replace_set(session, doctor, shared.set_id, [urti.items[0]])
    with pytest.raises(NotPermitted):
        prescriptions.save_set(session, doctor, "Ours", [urti.items[0]], shared=True)


def test_a_withdrawn_medicine_is_named_and_left_out(session, admin, doctor, urti):
    inventory.withdraw(session, admin, urti.items[0].medicine_id)

    [known] = prescriptions.list_sets(session, doctor)

    assert (known.items, known.withdrawn, known.is_favourite) == (urti.items[1:], ("Crocin",), False)


def test_what_is_not_typed_is_as_the_doctor_prescribed_it_last_to_that_age(session, doctor, frozen_clock):
    syrup = a_medicine(session, "Crocin syrup", form=MedicineForm.SYRUP, unit="bottle", pack_size=60)
    child, adult = (a_patient(session, birth_date=date(year, 1, 1)) for year in (2021, 1980))
    item = an_item(session, syrup, dose=Decimal("7.5"), frequency="6H", duration_days=3)
    visit_id, mistaken = a_visit(session, doctor, child).visit_id, replace(item, dose=Decimal(75))
    prescriptions.prescribe(session, doctor, visit_id, [item])
    frozen_clock(2025, 3, 2)
    wrong = prescriptions.prescribe(session, doctor, a_visit(session, doctor, child).visit_id, [mistaken])
    prescriptions.cancel(session, doctor, wrong.prescription_id, "Ten times too much")
    other_child, grown_up = (
        a_visit(session, a_user(session, Role.DOCTOR), patient)
        for patient in (a_patient(session, "Ravi", birth_date=date(2022, 5, 1)), adult)
    )

    def usually(visit, who=doctor):
        return prescriptions.usual(session, who, visit.visit_id, [syrup.medicine_id, 999])[syrup.medicine_id]

    common = prescriptions.ItemDetails(syrup.medicine_id, Decimal(5), "BD", 5, Route.ORAL)
    assert usually(other_child) == replace(item, override_reason="")
    assert usually(grown_up) == common
    assert usually(other_child, a_user(session, Role.DOCTOR)) == common
    assert count_statements(session, lambda: usually(other_child)) == 1
    assert as_typed(typed_line("crocin 1-0-1 7d pc"), usually(other_child)) == replace(
        item, frequency="1-0-1", duration_days=7, instructions="after food"
    )


def test_former_prescriptions_are_those_that_stand_the_newest_first(session, doctor, frozen_clock):
    asha, medicine = a_patient(session), a_medicine(session)
    written = []
    for day in (1, 2, 3):
        frozen_clock(2025, 3, day)
        visit = a_visit(session, doctor, asha)
        visits.add_note(session, doctor, visit.visit_id, "Cough")
        items = [an_item(session, medicine, duration_days=day)]
        written.append(prescriptions.prescribe(session, doctor, visit.visit_id, items))
        visits.complete(session, doctor, visit.visit_id)
    prescriptions.cancel(session, doctor, written[1].prescription_id, "Rash")
    frozen_clock(2025, 3, 4)
    now = a_visit(session, doctor, asha)

    assert prescriptions.former(session, doctor, now.visit_id) == [written[2], written[0]]
    assert count_statements(session, lambda: prescriptions.former(session, doctor, now.visit_id)) == 2
