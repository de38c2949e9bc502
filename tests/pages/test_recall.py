import pytest

from core import clock, dispensing, inventory, recall
from core.models import Batch
from core.permissions import Role
from pages.ui import taking
from tests.factories import a_batch, a_medicine, a_patient, a_user, an_invoice
from tests.pages.test_counter import button, labels, said


@pytest.fixture
def batch(session, pharmacist):
    """Ten of a hundred went to Asha Rao (BatchRecord)."""
    amoxicillin = a_medicine(session)
    batch = a_batch(session, amoxicillin, 100, number="AMX-1")
    patient = a_patient(session, phone="9876543210")
    bill = an_invoice(session, (amoxicillin, 10), paid=True, patient=patient)
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    return batch


def test_a_batch_is_found_blocked_and_everybody_who_got_of_it_is_shown(
    session, open_page, click_twice, lists_read, pharmacist, batch
):
    page = open_page("recall", pharmacist)
    assert "No batch is blocked." in said(page)
    page.text_input[0].set_value("amx-1").run()
    page.button(key=f"trace_{batch.batch_id}").click().run()

    assert [metric.value for metric in page.metric] == ["1", "10", "0", "10"]
    row = page.dataframe[0].value.iloc[0]
    assert (row["Patient"], row["Phone"], row["Still out"]) == ("Asha Rao", "+919876543210", 10)
    assert lists_read() == [f"who got of batches {batch.batch_id}"]
    button(page, "Block").click().run()
    [one for one in page.button if one.label == "Block"][-1].click().run()
    assert page.error[0].value == "The reason is missing."
    page.get("button_group")[0].set_value("Recalled by its maker")
    click_twice(page, f"block_{batch.batch_id}", [one for one in page.button if one.label == "Block"][-1])

    assert session.get_one(Batch, batch.batch_id).block_reason == "Recalled by its maker"
    assert "Recalled by its maker" in said(page)
    button(page, "Unblock").click().run()
    [one for one in page.button if one.label == "Unblock"][-1].click().run()
    assert session.get_one(Batch, batch.batch_id).blocked_at is None


def test_somebody_else_blocked_it_meanwhile(session, open_page, pharmacist, batch):
    page = open_page("recall", pharmacist)
    page.text_input[0].set_value("AMX-1").run()
    page.button(key=f"trace_{batch.batch_id}").click().run()
    button(page, "Block").click().run()
    inventory.block(session, a_user(session, Role.PHARMACIST), batch.batch_id, "Stored too warm")
    page.get("button_group")[0].set_value("Recalled by its maker")
    [one for one in page.button if one.label == "Block"][-1].click().run()

    assert page.error[0].value == "Batch AMX-1 is blocked already: Stored too warm"


def test_letters_and_the_list_are_made_for_whoever_is_at_the_tab(session, open_page, pharmacist, batch):
    page = open_page("recall", pharmacist)
    page.text_input[0].set_value("AMX-1").run()
    page.button(key=f"trace_{batch.batch_id}").click().run()
    token = page.session_state["token"]

    assert "We are calling back Amoxicillin 500 mg, batch AMX-1." in page.text_area[0].value
    assert "+919876543210" in [code.value for code in page.code]
    rows = taking.taken(token, recall.take, [batch.batch_id], ".csv")
    letters = taking.taken(token, recall.letters, [batch.batch_id], page.text_area[0].value)
    assert (rows.rows[0][0], letters.letters[0].patient) == ("Asha Rao", "Asha Rao")
    assert str(clock.today().year) in letters.day
    page.text_area[0].set_value("  ").run()
    assert page.error[0].value == "The letter is missing."
    assert "Letters as PDF" not in labels(page)


def test_a_receptionist_is_stopped_at_recalls(open_page, receptionist):
    page = open_page("recall", receptionist)

    assert page.error[0].value == "As reception you may not recall batches and see who received them."
    assert not page.text_input
