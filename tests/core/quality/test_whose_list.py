from decimal import Decimal

import pytest

from core import billing, quality
from core.errors import NotFound, NotPermitted
from core.permissions import Role
from core.quality import CHECKS
from tests.core.quality.people import a_signed_visit_without_code, a_whole_patient, measured
from tests.factories import a_batch, a_completed_visit, a_medicine, a_user, an_admin, pay
from tests.statements import count_statements


def test_an_empty_clinic_has_nothing_to_mend(session, admin, counts):
    assert counts() == {}
    assert all(score.share == 0 for score in quality.scoreboard(session, admin))


def test_a_clinic_that_does_its_work_has_nothing_to_mend(session, doctor, frozen_clock, counts):
    medicine = a_medicine(session, generic="Amoxicillin")
    a_batch(session, medicine, 100)
    visit = measured(
        session, doctor, a_whole_patient(session), systolic_mmhg=120, diastolic_mmhg=80,
        weight_kg=Decimal(70), height_cm=Decimal(172), temperature_c=Decimal(37), pulse_bpm=72,
        oxygen_saturation_pct=98,
    )  # fmt: skip
    pay(session, billing.invoice_visit(session, an_admin(session), visit.visit_id))
    frozen_clock(day=20)

    assert counts() == {}


def test_a_doctor_sees_the_own_visits_first(session, doctor):
    other = a_user(session, Role.DOCTOR)
    own = a_signed_visit_without_code(session, doctor)
    theirs = a_signed_visit_without_code(session, other, a_whole_patient(session, "Vikram Sen"))

    def listed(actor):
        return [one.record_id for one in quality.records(session, actor, quality.find("uncoded"))]

    assert listed(doctor) == [own.visit_id, theirs.visit_id]
    assert listed(other) == [theirs.visit_id, own.visit_id]


def test_the_worst_comes_first_and_says_of_how_many(session, doctor, admin):
    a_signed_visit_without_code(session, doctor)
    a_completed_visit(session, doctor, a_whole_patient(session, "Vikram Sen"))
    a_medicine(session, "Cough syrup")

    first, second = quality.scoreboard(session, admin)[:2]
    assert (first.check.name, first.found, first.among, first.share) == ("medicines", 1, 1, 1.0)
    assert (second.check.name, second.found, second.among, second.share) == ("uncoded", 1, 2, 0.5)


def test_each_role_counts_what_it_may_see_and_analysts_count_everything(session, doctor, receptionist, pharmacist):
    def named(actor):
        return {score.check.name for score in quality.scoreboard(session, actor)}

    assert named(doctor) == {
        *("uncoded", "left-open", "vitals", "tokens", "bookings", "away", "wishes"),
        *("duplicates", "incomplete", "medicines", "expired", "costless"),
    }
    assert named(receptionist) == {
        *("unbilled", "unpaid-medicines", "tokens", "bookings", "away", "wishes", "duplicates", "incomplete"),
    }
    assert named(pharmacist) == {"owed-medicines", "medicines", "expired", "costless"}
    for role in (Role.MANAGER, Role.ANALYST):
        assert named(a_user(session, role)) == {check.name for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_an_analyst_sees_no_record(session, check):
    with pytest.raises(NotPermitted):
        quality.records(session, a_user(session, Role.ANALYST), check)


def test_a_manager_sees_stock_and_no_patient(session):
    manager = a_user(session, Role.MANAGER)
    a_medicine(session, "Cough syrup")

    assert len(quality.records(session, manager, quality.find("medicines"))) == 1
    for name in ("uncoded", "duplicates", "unbilled", "tokens"):
        with pytest.raises(NotPermitted):
            quality.records(session, manager, quality.find(name))


def test_the_front_desk_reads_no_vitals(session, receptionist):
    with pytest.raises(NotPermitted, match="read clinical records"):
        quality.records(session, receptionist, quality.find("vitals"))


def test_there_is_no_such_check(session):
    with pytest.raises(NotFound, match="no check nonsense"):
        quality.find("nonsense")


def test_no_more_records_are_read_than_asked_for(session, admin):
    for number in range(3):
        a_medicine(session, f"Syrup {number}")

    assert len(quality.records(session, admin, quality.find("medicines"), limit=2)) == 2


def test_the_scoreboard_costs_one_statement_per_check(session, admin, doctor):
    def statements():
        return count_statements(session, lambda: quality.scoreboard(session, admin))

    before = statements()
    for name in ("Asha Rao", "Vikram Sen"):
        a_signed_visit_without_code(session, doctor, a_whole_patient(session, name))

    assert statements() == before == len(CHECKS)
