"""What helps at a visit: the banner, marks and courses of vital signs, templates, keys."""

import re
from datetime import date
from pathlib import Path

import pytest

from core import visits
from core.visits import Measurements
from pages.ui.keys import ROOM
from tests.factories import a_patient, a_visit, an_invoice
from tests.pages.test_room import box, button, fresh, press, words

pytestmark = pytest.mark.usefixtures("without_redis")
ROOT = Path(__file__).parent.parent.parent


def drawn(page):
    return "\n".join(element.proto.body for element in page.get("html"))


def test_the_banner_tells_what_is_owed_due_and_known(session, doctor, open_page, frozen_clock):
    asha = a_patient(session)
    an_invoice(session, price="420.50", patient=asha)
    first = a_visit(session, doctor, asha)
    visits.record_vitals(session, doctor, first.visit_id, Measurements(weight_kg=70))
    visits.add_diagnosis(session, doctor, first.visit_id, "J06.9", "Cold")
    visits.complete(session, doctor, first.visit_id, date(2025, 3, 5))
    frozen_clock(2025, 3, 8)
    a_visit(session, doctor, asha)

    told = words(open_page("room", doctor))

    assert "420\\.50 to pay, 1 bill" in told
    assert "Follow\\-up was due 5 Mar 2025" in told
    assert "**1 Mar 2025** Cold" in told
    assert "70 kg on 1 Mar 2025" in told


def test_a_value_outside_what_is_usual_is_marked_in_words(session, doctor, open_page):
    a_visit(session, doctor, a_patient(session, birth_date=date(2024, 7, 1)))
    page = open_page("room", doctor)
    assert "usual 114–152" in drawn(page)

    box(page, "number_input", "Pulse /min").set_value(190.0)
    box(page, "number_input", "SpO₂ %").set_value(0.98)
    page.run()
    assert "▲▲ far above" in drawn(page)
    press(page, "Save vitals")
    assert page.error[0].value == "0.98 looks like a fraction: write 98 (%)."


def test_each_sign_shows_its_course_and_a_child_its_growth(session, doctor, open_page, frozen_clock):
    child = a_patient(session, birth_date=date(2024, 7, 1))
    for day, weight in ((1, 8), (2, 9)):
        frozen_clock(2025, 3, day)
        visit = a_visit(session, doctor, child)
        visits.record_vitals(session, doctor, visit.visit_id, Measurements(weight_kg=weight))
        visits.add_note(session, doctor, visit.visit_id, "Well")
        visits.complete(session, doctor, visit.visit_id)
    frozen_clock(2025, 3, 3)
    a_visit(session, doctor, child)
    page = open_page("room", doctor)
    assert 'alt="Weight: 8, 9"' in drawn(page)

    box(page, "number_input", "Weight kg").set_value(10.0).run()
    press(page, "Save vitals")

    assert 'alt="Weight: 8, 9, 10"' in drawn(page)
    assert "+1 kg since 2 Mar 2025" in drawn(page)


def test_a_reopened_visit_is_not_compared_with_itself(session, doctor, admin, open_page, frozen_clock):
    visit = a_visit(session, doctor, a_patient(session, birth_date=date(2024, 7, 1)))
    visits.record_vitals(session, doctor, visit.visit_id, Measurements(weight_kg=8))
    visits.add_note(session, doctor, visit.visit_id, "Well")
    visits.complete(session, doctor, visit.visit_id)
    frozen_clock(2025, 3, 2)
    visits.reopen(session, admin, visit.visit_id, "The scale was wrong")

    shown = drawn(open_page("room", doctor))

    assert "<b>8</b>" in shown
    assert "since" not in shown


def test_a_template_is_added_to_what_is_typed_and_never_over_it(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = open_page("room", doctor)
    next(b for b in page.button if b.label.startswith("Add three usual ones")).click().run()
    box(page, "text_area", "New note").set_value("Cough").run()

    press(page, "Complaint")

    text = "Cough\n\nComplaint:\nSince:\nExamination:\nPlan:"
    assert box(page, "text_area", "New note").value == text
    assert box(open_page("room", doctor), "text_area", "New note").value == text
    press(page, "Add note")
    assert fresh(session, doctor, visit).notes[0].body == text
    assert box(page, "text_area", "New note").value == ""


def test_what_is_typed_becomes_a_template_and_is_removed_again(session, doctor, open_page):
    a_visit(session, doctor)
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Dermatome:").run()
    press(page, "Save this note as a template")
    box(page, "text_input", "Name").set_value("Zoster")
    press(page, "Save")
    assert button(page, "Zoster")

    press(page, "Remove templates")
    next(b for b in page.button if b.key.startswith("remove_template_")).click()
    page.run()
    assert visits.note_templates(session, doctor) == []


def test_every_key_of_the_room_stands_in_its_registry_and_in_the_docs():
    names = ("calling", "diagnoses", "documents", "ending", "left_behind", "note*", "prescription*", "striking")
    sources = [
        ROOT / "pages" / "room.py",
        *(path for name in names for path in (ROOT / "pages/ui").rglob(f"{name}.py")),
    ]
    pressed = {keys for path in sources for keys in re.findall(r'"((?:Alt|Ctrl)\+\w+)"', path.read_text())}
    registry = {key.keys for key in ROOM.values()}
    room_row = next(row for row in (ROOT / "docs" / "screens.md").read_text().splitlines() if "[Room]" in row)

    assert pressed <= registry
    assert [key for key in registry - {"/", "Alt+2", "Alt+3"} if key not in room_row] == []
