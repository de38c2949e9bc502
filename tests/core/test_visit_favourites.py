"""Diagnoses at hand: pinned ones, and those that are given most."""

import pytest

from core import visits
from core.errors import Invalid, NotPermitted
from core.permissions import Role
from core.visits import favourites
from tests.factories import a_completed_visit, a_user, a_visit

pytestmark = pytest.mark.usefixtures("without_redis")


def test_a_doctor_pins_codes_of_the_own(session, doctor, frozen_clock):
    visits.pin(session, doctor, "i10")
    frozen_clock(minute=1)
    visits.pin(session, doctor, "E11")
    visits.pin(session, doctor, "I10")

    assert visits.usual_codes(session, doctor).favourites == ("I10", "E11")
    assert visits.usual_codes(session, a_user(session, Role.DOCTOR)).favourites == ()
    visits.unpin(session, doctor, "I10")
    visits.unpin(session, doctor, "I10")
    assert visits.usual_codes(session, doctor).favourites == ("E11",)


def test_what_is_given_often_is_told_own_first_and_struck_or_old_ones_are_not(session, doctor, frozen_clock):
    other = a_user(session, Role.DOCTOR)
    frozen_clock(2023, 1, 5)
    for _ in range(2):
        a_completed_visit(session, doctor, code="A09")
    frozen_clock(2025, 3, 1)
    given = [(other, "J06.9", 3), (doctor, "I10", 2), (doctor, "E11", 1)]
    for who, code, times in given:
        for _ in range(times):
            a_completed_visit(session, who, code=code)
    for _ in range(2):
        wrong = a_completed_visit(session, doctor, code="B05.9")
        visits.strike_diagnosis(session, doctor, wrong.visit_id, wrong.diagnoses[0].diagnosis_id, "Not hers")

    usual = visits.usual_codes(session, doctor)

    assert (usual.own, usual.clinic) == (("I10",), ("J06.9", "I10"))
    visits.pin(session, doctor, "R51")
    assert visits.usual_codes(session, doctor).ranked == ("R51", "I10", "J06.9")


def test_pinning_has_an_end_and_wants_a_code(session, doctor, receptionist, admin, monkeypatch):
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 1)
    visits.pin(session, doctor, "I10")

    with pytest.raises(visits.TooManyFavourites):
        visits.pin(session, doctor, "E11")
    with pytest.raises(Invalid, match="fever is not an ICD-10 code"):
        visits.pin(session, doctor, "fever")
    with pytest.raises(NotPermitted, match="may not record visits"):
        visits.pin(session, receptionist, "I10")
    with pytest.raises(visits.NotADoctor):
        visits.pin(session, admin, "I10")


def test_the_first_diagnosis_is_the_main_one(session, doctor):
    visit = a_visit(session, doctor)
    for code in ("J06.9", "A09"):
        visits.add_diagnosis(session, doctor, visit.visit_id, code)

    assert [found.code for found in visits.get(session, doctor, visit.visit_id).diagnoses] == ["J06.9", "A09"]
