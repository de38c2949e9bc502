"""What is refused by whose record it is: a colleague of the same role, who may do it with their own."""

import pytest

from core import billing, drawers, prescriptions, quality, token_queue, visits
from core.errors import ClinicError, NotFound, NotPermitted
from core.permissions import Permission, Role, allowed
from tests.verbs.calling import build, undone
from tests.verbs.found import BY_FUNCTION

OF_THE_DOCTOR = [
    *(visits.complete, visits.cancel, visits.keep_draft, visits.record_vitals, visits.add_diagnosis),
    *(visits.remove_diagnosis, visits.strike_diagnosis, visits.strike_vitals, visits.add_note, visits.amend_note),
    *(visits.move_follow_up, visits.remove_template, visits.start),
    *(prescriptions.prescribe, prescriptions.amend, prescriptions.cancel),
    *(prescriptions.rename_set, prescriptions.replace_set, prescriptions.remove_set),
]


@pytest.mark.parametrize("function", OF_THE_DOCTOR, ids=lambda function: function.__qualname__)
def test_a_colleagues_record_is_refused(world, function):
    """The example itself is the own record: that it works is tried in test_verbs.py."""
    with undone(world.session):
        built = build(world, BY_FUNCTION[function])
        assert built.actor == world.doctor

        with pytest.raises(ClinicError) as refusal:
            built.call(world.other_doctor)
        assert isinstance(refusal.value, (NotPermitted, NotFound, visits.WithAnotherDoctor))


def test_a_colleagues_draft_is_empty(world):
    with undone(world.session):
        visit_id = world.visit()
        visits.keep_draft(world.session, world.doctor, visit_id, "note", "Since Monday")

        assert visits.draft(world.session, world.doctor, visit_id) == {"note": "Since Monday"}
        assert visits.draft(world.session, world.other_doctor, visit_id) == {}


def test_a_doctor_calls_only_for_the_own_queue(world):
    with undone(world.session), pytest.raises(token_queue.NotYourQueue):
        token_queue.call_next(world.session, world.doctor, world.other_doctor.user_id)


def test_what_is_the_clinics_is_changed_by_administrators(world):
    with undone(world.session):
        set_id = world.medicine_set(shared=True)
        for refused in (
            lambda: prescriptions.remove_set(world.session, world.doctor, set_id),
            lambda: prescriptions.save_set(world.session, world.doctor, "All", [world.item()], shared=True),
            lambda: visits.save_template(world.session, world.doctor, "All", "Text", for_clinic=True),
        ):
            with pytest.raises(NotPermitted, match="change the clinic's settings"):
                refused()
        prescriptions.remove_set(world.session, world.admin, set_id)


@pytest.mark.parametrize("function", [drawers.close, drawers.drawer, drawers.open_days, drawers.get_close])
def test_a_drawer_is_its_cashiers_and_whoever_closes_all(world, function):
    with undone(world.session):
        built = build(world, BY_FUNCTION[function])
        for role in Role:
            with undone(world.session):
                somebody = world.another(role)
                if allowed(somebody, Permission.CLOSE_DRAWERS):
                    built.call(somebody)
                    continue
                with pytest.raises((NotPermitted, NotFound)):
                    built.call(somebody)


def test_the_records_behind_a_check_are_for_those_who_see_such_records(world):
    for check in quality.CHECKS:
        for actor in world.actors.values():
            if allowed(actor, check.sees):
                quality.records(world.session, actor, check)
                continue
            with pytest.raises(NotPermitted):
                quality.records(world.session, actor, check)
            if not allowed(actor, Permission.ANALYSE):
                with pytest.raises(NotPermitted):
                    quality.score(world.session, actor, check.name)


def test_a_line_of_another_bill_is_not_found(world):
    with undone(world.session):
        one, other = world.bill(paid=True), world.bill(paid=True)
        with pytest.raises(ClinicError):
            billing.refund(
                *(world.session, world.cashier, one.invoice_id, {other.lines[0].line_id: 1}),
                *(billing.PaymentMethod.CASH, "Wrong"),
            )
