"""However much there is, a screen asks as often: no query in a loop anywhere between the page and the database."""

from itertools import count

from core.permissions import Role
from pages.ui.catalogue import SCREENS
from tests.factories import (
    a_batch,
    a_completed_visit,
    a_medicine,
    a_patient,
    a_service,
    a_token,
    a_user,
    an_admin,
    an_appointment,
    an_invoice,
)
from tests.statements import count_statements

# They read MongoDB, or nothing that grows.
OTHERS = {"imports", "lab", "operations", "patients_report", "prescribing", "reports", "revenue", "stock_report"}
ASKED = [screen.file for screen in SCREENS if not screen.reached and screen.file not in OTHERS]
_numbers = count(1)


def some_more(session):
    """Of everything that screens list, one more."""
    number = next(_numbers)
    medicine = a_medicine(session, f"Medicine {number}")
    a_batch(session, medicine, 5, expires="2025-03-20")
    an_invoice(session, (medicine, 2), paid=True)
    an_invoice(session, (medicine, 1))
    a_service(session, f"Service {number}")
    a_user(session, Role.RECEPTION)
    seeing, waited_for = (a_user(session, Role.DOCTOR) for _ in range(2))
    a_completed_visit(session, seeing, a_patient(session, f"Seen {number}"))
    a_token(session, f"Waiting {number}", waited_for)
    an_appointment(session, seeing, f"Expected {number}")


def test_a_screen_asks_as_often_however_much_there_is(session, doctor, open_page):
    """One run of each, for the administrator; the room for its doctor."""
    who = {"room": doctor}
    some_more(session)
    pages = {file: open_page(file, who.get(file, an_admin(session))) for file in ASKED}
    few = {file: count_statements(session, page.run) for file, page in pages.items()}
    for _ in range(4):
        some_more(session)
    many = {file: count_statements(session, page.run) for file, page in pages.items()}

    # The trail asks once for each kind of record on its page, which may be fewer.
    assert {file: (few[file], many[file]) for file in ASKED if many[file] > few[file]} == {}
    assert min(many.values()) > 1
