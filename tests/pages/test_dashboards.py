"""Dashboards as a manager sees them: on an empty clinic, on one day, over a closed one, with a doctor who left."""

from dataclasses import replace
from datetime import date

import pytest
import streamlit as st

from core import stores, users, words
from core.analytics import store
from core.models import PaymentMethod
from core.permissions import Role
from pages import ui
from pages.ui import spans
from pages.ui.figures import dashboard, dashboard_bills
from pages.ui.figures.dashboard_tiles import Tile, changed
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_patient, a_user, an_admin, an_invoice

DASHBOARDS = ["reports", "revenue", "operations", "stock_report", "patients_report", "prescribing"]
UNKNOWN = "The period before is not known in full"
pytestmark = pytest.mark.usefixtures("mongo")


@pytest.fixture(autouse=True)
def no_other_page(monkeypatch):
    """A page alone, without its frame, has none to link to."""
    monkeypatch.setattr(ui, "link", lambda address: None)


@pytest.fixture
def manager(session):
    return a_user(session, Role.MANAGER, "Anil Kapoor")


@pytest.fixture
def busy(carry, treat, frozen_clock, session):  # noqa: F811
    """Two days with a closed one between them: a bill that is paid and one that is not, then one paid by card."""
    treat(a_patient(session, "Asha Rao"))
    treat(a_patient(session, "Vikram Sen"), paid="0.00")
    frozen_clock(day=3)
    treat(a_patient(session, "Meena Iyer"), method=PaymentMethod.CARD)
    carry()


def tile(page, title):
    return next(metric for metric in page.metric if metric.label.startswith(f"{title} "))


def said(page):
    return " ".join(
        element.value for kind in ("markdown", "caption", "subheader", "error") for element in page.get(kind)
    )


def choose(page, label):
    return next(box for box in page.selectbox if box.label == label)


def read_in_hindi(text):
    with words.read_in("hi"):
        return words.say(text)


def figures(page):
    return {element.key for element in page.get("plotly_chart")}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_new_clinic_is_told_that_there_is_nothing_yet(name, open_page, manager, carry):  # noqa: F811
    assert "Reports are not prepared yet" in said(open_page(name, manager))

    carry()
    st.cache_data.clear()
    page = open_page(name, manager)

    assert "What is recorded shows here within seconds" in said(page)
    assert not page.metric


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_clinic_of_two_days_has_every_figure(name, busy, open_page, manager):
    page = open_page(name, manager)

    assert page.metric
    assert "As of a moment ago" in said(page)
    assert "Asha" not in said(page)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_reports_are_for_those_who_may_analyse(name, open_page, receptionist):
    page = open_page(name, receptionist)

    assert "As reception you may not see the clinic's reports" in page.error[0].value
    assert not page.metric


@pytest.mark.parametrize("name", DASHBOARDS)
def test_without_mongodb_the_page_says_so(name, open_page, manager, monkeypatch):
    nobody = replace(stores.addresses(), mongo_url="mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    with monkeypatch.context() as away:
        away.setattr(stores, "addresses", lambda: nobody)
        away.setattr(store, "_ANSWER_MS", 200)
        page = open_page(name, manager)

    assert "cannot be reached" in page.error[0].value
    assert "comes back by itself" in said(page)


def test_tiles_say_what_and_on_which_day(busy, open_page, manager):
    page = open_page("reports", manager)

    assert tile(page, "Revenue").value == "₹1,090"
    assert "by bill day" in tile(page, "Revenue").label
    assert tile(page, "Received").value == "₹1,090"
    assert tile(page, "Outstanding").value == "₹545"
    assert tile(page, "Outstanding").delta == "1 bill"
    assert tile(page, "Visits").value == "3"
    assert tile(page, "New patients").value == "3"
    assert tile(page, "Medicines").value == "20"


def test_a_change_is_shown_against_a_period_that_is_known_in_full(busy, open_page, manager):
    today = {"period": "Own dates", "from": "2025-03-03", "to": "2025-03-03"}

    assert tile(open_page("revenue", manager, today), "Revenue").delta == ""  # the day before was closed
    younger = open_page("revenue", manager)
    assert tile(younger, "Revenue").delta == ""
    assert UNKNOWN in said(younger)
    assert UNKNOWN not in said(open_page("revenue", manager, {"compare": "false"}))
    assert UNKNOWN not in said(open_page("revenue", manager, {"period": "Everything"}))


def test_the_period_stands_in_the_address(busy, open_page, manager):
    page = open_page("revenue", manager, {"period": "Own dates", "from": "2025-03-03", "to": "2025-03-03"})

    assert tile(page, "Revenue").value == "₹545"


def test_nonsense_in_the_address_is_left_out(busy, open_page, manager):
    page = open_page("revenue", manager, {"period": "since Caesar", "bills_of": "never", "bills_by": "Dr Who"})

    assert tile(page, "Revenue").value == "₹1,090"
    assert "Click a bar above" in said(page)


def test_dates_the_wrong_way_round_are_told(busy, open_page, manager):
    page = open_page("revenue", manager, {"period": "Own dates", "from": "2025-03-03", "to": "2025-03-01"})

    assert "The first day, 3 Mar 2025, lies after the last, 1 Mar 2025" in said(page)


def test_own_dates_that_are_missing_are_asked_for(busy, open_page, manager):
    page = open_page("operations", manager, {"period": "Own dates", "from": "the first"})

    assert "Choose the first and the last day" in said(page)


def test_a_day_without_visits_says_so(busy, open_page, manager):
    closed = {"period": "Own dates", "from": "2025-03-02", "to": "2025-03-02"}

    page = open_page("revenue", manager, closed)

    assert "No bills or payments on 2 Mar 2025. Choose a longer period" in said(page)


def test_own_dates_begin_with_the_period_that_was_shown(busy, open_page, manager):
    page = open_page("revenue", manager, {"period": "7 days"})

    page.button_group(key="period").set_value("Own dates").run()

    assert [box.value for box in page.date_input] == [date(2025, 2, 25), date(2025, 3, 3)]


def test_the_bills_of_a_day_are_listed_and_nobody_is_named(busy, open_page, manager):
    page = open_page("revenue", manager)

    choose(page, "Day").set_value("1 Mar 2025").run()
    rows = page.dataframe[0].value

    assert list(rows["state"]) == ["Paid", "To pay"]
    assert list(rows["due"]) == [0.0, 545.0]
    assert set(rows.columns) == {"number", "date", "doctor", "state", "total", "paid", "refunded", "due"}
    assert "2 bills · ₹1,090.00 billed · ₹545.00 due" in said(page).replace("\\", "")


def test_a_link_to_a_doctors_bills_opens_them(busy, open_page, manager):
    page = open_page("revenue", manager, {"bills_by": "Dr Sen"})

    assert len(page.dataframe[0].value) == 3


def test_a_long_period_of_bills_is_narrowed_first(busy, open_page, manager, monkeypatch):
    monkeypatch.setattr(dashboard_bills, "MOST_DAYS", 2)

    page = open_page("revenue", manager, {"period": "Everything", "bills_by": "Dr Sen"})

    assert "so many bills fit no list" in said(page)


def test_a_doctor_who_left_keeps_bills_and_waits(busy, session, carry, doctor, open_page, manager):  # noqa: F811
    users.disable(session, an_admin(session), doctor.user_id)
    carry()

    assert len(open_page("revenue", manager, {"bills_by": "Dr Sen"}).dataframe[0].value) == 3
    assert "Dr Sen" in choose(open_page("operations", manager), "Doctor").options


def test_a_bill_without_a_visit_is_found_as_such(session, carry, open_page, manager):  # noqa: F811
    an_invoice(session)
    carry()

    page = open_page("revenue", manager, {"bills_by": "Bills without a visit"})

    assert len(page.dataframe[0].value) == 1


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_currency_without_decimals_has_none(name, carry, treat, open_page, manager):  # noqa: F811
    treat()
    carry()
    known = next(store.find("feed", {"_id": "relay"}))
    store.put("feed", [known | {"clinic": known["clinic"] | {"currency": "JPY", "country": "JP"}}])

    page = open_page(name, manager)

    money = [metric.value for metric in page.metric if metric.value.startswith("¥")]
    assert bool(money) == (name in ("reports", "revenue", "stock_report"))
    assert not any("." in amount for amount in money)


def test_an_address_copied_by_a_reader_of_another_language_opens_the_same_view(busy, open_page, manager):
    everything, everybody = (read_in_hindi(word) for word in (spans.EVERYTHING, "All doctors"))

    page = open_page("operations", manager, {"period": everything, "doctor": everybody})

    assert page.button_group(key="period").value == spans.EVERYTHING
    assert choose(page, "Doctor").value == dashboard.ALL
    assert not page.warning


def test_waits_are_those_of_the_last_year(busy, open_page, manager, monkeypatch):
    monkeypatch.setattr(dashboard, "LATEST_DAYS", 2)

    page = open_page("operations", manager, {"period": "Everything"})

    assert tile(page, "Arrivals").value == "3"
    assert "Of the last year, since 2 Mar 2025" in said(page)
    today = {"period": "Own dates", "from": "2025-03-03", "to": "2025-03-03"}
    assert "Of the last year" not in said(open_page("operations", manager, today))


@pytest.mark.parametrize(
    ("change", "less_is_better", "shown"),
    [
        ("+8 %", False, ":green[↑ 8 %]"),
        ("+8 %", True, ":red[↑ 8 %]"),
        ("-1 point", False, ":red[↓ 1 point]"),
        ("", False, "no change"),
        (None, False, "3 bills"),
    ],
)
def test_a_change_is_coloured_by_what_is_better(change, less_is_better, shown):
    assert changed(Tile("Refunds", "5", change, None, "now", "", less_is_better, "3 bills")) == shown
