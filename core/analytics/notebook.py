"""A recipe as a notebook: the question, its parameters, the frame, a check, the figure, what to keep in mind."""

from collections.abc import Sequence
from importlib import import_module
from typing import Literal

from core.analytics import dictionary
from core.analytics.recipe import Recipe

Cell = tuple[Literal["markdown", "code"], str]
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_OPEN = """Open it in Jupyter Lab on the clinic's data: `qure notebooks`. It reads what reports read, and
names nobody. Change the parameters and run it again."""
_IMPORTS = """from datetime import UTC, date, datetime

from IPython.display import display

from core import analytics
from core.analytics import dictionary"""
_FRESH = "print(analytics.freshness().in_words(datetime.now(UTC)))"
_CAVEATS = (
    "Days run from midnight to midnight on the clinic's own clock; the table above says which day an amount is of.",
    "Earlier days may still change: a refund today for a bill of last month corrects last month.",
    "Patients are pseudonyms. Counts of fewer than 8 people are not for others: `core.analytics.privacy.shared` leaves "
    "them out and rounds the rest to 5.",
)


def of(recipe: Recipe) -> bytes:
    """The .ipynb. The same recipe makes the same bytes. It runs in any kernel that can import core."""
    frames = [(name, function.__name__) for name, (function, _) in recipe.frames.items()]
    shown = next(iter(recipe.frames))
    cells: list[Cell] = [
        ("markdown", f"# {recipe.question}\n\n{_OPEN}"),
        ("code", _IMPORTS),
    ]
    if recipe.parameters():
        cells += [("markdown", "## Parameters"), ("code", "\n".join(recipe.parameters()))]
    cells += [
        ("markdown", f"## Data\n\n{_told(recipe)}"),
        ("code", "\n".join([*recipe.reading(), f"{shown}.tail()"])),
        ("markdown", "## Check\n\nColumns and types are those of the data dictionary; values may be missing."),
        ("code", "\n".join([_FRESH, *(f'display(dictionary.check({name}, "{frame}"))' for name, frame in frames)])),
        ("markdown", "## Figure"),
        ("code", "\n".join(recipe.drawing())),
        ("markdown", "## Answer"),
        ("code", 'print(figure.layout.meta["alt"])'),
        ("markdown", "\n".join(["## Keep in mind", "", *(f"- {line}" for line in (*recipe.caveats, *_CAVEATS))])),
    ]
    return written(cells)


def written(cells: Sequence[Cell]) -> bytes:
    """Cells as .ipynb, for notebooks that are no recipe."""
    nbformat = import_module("nbformat")  # takes a second to load, and few ask for a notebook

    made = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    numbered = [made[kind](text, id=f"cell-{place:02}") for place, (kind, text) in enumerate(cells)]
    notebook = nbformat.v4.new_notebook(cells=numbered, metadata={"kernelspec": _KERNEL})
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).encode()


def _told(recipe: Recipe) -> str:
    """What each frame holds."""
    functions = {name: function.__name__ for name, (function, _) in recipe.frames.items()}
    return "\n\n".join(f"`{name}`, from `{frame}`: {dictionary.of(frame).about}" for name, frame in functions.items())
