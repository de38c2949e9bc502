"""A manager's dashboards in a real browser: the period in the address, the bills behind a bar, and files that open."""

import re
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import expect

from tests import kernels
from tests.browser import lived_in
from tests.browser.people import go, settle, sign_in

CARD = ".st-key-card_revenue_by_doctor"


@pytest.fixture(scope="module")
def tab(clinic, browser):
    """The manager's, at the dashboard that the running app has fed."""
    tab = sign_in(browser, clinic, lived_in.MANAGER)
    for _ in range(30):
        go(tab, "Revenue")
        if tab.locator(f"{CARD} .point path").count():
            break
        tab.wait_for_timeout(1000)
    expect(tab.get_by_text("As of a moment ago")).to_be_visible(timeout=60_000)
    return tab


def taken(tab, entry):
    """The file that an entry of the figure's menu gives: its name and its bytes."""
    made = tab.get_by_test_id("stPopoverBody").get_by_role("button", name=entry, exact=True)
    if not made.count():
        tab.locator(CARD).get_by_test_id("stPopoverButton").filter(visible=True).first.click()
    with tab.expect_download() as saved:
        made.click()
    return saved.value.suggested_filename, saved.value.path().read_bytes()


def test_a_period_changes_the_address_and_the_finding(tab):
    title = tab.locator(".st-key-card_revenue_per_day strong").first
    of_a_month = title.inner_text()

    tab.get_by_role("radio", name="7 days").or_(tab.get_by_role("button", name="7 days")).click()

    expect(title).not_to_have_text(of_a_month)
    expect(tab).to_have_url(re.compile(r"period=7(\+|%20)days"))
    tab.reload()
    expect(title).not_to_have_text(of_a_month)
    settle(tab)


def test_a_figure_is_taken_away_in_four_ways(tab):
    stem = r"qure-revenue-by-doctor-(\d{4}-\d\d-\d\d-?){2}"

    name, csv = taken(tab, "CSV")
    assert re.fullmatch(rf"{stem}\.csv", name)
    assert csv.decode("utf-8-sig").splitlines()[0] == "date,doctor_id,doctor,visits,invoices,billed,revenue"
    assert b"Dr " in csv

    name, excel = taken(tab, "Excel")
    sheet = openpyxl.load_workbook(BytesIO(excel)).active
    assert re.fullmatch(rf"{stem}\.xlsx", name)
    assert "doctor" in {cell.value for row in sheet.iter_rows(max_row=5) for cell in row}

    name, notebook = taken(tab, "Open as notebook")
    assert kernels.read(notebook.decode()).cells
    assert re.fullmatch(rf"{stem}\.ipynb", name)
    assert b"charts.revenue_by_doctor" in notebook

    name, png = taken(tab, "PNG")
    assert re.fullmatch(rf"{stem}\.png", name)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")


def test_a_click_on_a_bar_lists_its_bills(tab):
    tab.keyboard.press("Escape")  # the menu, if it is still open
    bar = tab.locator(f"{CARD} .point path").last
    bar.scroll_into_view_if_needed()
    place = bar.bounding_box()
    tab.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)

    expect(tab.locator(".st-key-table_bills strong")).to_have_text(re.compile(r"\d+ bills? · .* billed"))
    expect(tab).to_have_url(re.compile("bills_by="))
