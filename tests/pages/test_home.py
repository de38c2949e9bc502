from datetime import date

import pytest

from core.permissions import Role
from tests.factories import a_completed_visit, a_drawer_closed, a_medicine, a_user, an_invoice

pytestmark = pytest.mark.usefixtures("without_redis")


def sentences(page):
    return [element.value for element in page.markdown]


def test_the_manager_sees_first_what_is_wrong(session, open_page, links, doctor, admin, frozen_clock):
    an_invoice(session, paid=True)
    a_completed_visit(session, doctor)
    a_medicine(session, reorder_level=10)
    frozen_clock(day=2)
    a_drawer_closed(session, admin, date(2025, 3, 2))
    an_invoice(session)
    frozen_clock(day=3)

    page = open_page("home", a_user(session, Role.MANAGER))

    seen = " ".join(sentences(page))
    assert "1 visit of former days without a bill" in seen
    assert "1 medicine running low or sold out" in seen
    assert ("quality", {"check": "unbilled"}) in links


def test_open_drawers_and_differences_lead_to_their_drawers(
    session, open_page, links, admin, receptionist, frozen_clock
):
    an_invoice(session, paid=True)
    close = a_drawer_closed(session, admin, date(2025, 3, 1), missing="30")
    frozen_clock(day=2)
    an_invoice(session, paid=True)
    frozen_clock(day=3)

    seen = " ".join(sentences(open_page("home", a_user(session, Role.MANAGER))))

    assert "Drawers of former days are still open: Asha Admin, 2 Mar 2025" in seen
    assert "₹30\\.00 missing" in seen
    assert ":small[:gray[· " in seen
    assert ("drawers", {"close": str(close.close_id)}) in links
    assert "drawer" not in " ".join(sentences(open_page("home", receptionist)))


def test_a_cashier_with_money_in_the_drawer_is_shown_the_way_to_close_it(session, open_page, links, admin):
    an_invoice(session, paid=True)

    assert "Your drawer of today is open" in " ".join(sentences(open_page("home", admin)))
    assert ("close_day", None) in links
