from sqlalchemy import select

from core import clock, prescriptions
from core.models import AuditEvent
from core.permissions import Role
from tests.factories import a_medicine, a_patient, a_user, a_visit, an_item


def answered(session, doctor, reason):
    medicine = a_medicine(session, f"Amoxicillin {doctor.user_id}", generic="Amoxicillin")
    visit = a_visit(session, doctor, a_patient(session, "Asha Rao", allergies="Penicillin"))
    item = an_item(session, medicine, override_reason=reason)
    prescriptions.prescribe(session, doctor, visit.visit_id, [item])


def text(page):
    return "\n".join(part.value for part in [*page.markdown, *page.caption]).replace("\\", "")


def test_a_doctor_reads_the_own_answered_warnings_with_reason_and_source(session, doctor, open_page):
    answered(session, doctor, "Tolerated last year")
    answered(session, a_user(session, Role.DOCTOR), "Nothing else helps")

    shown = text(open_page("overrides", doctor))

    assert "1 warning answered" in shown
    assert "Tolerated last year" in shown
    assert "BNF, hypersensitivity by class" in shown
    assert "Nothing else helps" not in shown


def test_the_administrator_reads_all_of_them_and_takes_them_away(session, admin, doctor, open_page):
    answered(session, doctor, "Tolerated last year")
    answered(session, a_user(session, Role.DOCTOR), "Nothing else helps")

    page = open_page("overrides", admin)

    assert "2 warnings answered" in text(page)
    assert page.get("download_button")
    page.run()
    opened = select(AuditEvent).where(AuditEvent.event == "overrides.opened")
    assert [(one.actor_id, one.changes) for one in session.scalars(opened)] == [
        (admin.user_id, {"month": [None, f"{clock.today():%Y-%m}"]})
    ]


def test_a_month_without_any_says_so_and_reception_is_kept_out(session, doctor, receptionist, open_page):
    assert "No warning was answered" in text(open_page("overrides", doctor))
    assert "may not read clinical records" in open_page("overrides", receptionist).error[0].value
