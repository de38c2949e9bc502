from datetime import date
from decimal import Decimal

import pytest

from core import billing, drawers
from core.models import PaymentMethod
from core.permissions import Role
from tests.factories import a_drawer_closed, a_user, an_invoice

TODAY = date(2025, 3, 1)


def takes(session, cashier, amount, method=PaymentMethod.CASH):
    bill = an_invoice(session, price=amount)
    billing.pay(session, cashier, bill.invoice_id, Decimal(amount), method)


@pytest.fixture
def cashier(session, receptionist):
    takes(session, receptionist, "730")
    takes(session, receptionist, "120", PaymentMethod.UPI)
    return receptionist


def counts(page, cashier, day=TODAY, **pieces):
    for name, many in pieces.items():
        page.number_input(key=f"close_{cashier.user_id}_{day}{name}").set_value(many)
    return page.run()


def texts(page):
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.error, *page.toast))


def close_button(page):
    return next(button for button in page.button if button.label == "Close the drawer")


def closes(session, actor):
    return drawers.closes(session, actor, TODAY, TODAY)


def test_a_drawer_is_counted_and_closed_once_and_its_paper_is_sent(session, open_page, click_twice, cashier):
    page = open_page("close_day", cashier)
    assert "| **Expected** | **₹730\\.00** |" in texts(page)
    assert "Not counted yet" in texts(page)
    assert {box.label for box in page.number_input} >= {
        "Smaller coins and anything else, INR",
        "Stays in the drawer for the next day, INR",
    }
    assert "₹230\\.00 missing" in texts(counts(page, cashier, _500=1))
    counts(page, cashier, _200=1, _10=3, _left=100.0)
    assert "As expected" in texts(page)

    click_twice(page, f"close_{cashier.user_id}_{TODAY}", close_button(page))

    (close,) = closes(session, cashier)
    assert (close.counted, close.left_in_drawer, close.other_methods) == (730, 100, {PaymentMethod.UPI: 120})
    assert "<img" in page.session_state["paper_to_print"]["page"]
    assert "Your drawer of today is closed" in page.success[0].value


def test_a_difference_is_explained_first(session, open_page, cashier):
    page = counts(open_page("close_day", cashier), cashier, _500=1, _rest=229.5)

    close_button(page).click().run()
    assert "₹0.50 is missing. Say why" in texts(page)
    assert closes(session, cashier) == []
    page.text_input[0].set_value("A coin rolled away")
    close_button(page).click().run()

    (close,) = closes(session, cashier)
    assert (close.difference, close.explanation) == (Decimal("-0.50"), "A coin rolled away")


def test_what_is_counted_stands_in_the_address(open_page, cashier):
    page = open_page("close_day", cashier, {f"close_{cashier.user_id}_{TODAY}_500": "1"})

    assert "₹230\\.00 missing" in texts(page)


def test_more_cannot_stay_than_was_counted(session, open_page, cashier):
    page = counts(open_page("close_day", cashier), cashier, _500=1, _200=1, _10=3, _left=731.0)

    close_button(page).click().run()

    assert "More stays in the drawer than was counted." in texts(page)
    assert closes(session, cashier) == []


def test_the_oldest_open_day_comes_first(session, open_page, cashier, frozen_clock):
    a_drawer_closed(session, cashier, TODAY)
    frozen_clock(day=2)
    takes(session, cashier, "10")
    frozen_clock(day=3)

    page = open_page("close_day", cashier)

    assert "still open for 2 Mar 2025" in page.warning[0].value
    counts(page, cashier, date(2025, 3, 2), _10=1)
    close_button(page).click().run()
    assert drawers.open_days(session, cashier) == []


def test_the_manager_sees_open_drawers_closes_one_and_finds_the_difference(session, open_page, cashier):
    manager = a_user(session, Role.MANAGER)
    page = open_page("drawers", manager)
    assert "**Ravi**" in texts(page)

    page = open_page("drawers", manager, {"cashier": str(cashier.user_id), "day": str(TODAY)})
    counts(page, cashier, _500=1)
    page.text_input[0].set_value("Bank run").run()
    close_button(page).click().run()

    (close,) = closes(session, manager)
    page = open_page("drawers", manager)
    assert "₹230\\.00 missing" in texts(page)
    assert "Every drawer with money in it is closed" in texts(page)
    page = open_page("drawers", manager, {"close": str(close.close_id)})
    assert "Bank run" in texts(page)
    next(button for button in page.button if button.label == "Print, A4").click().run()
    assert "size: A4" in page.session_state["paper_to_print"]["page"]


def test_somebody_elses_close_and_an_odd_address_show_a_sentence(session, open_page, cashier, admin):
    close = a_drawer_closed(session, admin, TODAY)

    assert "There is no closed drawer" in texts(open_page("close_day", cashier, {"close": str(close.close_id)}))
    assert "There is no cashier" in texts(open_page("drawers", admin, {"cashier": "999999", "day": "2025-03-01"}))
    assert "1 in a month, 0 with a difference" in texts(open_page("drawers", admin, {"day": "x"}))


@pytest.mark.parametrize(("role", "name"), [(Role.MANAGER, "close_day"), (Role.RECEPTION, "drawers")])
def test_each_has_a_page_of_the_own(session, open_page, role, name):
    assert "you may not" in open_page(name, a_user(session, role)).error[0].value
