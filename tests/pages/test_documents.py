"""The papers of a visit, made and taken back in the doctor's room."""

import pytest

from core import documents, patients, prescriptions, visits
from core.documents import DocumentKind
from core.permissions import Role
from tests.factories import a_user, a_visit, an_item
from tests.pages.test_room import box, button, press, words

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def visit_id(session, doctor):
    """An open visit with a diagnosis and a prescription."""
    visit_id = a_visit(session, doctor).visit_id
    visits.add_diagnosis(session, doctor, visit_id, "J06.9")
    prescriptions.prescribe(session, doctor, visit_id, [an_item(session)])
    return visit_id


def made(session, doctor, visit_id):
    session.expire_all()
    return documents.list_of_visit(session, doctor, visit_id)


def printed(page):
    """The address that goes to the printer."""
    return page.session_state["paper_to_print"]["address"] if "paper_to_print" in page.session_state else None


def sent(page, label):
    """The button of a dialog, behind the one of the same name that opened it."""
    [*_, last] = (button for button in page.button if button.label == label)
    last.click().run()
    assert not page.exception, page.exception


def test_completing_a_visit_prints_its_prescription(session, doctor, open_page, visit_id):
    page = press(open_page("room", doctor), "Complete visit")

    [paper] = made(session, doctor, visit_id)
    assert printed(page) == paper.address
    assert f"Prescription {paper.prescription}".replace("-", "\\-") in words(page)
    first = page.session_state["paper_to_print"]["id"]
    press(page, "Print prescription")
    assert made(session, doctor, visit_id) == [paper]
    assert page.session_state["paper_to_print"]["id"] != first


def test_whoever_prints_nothing_by_itself_makes_no_paper(session, doctor, open_page, visit_id):
    page = open_page("room", doctor)
    box(page, "toggle", "Print the prescription on completion").set_value(False)
    press(page.run(), "Complete visit")

    assert (made(session, doctor, visit_id), printed(page)) == ([], None)


def test_a_double_click_makes_one_summary(session, doctor, open_page, click_twice, visit_id):
    page = press(open_page("room", doctor), "Complete visit")

    click_twice(page, f"paper_summary_{visit_id}", button(page, "Visit summary"))

    kinds = [paper.kind for paper in made(session, doctor, visit_id)]
    assert kinds == [DocumentKind.VISIT_SUMMARY, DocumentKind.PRESCRIPTION]


def test_a_sick_note_is_made_and_taken_back(session, doctor, open_page, visit_id):
    page = press(open_page("room", doctor), "Complete visit")
    press(page, "Sick note")
    box(page, "number_input", "Days").set_value(200)
    press(page, "Make and print")
    assert page.error[0].value == "A sick note holds for at most 90 days, not 200."
    box(page, "number_input", "Days").set_value(5)
    press(page, "Make and print")

    note = made(session, doctor, visit_id)[0]
    assert (note.kind, printed(page)) == (DocumentKind.SICK_NOTE, note.address)
    press(page, "Take back")
    sent(page, "Take back")
    assert page.error[0].value == "The reason is missing."
    assert made(session, doctor, visit_id)[0].stands

    box(page, "text_input", "Reason").set_value("Wrong days")
    sent(page, "Take back")

    assert not made(session, doctor, visit_id)[0].stands
    assert "Not valid" in words(page)
    assert "Wrong days" in words(page)


def test_on_the_page_of_a_visit_only_its_doctor_writes_papers(session, admin, doctor, open_page, visit_id):
    visits.complete(session, doctor, visit_id)
    documents.visit_summary(session, doctor, visit_id)

    offered = {}
    for actor in (doctor, a_user(session, Role.DOCTOR, "Dr Iyer"), admin):
        patients.open_file(session, actor, visits.get(session, doctor, visit_id).patient.patient_id, "Quality check")
        labels = {button.label for button in open_page("visit", actor, {"id": str(visit_id)}).button}
        offered[actor.name] = labels & {"Print prescription", "Visit summary", "Sick note", "Take back"}

    assert offered == {
        "Dr Sen": {"Print prescription", "Visit summary", "Sick note", "Take back"},
        "Dr Iyer": {"Print prescription"},
        "Asha Admin": {"Print prescription", "Take back"},
    }
