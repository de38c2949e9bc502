"""Texts to begin a note with."""

import pytest

from core import visits
from core.errors import Invalid, NotFound, NotPermitted
from core.permissions import Role
from tests.factories import a_user


@pytest.fixture
def colleague(session):
    return a_user(session, Role.DOCTOR, "Dr Iyer")


def names(session, actor):
    return [template.name for template in visits.note_templates(session, actor)]


def test_own_templates_come_before_the_clinics_and_colleagues_do_not_see_them(session, doctor, colleague, admin):
    visits.save_template(session, admin, "Antenatal", "Weeks:\nFundal height:", for_clinic=True)
    visits.save_template(session, doctor, "Zoster", "Dermatome:")

    assert names(session, doctor) == ["Zoster", "Antenatal"]
    assert names(session, colleague) == ["Antenatal"]


def test_a_name_is_taken_once_whatever_its_case(session, doctor, colleague):
    kept = visits.save_template(session, doctor, " Cough ", "Since:\n\nPlan: ")
    assert (kept.name, kept.body) == ("Cough", "Since:\n\nPlan:")

    with pytest.raises(visits.TemplateExists, match="already a template COUGH"):
        visits.save_template(session, doctor, "COUGH", "Other")
    visits.save_template(session, colleague, "cough", "Her own")


def test_only_administrators_keep_the_clinics_templates(session, doctor, admin):
    with pytest.raises(NotPermitted, match="may not change the clinic's settings"):
        visits.save_template(session, doctor, "Antenatal", "Weeks:", for_clinic=True)
    kept = visits.save_template(session, admin, "Antenatal", "Weeks:", for_clinic=True)
    with pytest.raises(NotPermitted, match="may not change the clinic's settings"):
        visits.remove_template(session, doctor, kept.template_id)

    visits.remove_template(session, admin, kept.template_id)
    with pytest.raises(NotFound):
        visits.remove_template(session, admin, kept.template_id)


def test_a_colleagues_template_is_not_removed_not_even_by_an_administrator(session, doctor, colleague, admin):
    kept = visits.save_template(session, doctor, "Cough", "Since:")

    for other in (colleague, admin):
        with pytest.raises(visits.NotYourTemplate, match="belongs to a colleague"):
            visits.remove_template(session, other, kept.template_id)


def test_what_is_empty_or_too_long_is_told_at_once(session, doctor):
    with pytest.raises(Invalid) as refusal:
        visits.save_template(session, doctor, "n" * 41, " ")

    assert refusal.value.problems == {
        "name": "The name of the template is too long: 41 characters, at most 40.",
        "body": "The text of the template is missing.",
    }


def test_the_usual_ones_are_added_once(session, doctor):
    visits.save_template(session, doctor, "follow-UP", "Mine")
    visits.add_usual_templates(session, doctor)
    visits.add_usual_templates(session, doctor)

    assert names(session, doctor) == ["Complaint", "follow-UP", "Well child"]
