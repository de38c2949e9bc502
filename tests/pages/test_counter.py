from decimal import Decimal

from streamlit.runtime.scriptrunner import StopException

from core import billing, dispensing, inventory
from core.billing import PaymentMethod
from core.permissions import Role
from pages.ui import work
from tests.factories import a_batch, a_medicine, a_patient, a_user, an_invoice


def button(page, label):
    return next(button for button in page.button if button.label == label)


def labels(page):
    return [button.label for button in page.button]


def said(page):
    texts = (element.value for kind in ("markdown", "caption") for element in page.get(kind))
    return " ".join(texts).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def opened(page, invoice):
    return page.button(key=f"open_{invoice.invoice_id}").click().run()


def waiting(session, pharmacist):
    return dispensing.list_waiting(session, pharmacist)


def test_what_is_paid_is_handed_over_and_the_batches_are_named(session, open_page, pharmacist):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 6, received="2025-01-01", number="AMX-1")
    a_batch(session, amoxicillin, 20, received="2025-02-01", number="AMX-2", expires="2026-05-31")
    invoice = an_invoice(session, (amoxicillin, 10), paid=True)
    page = opened(open_page("counter", pharmacist), invoice)

    before = said(page)
    button(page, "Hand over").click().run()

    for text in (before, said(page)):
        assert "| 6 capsules | Amoxicillin 500 mg | **AMX-1** | 1 Jan 2026 |" in text
        assert "| 4 capsules | Amoxicillin 500 mg | **AMX-2** | 31 May 2026 |" in text
    assert "Handed over to Asha Rao" in said(page)
    assert waiting(session, pharmacist) == []


def test_a_double_click_hands_over_once(session, open_page, click_twice, pharmacist):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 20)
    invoice = an_invoice(session, (amoxicillin, 10), paid=True)
    page = opened(open_page("counter", pharmacist), invoice)

    click_twice(page, f"dispense_{invoice.invoice_id}_False", button(page, "Hand over"))

    assert [batch.on_hand for batch in inventory.batches(session, pharmacist, amoxicillin.medicine_id)] == [10]


def test_a_click_that_comes_as_another_ends_leaves_on_the_screen_what_was_handed_over(
    session, open_page, monkeypatch, pharmacist
):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 20, number="AMX-1")
    invoice = an_invoice(session, (amoxicillin, 10), paid=True)
    page = opened(open_page("counter", pharmacist), invoice)

    def end_the_run(_name):  # as Streamlit does with one that another click has overtaken
        raise StopException

    with monkeypatch.context() as overtaken:
        overtaken.setattr(work, "forget_form", end_the_run)
        button(page, "Hand over").click().run()
    assert "Handed over" not in said(page)

    page.run()
    assert "Handed over to Asha Rao" in said(page)
    assert "**AMX-1**" in said(page)


def test_a_refusal_names_every_shortage_and_offers_what_is_there(session, open_page, pharmacist):
    amoxicillin, cetirizine = a_medicine(session), a_medicine(session, "Cetirizine 10 mg")
    a_batch(session, amoxicillin, 4)
    invoice = an_invoice(session, (amoxicillin, 10), (cetirizine, 5), paid=True)
    page = opened(open_page("counter", pharmacist), invoice)

    button(page, "Hand over").click().run()
    assert page.error[0].value == (
        "Not enough stock: Amoxicillin 500 mg (need 10, have 4); Cetirizine 10 mg (need 5, have 0)."
    )
    button(page, "Hand over what is there").click().run()

    assert "Still owed: 6 capsules of Amoxicillin 500 mg." in said(page)
    (bill,) = waiting(session, pharmacist)
    assert [line.quantity for line in bill.medicines] == [6, 5]


def test_nothing_is_offered_where_nothing_is_there(session, open_page, pharmacist):
    medicine = a_medicine(session)
    invoice = an_invoice(session, (medicine, 10), paid=True)
    page = opened(open_page("counter", pharmacist), invoice)

    assert button(page, "Hand over").disabled
    assert "Receive it under Stock" in page.caption[-1].value
    assert "Hand over what is there" not in labels(page)

    a_batch(session, medicine, 10)
    page.run()
    button(page, "Hand over").click().run()
    assert waiting(session, pharmacist) == []


def test_the_patient_that_was_typed_is_served(session, open_page, pharmacist):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 20)
    for name in ("Asha Rao", "Vikram Sen"):
        an_invoice(session, (amoxicillin, 5), paid=True, patient=a_patient(session, name))
    page = open_page("counter", pharmacist)

    page.text_input(key="find_waiting_0").set_value("vik").run()
    button(page, "Hand over").click().run()

    assert [bill.patient for bill in waiting(session, pharmacist)] == ["Asha Rao"]
    assert "Hand over" not in labels(page)  # the next patient is chosen, never presumed


def test_a_bill_appears_once_it_is_paid(session, open_page, pharmacist):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 20)
    invoice = an_invoice(session, (amoxicillin, 5))
    page = open_page("counter", pharmacist)
    assert "Nobody waits for medicines." in said(page)

    desk = a_user(session, Role.RECEPTION)
    billing.pay(session, desk, invoice.invoice_id, Decimal(invoice.total), PaymentMethod.CASH)
    page.run()

    assert "Asha Rao" in said(page)


def test_a_plan_keeps_nothing_back(session, pharmacist):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 4, number="AMX-1")
    an_invoice(session, (amoxicillin, 10), paid=True)
    (bill,) = waiting(session, pharmacist)

    plans = [dispensing.planned(session, pharmacist, bill.medicines) for _ in range(2)]

    assert [[(item.batch_number, item.quantity) for item in plan] for plan in plans] == [[("AMX-1", 4)]] * 2


def test_a_receptionist_is_stopped_at_the_counter(open_page, receptionist):
    page = open_page("counter", receptionist)

    assert page.error[0].value == "As reception you may not dispense medicines."
    assert not page.text_input
