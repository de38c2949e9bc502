"""A recipe is one thing for the page, the code and the notebook."""

from datetime import date

import pytest

from core import analytics
from core.analytics import charts, notebook
from core.analytics.recipe import Recipe
from core.permissions import Actor, Role
from tests import kernels
from tests.core.test_analytics import busy  # noqa: F401
from tests.etl.conftest import carry, mongo, treat  # noqa: F401

MARCH = {"first": date(2025, 3, 1), "last": date(2025, 3, 31)}
FEBRUARY = {"first": date(2025, 2, 1), "last": date(2025, 2, 28)}
REVENUE = Recipe(
    "How much came in each day?",
    {"summaries": (analytics.daily_summaries, MARCH), "before": (analytics.daily_summaries, FEBRUARY)},
    charts.revenue_per_day,
)
VISITS = Recipe("How many came?", {"days": (analytics.daily_summaries, {})}, charts.visits_per_day, ["days"])


@pytest.mark.parametrize("recipe", [REVENUE, VISITS])
def test_the_code_makes_the_figure_that_the_page_shows(recipe, busy):  # noqa: F811
    made = {}
    exec(recipe.code(), made)

    assert made["figure"].to_json() == recipe.figure().to_json()
    assert recipe.figure().data


def test_code_reads_as_an_analyst_would_write_it():
    assert (
        REVENUE.code()
        == """\
from datetime import date

from core import analytics

FIRST = date(2025, 3, 1)
LAST = date(2025, 3, 31)
BEFORE_FIRST = date(2025, 2, 1)
BEFORE_LAST = date(2025, 2, 28)

summaries = analytics.daily_summaries(first=FIRST, last=LAST)
before = analytics.daily_summaries(first=BEFORE_FIRST, last=BEFORE_LAST)
clinic = analytics.clinic()
figure = analytics.charts.revenue_per_day(summaries=summaries, clinic=clinic, before=before)
figure"""
    )


def test_the_data_is_the_first_frame(busy):  # noqa: F811
    assert REVENUE.data().equals(analytics.daily_summaries(**MARCH))


def test_a_page_may_keep_what_it_read(busy):  # noqa: F811
    asked = []

    def read(frame, **arguments):
        asked.append((frame.__name__, arguments))
        return frame(**arguments)

    REVENUE.figure(read)

    assert asked == [("daily_summaries", MARCH), ("daily_summaries", FEBRUARY)]


@pytest.mark.parametrize(
    "frames",
    [
        {},
        {"clinic": (analytics.daily_summaries, {})},
        {"two words": (analytics.daily_summaries, {})},
        {"visits": (analytics.visits_with_names, {"actor": Actor(1, "Dr Sen", Role.DOCTOR)})},
    ],
)
def test_what_cannot_be_written_as_code_is_no_recipe(frames):
    with pytest.raises(ValueError, match="not a recipe"):
        Recipe("Who came?", frames, charts.visits_per_day)


def test_texts_given_by_a_page_stay_texts():
    recipe = Recipe(
        "What of hers?",
        {"frame": (analytics.revenue_by_doctor, {"doctor": "Dr \"O'Neil\"\n__import__('os')"})},
        charts.visits_per_day,
    )

    assert "DOCTOR = 'Dr \"O\\'Neil\"\\n__import__(\\'os\\')'" in recipe.code()


def test_the_same_recipe_makes_the_same_notebook():
    assert notebook.of(REVENUE) == notebook.of(REVENUE)


def test_a_notebook_runs_as_it_is(busy, tmp_path):  # noqa: F811
    """In a kernel of its own, which finds the same stores."""
    made = kernels.read(notebook.of(REVENUE).decode())
    kernels.run(made, tmp_path)

    said = [output for cell in made.cells if cell.cell_type == "code" for output in cell.outputs]
    assert made.cells[0].source.startswith("# How much came in each day?")
    assert [output for output in said if output.output_type == "error"] == []
    assert any("application/vnd.plotly.v1+json" in output.get("data", {}) for output in said)
    assert said[-1].text.startswith("Revenue: ")
