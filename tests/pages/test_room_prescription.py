"""A prescription in the doctor's room: issued, warned of, changed, repeated, cancelled."""

import pytest

from core import clock, inventory, prescriptions, visits
from core.models import VisitState
from tests.factories import a_batch, a_medicine, a_patient, a_visit, an_item
from tests.pages.test_room import box, fresh, press, press_first_hit, words

pytestmark = pytest.mark.usefixtures("without_redis")


def test_a_prescription_is_issued_with_the_computed_quantity(session, doctor, open_page):
    visit, medicine = a_visit(session, doctor), a_medicine(session)
    page = open_page("room", doctor)
    box(page, "text_input", "Add a medicine").set_value("amox").run()
    press_first_hit(page, medicine)

    box(page, "selectbox", "How often").set_value("TDS")
    box(page, "number_input", "Days").set_value(7)
    page.run()
    assert "**21 capsules**" in words(page)
    press(page, "Issue prescription")

    [item] = prescriptions.for_visit(session, doctor, visit.visit_id).items
    assert (item.directions.frequency, item.quantity) == ("TDS", 21)
    assert "Issued" in words(page)


def test_stock_that_is_blocked_is_told_as_blocked(session, doctor, admin, open_page):
    visit, medicine = a_visit(session, doctor), a_medicine(session)
    day = clock.today()
    batch = a_batch(session, medicine, 40, received=f"{day:%Y-%m-%d}", expires=f"{clock.days_after(day, 300):%Y-%m-%d}")
    inventory.block(session, admin, batch.batch_id, "Recalled by its maker")
    visits.keep_draft(session, doctor, visit.visit_id, "line", "amox")

    page = open_page("room", doctor)
    hit = next(button.label for button in page.button if "Amoxicillin" in button.label)
    assert "40 capsules on hand, all blocked" in hit

    press_first_hit(page, medicine)
    assert "40 capsules on hand, all blocked" in words(page)


def test_a_prescription_is_amended_or_kept(session, doctor, open_page):
    visit = a_visit(session, doctor)
    first = prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])
    page = press(open_page("room", doctor), "Amend")
    press(page, f"Keep {first.number}")
    assert prescriptions.for_visit(session, doctor, visit.visit_id) == first

    press(page, "Amend")
    box(page, "number_input", "Days").set_value(3)
    page.run()
    press(page, "Issue the new version")

    second = prescriptions.for_visit(session, doctor, visit.visit_id)
    assert (second.items[0].quantity, second.number != first.number) == (9, True)


def test_an_allergy_stops_the_signature_until_there_is_a_reason(session, doctor, open_page):
    visit = a_visit(session, doctor, a_patient(session, allergies="Amoxicillin"))
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    medicine = a_medicine(session)
    page = open_page("room", doctor)
    assert ":red-badge[:material/warning: Allergic to Amoxicillin]" in words(page)
    box(page, "text_input", "Add a medicine").set_value("amox").run()
    press_first_hit(page, medicine)
    assert "Asha Rao is allergic to amoxicillin" in words(page)

    press(page, "Complete visit")
    assert "Give a reason" in page.error[0].value
    assert fresh(session, doctor, visit).state is VisitState.OPEN

    box(page, "text_input", "Reason to prescribe it all the same").set_value("Tolerated before").run()
    press(page, "Complete visit")
    assert fresh(session, doctor, visit).state is VisitState.COMPLETED
    [item] = prescriptions.for_visit(session, doctor, visit.visit_id).items
    assert item.override_reason == "Tolerated before"


def test_the_last_prescription_is_repeated_with_one_click(session, doctor, open_page, frozen_clock):
    asha = a_patient(session)
    earlier = a_visit(session, doctor, asha)
    visits.add_note(session, doctor, earlier.visit_id, "Cough")
    prescriptions.prescribe(session, doctor, earlier.visit_id, [an_item(session)])
    visits.complete(session, doctor, earlier.visit_id)
    frozen_clock(2025, 3, 2)
    visit = a_visit(session, doctor, asha)

    page = press(open_page("room", doctor), "Repeat last prescription")
    press(page, "Issue prescription")

    [item] = prescriptions.for_visit(session, doctor, visit.visit_id).items
    assert (item.directions.frequency, item.directions.instructions) == ("TDS", "after food")


def test_a_prescription_is_cancelled_after_a_question(session, doctor, open_page):
    visit = a_visit(session, doctor)
    prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])
    page = press(open_page("room", doctor), "Cancel prescription")

    assert prescriptions.for_visit(session, doctor, visit.visit_id)
    press(page, "Cancel this prescription")
    assert "The reason is missing" in page.error[0].value
    box(page, "text_input", "Reason").set_value("Not needed any more")
    press(page, "Cancel this prescription")

    assert prescriptions.for_visit(session, doctor, visit.visit_id) is None
