import re

import pytest
from sqlalchemy import select

from core import audit_trail
from core.audit_trail import Filters
from core.models import AuditEvent
from pages.ui.office import trail_changes, trail_lines
from tests.factories import a_patient


def text(page):
    return "\n".join(part.value for part in [*page.markdown, *page.caption]).replace("\\", "")


def test_the_trail_tells_today_in_words_with_what_changed_and_the_way_there(session, admin, open_page, links):
    asha = a_patient(session, "Asha Rao")

    page = open_page("trail", admin)

    assert f"**Patient registered** Asha Rao ({asha.mrn})" in text(page)
    assert f"MRN: :gray[–] → {asha.mrn}" in text(page)
    assert "· It was never checked on Books." in text(page)
    assert "Asha Admin (administrator), 1 Mar 2025, 10:00" in text(page)
    assert ("patients", {"find": asha.mrn}) in links
    assert len(page.get("download_button")) == 2


def test_who_read_something_changed_nothing(session, admin, doctor, open_page):
    open_page("overrides", doctor)

    page = open_page("trail", admin)

    assert "Answered warnings read" in text(page)
    assert "1 detail" in [folded.label for folded in page.expander]


def test_it_is_filtered_by_record_and_kind_and_says_when_nothing_fits(session, admin, open_page):
    asha, vikram = a_patient(session, "Asha Rao"), a_patient(session, "Vikram Sen")
    page = open_page("trail", admin, {"find": asha.mrn})
    assert "Vikram" not in text(page)

    page.selectbox(key="trail_kind").set_value("Bills and money").run()
    assert "Nothing in the trail fits this." in text(page)
    page.text_input(key="trail_record").set_value("P-1").run()
    assert "No record has the number P" in text(page)
    page.selectbox(key="trail_kind").set_value(None)
    page.text_input(key="trail_record").set_value(vikram.mrn).run()
    assert "Vikram Sen" in text(page)


def test_older_ones_are_a_page_away_and_new_events_push_nothing_on(session, admin, open_page):
    for number in range(audit_trail.PAGE + 5):
        a_patient(session, f"Patient {number:03}")
    page = open_page("trail", admin)
    first = set(re.findall(r"Patient \d{3}", text(page)))

    a_patient(session, "Meanwhile Rao")
    session.flush()
    page.button(key="trail_older").click().run()

    second = set(re.findall(r"Patient \d{3}", text(page)))
    assert (len(first | second), first & second) == (audit_trail.PAGE + 5, set())
    page.button(key="trail_newer").click().run()
    assert "Meanwhile Rao" in text(page)


def test_a_file_is_made_for_who_is_signed_in_then_and_noted(session, admin, open_page):
    asha = a_patient(session, "Asha Rao")
    page = open_page("trail", admin)

    file = trail_lines.made(page.session_state["token"], Filters(record=asha.mrn), ".csv")

    assert b"Patient registered" in file
    assert session.scalars(select(AuditEvent.actor_id).where(AuditEvent.event == "audit.exported")).all() == [
        admin.user_id
    ]


@pytest.mark.parametrize(
    ("event", "field", "before", "after", "told"),
    [
        ("user.role_changed", "role", "ADMIN", "DOCTOR", "Role: :gray[Administrator] → Doctor"),
        ("token.called", "state", "WAITING", "CALLED", "State: :gray[Waiting] → With doctor"),
        ("invoice.paid", "method", None, "UPI", "Method: :gray[–] → UPI"),
        ("clinic.changed", "dispense_unpaid", False, True, "Hand over before payment: :gray[no] → yes"),
        ("purchase_order.delivered", "received_12", 0, 40, "Received, line 12: :gray[0] → 40"),
        ("audit.exported", "asked_role", None, "DOCTOR", "Asked for: Role: :gray[–] → Doctor"),
        ("of.tomorrow", "some_thing", None, "X", "Some thing: :gray[–] → X"),
    ],
)
def test_a_change_is_told_in_words(event, field, before, after, told):
    assert trail_changes.change(event, field, before, after) == told.replace("Asked for: ", "Asked for\\: ")


@pytest.mark.parametrize("who", ["doctor", "receptionist"])
def test_others_are_kept_out(request, open_page, who):
    page = open_page("trail", request.getfixturevalue(who))

    assert "may not search the audit trail" in page.error[0].value
