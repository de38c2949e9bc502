"""Who opened whose file is noted, once for each opening, and only administrators see it."""

import pytest
from sqlalchemy import select

from core import patients
from core.errors import NotFound, NotPermitted
from core.models import AuditAction, AuditEvent
from core.permissions import Role
from tests.factories import a_patient, a_token, a_user

pytestmark = pytest.mark.usefixtures("without_redis")


def openings(session, patient):
    reads = select(AuditEvent).where(
        AuditEvent.action == AuditAction.READ, AuditEvent.resource_id == patient.patient_id
    )
    return [(event.actor_name, event.event, event.changes) for event in session.scalars(reads.order_by(AuditEvent.id))]


def test_an_opening_is_noted_once_a_quarter_of_an_hour_for_each_person_and_file(session, doctor, frozen_clock):
    asha, vikram, other = a_token(session), a_token(session, "Vikram Sen"), a_user(session, Role.DOCTOR, "Dr Rao")
    for minute, who, whose in ((0, doctor, asha), (5, doctor, asha), (6, other, asha), (7, doctor, vikram)):
        frozen_clock(minute=minute)
        patients.open_file(session, who, whose.patient_id)
    frozen_clock(minute=14)
    patients.open_file(session, doctor, asha.patient_id)
    assert openings(session, asha) == [(name, "patient.file_opened", {}) for name in ("Dr Sen", "Dr Rao")]

    frozen_clock(minute=15)
    patients.open_file(session, doctor, asha.patient_id)

    assert [name for name, *_ in openings(session, asha)] == ["Dr Sen", "Dr Rao", "Dr Sen"]
    assert [name for name, *_ in openings(session, vikram)] == ["Dr Sen"]


def test_a_file_that_is_not_there_is_not_opened(session, doctor):
    with pytest.raises(NotFound):
        patients.open_file(session, doctor, 999)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.PHARMACIST, Role.MANAGER, Role.ANALYST])
def test_whoever_reads_nothing_clinical_opens_no_file(session, role):
    with pytest.raises(NotPermitted):
        patients.open_file(session, a_user(session, role), a_patient(session).patient_id)


def test_administrators_see_the_last_who_opened_a_file_and_what_was_merged_into_it(
    session, admin, doctor, frozen_clock
):
    asha, double = a_patient(session), a_patient(session, "Aasha Rao")
    patients.open_file(session, doctor, double.patient_id, "Emergency")
    frozen_clock(hour=11)
    patients.open_file(session, admin, asha.patient_id, "The family complains")
    assert [one.by for one in patients.list_openings(session, admin, asha.patient_id)] == ["Asha Admin"]

    patients.merge(session, admin, asha.patient_id, double.patient_id)

    seen = patients.list_openings(session, admin, asha.patient_id)
    assert [(one.by, one.role, one.reason) for one in seen] == [
        ("Asha Admin", Role.ADMIN, "The family complains"),
        ("Dr Sen", Role.DOCTOR, "Emergency"),
    ]
    with pytest.raises(NotPermitted):
        patients.list_openings(session, doctor, asha.patient_id)

    stays = a_patient(session, "Asha Rao-Sen")
    patients.merge(session, admin, stays.patient_id, asha.patient_id)

    assert patients.list_openings(session, admin, stays.patient_id) == seen
