"""Every notebook tells what it can of any clinic: an empty one, one of a single day, one whose money has no decimals.

(test_notebooks_in_kernels runs them on a clinic of months. Here their cells run in the test's process.)
"""

import ast
import json
import re
from pathlib import Path

import pytest

from core import users
from core.analytics import store
from core.users import NewClinic
from etl import rebuild, simulate

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "notebooks.md"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ALLOWED = ("core.analytics", "pandas", "IPython.display", "datetime")

every_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem[:2])


def cells(notebook, kind):
    read = json.loads(notebook.read_text())["cells"]
    return ["".join(cell["source"]) for cell in read if cell["cell_type"] == kind]


def run(notebook):
    """What the cells show, as text, from first to last."""
    shown, names = [], {"__name__": "__main__"}
    for source in cells(notebook, "code"):
        tree = ast.parse(source)
        *steps, last = tree.body
        exec(compile(ast.Module(steps, []), notebook.name, "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(as_shown(eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)))
        else:
            exec(compile(ast.Module([last], []), notebook.name, "exec"), names)
    return shown


def as_shown(value):
    if hasattr(value, "to_plotly_json"):
        return value.to_json()
    return value.data if hasattr(value, "data") and isinstance(value.data, str) else str(value)


@pytest.fixture
def findings(bare_session):
    """Carries over what the clinic has done, runs all notebooks, and gives how each one ends."""

    def run_all():
        bare_session.flush()
        rebuild.run()
        return {notebook.stem: run(notebook)[-1] for notebook in NOTEBOOKS}

    yield run_all
    store.start_afresh()


def test_on_an_empty_clinic_they_say_that_there_is_nothing_yet(session, findings):
    for finding in findings().values():
        assert re.search(r"\b(No|Nobody|Nothing|nothing|not enough|Too few)\b", finding), finding


def test_before_anything_was_carried_over_they_say_the_same(bare_session):
    store.start_afresh()

    for notebook in NOTEBOOKS:
        assert re.search(r"\b(No|Nobody|Nothing|nothing|not enough|Too few)\b", run(notebook)[-1])


def test_a_clinic_of_one_day_whose_money_has_no_decimals_is_enough(bare_session, findings, frozen_clock):
    users.set_up(bare_session, NewClinic("Hasu", "Asia/Kolkata", "JPY"), "asha", "Asha", "correct horse battery")
    simulate.run(1, 12, seed=1)
    frozen_clock()

    for finding in findings().values():
        assert not re.search(r"\bnan\b|₹|\.00", finding), finding


@every_notebook
def test_it_asks_a_question_answers_it_and_ends_in_a_finding(notebook):
    headings = [line for cell in cells(notebook, "markdown") for line in cell.splitlines() if line.startswith("#")]
    order = ["## Parameters", "## Data", "## Check", "## Answer", "## Figures", "## What to keep in mind", "## Finding"]

    assert re.fullmatch(r"# .+\?", headings[0])
    assert [heading for heading in headings if heading in order] == order
    assert headings[-1] == "## Finding"
    assert re.search(r"^assert ", "\n".join(cells(notebook, "code")), re.MULTILINE)


@every_notebook
def test_it_needs_core_analytics_and_pandas_only(notebook):
    trees = [ast.parse(source) for source in cells(notebook, "code")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}

    assert {name for name in modules if not f"{name}.".startswith(tuple(f"{each}." for each in ALLOWED))} == set()


@every_notebook
def test_it_is_kept_without_what_it_showed(notebook):
    read = json.loads(notebook.read_text())
    ids = [cell["id"] for cell in read["cells"]]

    assert [cell["id"] for cell in read["cells"] if cell.get("outputs") or cell.get("execution_count")] == []
    assert len(ids) == len(set(ids))


def test_the_page_about_notebooks_lists_each_with_its_question():
    listed = re.findall(r"^\| (\S+\.ipynb) \| (.+?) \|", PAGE.read_text(), re.MULTILINE)

    assert listed == [(path.name, cells(path, "markdown")[0].splitlines()[0].removeprefix("# ")) for path in NOTEBOOKS]
