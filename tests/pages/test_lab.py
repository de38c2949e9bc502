import pytest

from core.analytics import lab
from core.permissions import Role
from pages.ui.figures.cohort_result import in_words
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_patient, a_user

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def analyst(session):
    return a_user(session, Role.ANALYST)


@pytest.fixture
def busy(carry, treat, session):  # noqa: F811
    """Nine women and two men with a cold, all today."""
    for number in range(9):
        treat(a_patient(session, f"Asha {number}", age_years=30))
    for number in range(2):
        treat(a_patient(session, f"Vikram {number}", sex="MALE", age_years=40))
    carry()


def metrics(page):
    return [metric.value for metric in page.metric]


def said(page):
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind))


def test_a_cohort_is_counted_and_its_code_is_shown(open_page, analyst, busy):
    page = open_page("lab", analyst)

    assert metrics(page) == ["11", "11"]
    shown = page.code[0].value
    names = {}
    exec(shown, names)
    assert names["total"]["patients"].iloc[0] == 11


def test_a_click_narrows_it_and_small_numbers_are_hidden(open_page, analyst, busy):
    page = open_page("lab", analyst, {"by": "Sex"})

    assert "2 of 2 rows hidden" in next(expander.label for expander in page.expander)
    assert "Male**: fewer than 8 patients" in said(page)
    assert "the total would tell it" in said(page)

    page.text_input(key="diagnosis").set_value("I10").run()
    assert metrics(page) == ["0", "0"]
    assert "Nobody fits" in said(page)


def test_a_copied_address_opens_the_same_cohort(open_page, analyst, busy):
    page = open_page("lab", analyst, {"sex": "Female", "diagnosis": "J06", "by": "Medicine", "share": "true"})

    assert metrics(page) == ["10", "10"]
    assert 'cohort["sex"].isin(["FEMALE"])' in page.code[0].value
    assert 'groupby(["medicine"]' in page.code[0].value
    assert "to_share=True" in page.code[0].value


def test_a_medicine_that_nobody_got_in_the_period_still_narrows(open_page, analyst, busy):
    page = open_page("lab", analyst, {"medicine": "Withdrawn long ago"})

    assert metrics(page) == ["0", "0"]


def test_an_empty_clinic_says_so(open_page, analyst, mongo):  # noqa: F811
    assert "not prepared yet" in said(open_page("lab", analyst))


def test_the_dictionary_is_searched(open_page, analyst, mongo):  # noqa: F811
    page = open_page("lab", analyst, {"part": "Data dictionary"})
    everything = len(page.expander)

    page.text_input(key="find_column").set_value("waited_minutes").run()

    assert 0 < len(page.expander) < everything
    page.text_input(key="find_column").set_value("nonsense").run()
    assert "No frame and no column" in said(page)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.DOCTOR, Role.PHARMACIST])
def test_the_lab_is_for_those_who_analyse(session, open_page, role):
    page = open_page("lab", a_user(session, role))

    assert "may not see the clinic's reports" in page.error[0].value
    assert not page.metric


def test_the_notebook_asks_the_question_in_words():
    cohort = lab.Cohort(
        sexes=("FEMALE",), age_bands=("75+",), diagnosis="J06", medicines=("Iron",), by=("month", "sex")
    )
    assert in_words(cohort) == "How many patients, female, aged 75+, with J06, given Iron, by month and sex?"
    assert in_words(lab.Cohort()) == "How many patients?"
