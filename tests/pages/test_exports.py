from datetime import date

import pytest
from sqlalchemy import func, select

from core.errors import NotPermitted
from core.models import AuditEvent
from core.permissions import Role
from pages.ui.office import exporting
from tests.factories import a_patient, a_user

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 31)


def test_a_list_is_looked_at_and_taken_away(session, admin, open_page):
    a_patient(session, "=1+1 Rao", phone="98765 43210")
    page = open_page("exports", admin)

    assert page.dataframe[0].value["Name"].tolist() == ["'=1+1 Rao"]
    assert page.dataframe[0].value["Address"].tolist() == [""]  # not None, as if it were a word
    assert page.dataframe[0].proto.columns.count('"hidden"') == 1  # the index, and no column
    assert any("1 row" in text.value for text in page.markdown)
    token = page.session_state["token"]
    assert "'=1+1 Rao" in exporting.made(token, "patients", FIRST, LAST, ".csv").decode("utf-8-sig")
    events = select(func.count()).where(AuditEvent.event == "list.exported")
    assert session.scalar(events) == 1


def test_an_empty_list_says_so_and_has_no_button(session, admin, open_page):
    page = open_page("exports", admin)
    page.segmented_control[0].set_value("bills").run()

    assert not page.exception
    assert any("Nothing in this list" in text.value for text in page.markdown)
    assert not page.get("download_button")


def test_whoever_signed_out_meanwhile_gets_no_file(session):
    with pytest.raises(NotPermitted):
        exporting.made("no token", "patients", FIRST, LAST, ".csv")


def test_reception_takes_no_list_away(session, open_page):
    page = open_page("exports", a_user(session, Role.RECEPTION))

    assert page.error[0].value == "As reception you may not take lists away as files."
