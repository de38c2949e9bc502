"""Every word on a screen that is the product's own passes through `say`: else no second language could have it.

Here all that is said comes in brackets. What stands outside of them must be what people typed, or no word.
"""

import json
import re

import pytest

from core import billing, words
from core.permissions import Role
from pages.ui.catalogue import SCREENS
from tests import factories

SAID = re.compile(r"⟦[^⟦⟧]*⟧")
MARKS = re.compile(r":material/\w+:|:[a-z]+(?:-[a-z]+)?\[|<style>.*?</style>|<[^>]*>|`[^`]*`|\[[^\]]*\]\([^)]*\)", re.S)
WORD = re.compile(r"[A-Za-z]{3,}")
# What nobody translates: units of measurement, kinds of files, names of things, keys.
SAME_EVERYWHERE = {
    *("MRN", "UPI", "PDF", "CSV", "Excel", "Jupyter", "Qure", "INR"),
    *("Alt", "Ctrl", "Enter", "Esc", "FEFO", "FIFO"),
}
# What people typed: names, and a title of ICD-10.
TYPED = {
    *(
        "Asha",
        "Rao",
        "Admin",
        "asha",
        "user",
        "Sen",
        "Room",
        "Manager",
        "Paracetamol",
        "Amoxicillin",
        "Kolkata",
        "Asia",
    ),
    *("Acute", "upper", "respiratory", "infection", "unspecified"),
}
OF_FILES = {"exports"}  # its columns are those of the file, which programs read
LABELLED = (
    *("button", "checkbox", "text_input", "text_area", "number_input", "date_input", "time_input", "selectbox"),
    *("multiselect", "radio", "toggle", "tabs", "expander", "metric", "download_button"),
)
VALUED = ("title", "header", "subheader", "caption", "markdown", "error", "warning", "info", "success")


class Brackets(dict):
    def get(self, text, default=None):
        return (f"⟦{text}⟧",)


@pytest.fixture
def spoken_in_brackets(monkeypatch):
    monkeypatch.setattr(words, "_tongue", lambda code: words._Tongue(Brackets(), lambda count: 0))
    monkeypatch.setattr(words, "_whoever_reads", lambda: "hi")  # a page has a thread of its own


def shown(page):
    """The words of a screen, each with the element that holds it."""
    for kind in LABELLED:
        for element in page.get(kind):
            yield kind, str(getattr(element, "label", "") or "")
            yield from ((f"{kind} {name}", str(getattr(element, name, "") or "")) for name in ("placeholder", "help"))
    for kind in VALUED:
        yield from ((kind, str(element.value)) for element in page.get(kind))
    for element in page.dataframe:
        told = json.loads(element.proto.columns or "{}")  # by their settings, which name them in the reader's language
        yield from (("column", (told.get(name) or {}).get("label") or name) for name in map(str, element.value.columns))


def unsaid(text):
    while SAID.search(text):
        text = SAID.sub(" ", text)
    return {word for word in WORD.findall(MARKS.sub(" ", text)) if word not in SAME_EVERYWHERE | TYPED}


def a_day(session, doctor):
    """A little of everything that lists can show."""
    factories.an_invoice(session)
    factories.a_medicine(session, reorder_level=10)
    return factories.a_completed_visit(session, doctor)


@pytest.mark.usefixtures("without_redis", "spoken_in_brackets")
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.file)
def test_whatever_a_screen_says_is_said_in_the_language_of_the_reader(session, open_page, admin, doctor, screen):
    visit = a_day(session, doctor)
    whose = {"home": factories.a_user(session, Role.MANAGER), "room": doctor, "visit": doctor}
    page = open_page(
        screen.file, whose.get(screen.file, admin), {"id": str(visit.visit_id)} if screen.file == "visit" else None
    )

    seen = [one for one in shown(page) if one[0] != "column" or screen.file not in OF_FILES]
    assert [(kind, text) for kind, text in seen if unsaid(text)] == []


@pytest.mark.usefixtures("without_redis", "spoken_in_brackets")
def test_lines_of_a_bill_that_is_corrected_keep_the_names_that_people_typed(session, open_page, doctor, receptionist):
    service = factories.a_service(session, "Dressing", "150.00")
    invoice = billing.invoice_visit(session, receptionist, factories.a_completed_visit(session, doctor).visit_id)
    page = open_page("cash", receptionist)

    page.button(key=f"unpaid_{invoice.invoice_id}").click().run()
    next(button for button in page.button if button.label == "⟦Correct⟧").click().run()
    prices = next(box for box in page.selectbox if box.label == "⟦Services and medicines⟧")
    prices.set_value(("SERVICE", service.service_id)).run()

    lines = " ".join(element.value for element in page.markdown)
    assert "⟦Consultation⟧, Dr Sen" in lines
    assert "Dressing  \n" in lines
    assert "⟦Dressing⟧" not in lines
