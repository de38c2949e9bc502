"""Warnings that were answered with a reason, month by month."""

from datetime import date

import pytest
from sqlalchemy import select

from core import prescriptions
from core.errors import NotPermitted
from core.models import AuditEvent, WarningKind
from core.permissions import Role
from tests.factories import a_medicine, a_patient, a_user, a_visit, an_item

pytestmark = pytest.mark.usefixtures("without_redis")
MARCH = date(2025, 3, 15)


def overridden(session, doctor, reason="=Tolerated before"):
    asha = a_patient(session, allergies="Amoxicillin")
    medicine = a_medicine(session, f"Amoxicillin {doctor.user_id}", generic="Amoxicillin")
    visit = a_visit(session, doctor, asha)
    item = an_item(session, medicine, override_reason=reason)
    return prescriptions.prescribe(session, doctor, visit.visit_id, [item])


def test_a_doctor_sees_the_own_ones_and_an_administrator_all(session, admin, doctor, frozen_clock):
    other = a_user(session, Role.DOCTOR)
    issued = overridden(session, doctor)
    overridden(session, other)

    own = prescriptions.overrides(session, doctor, MARCH)
    assert {(one.doctor, one.number, one.kind, one.reason) for one in own} == {
        ("Dr Sen", issued.number, WarningKind.ALLERGY, "=Tolerated before")
    }
    assert all(one.sentence and one.source for one in own)
    assert {one.doctor for one in prescriptions.overrides(session, admin, MARCH)} == {"Dr Sen", other.name}
    assert prescriptions.overrides(session, admin, date(2025, 2, 28)) == []
    prescriptions.cancel(session, doctor, issued.prescription_id, "Rash")
    assert prescriptions.overrides(session, doctor, MARCH) == []


def test_the_report_is_taken_away_by_who_may_and_that_is_noted(session, admin, doctor, pharmacist):
    overridden(session, doctor)

    file = prescriptions.export_overrides(session, admin, MARCH).decode("utf-8-sig")

    assert "Asha Rao" in file
    assert "'=Tolerated before" in file
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.changes["list"], event.changes["rows"]) == (
        "list.exported", [None, "overrides"], [None, file.count("\r\n") - 1],
    )  # fmt: skip
    with pytest.raises(NotPermitted, match="take lists away"):
        prescriptions.export_overrides(session, doctor, MARCH)
    with pytest.raises(NotPermitted, match="read clinical records"):
        prescriptions.export_overrides(session, a_user(session, Role.MANAGER), MARCH)
    with pytest.raises(NotPermitted):
        prescriptions.overrides(session, pharmacist, MARCH)
