"""The notebook of a cohort: the question, the code that the screen showed, the table and its figure."""

from core.analytics import notebook
from core.analytics.lab.cohort import Cohort
from core.analytics.privacy import SMALLEST

_HEAD = f"""From the analyst lab. Nobody is named, and nothing is told of fewer than {SMALLEST} patients.
Open it in Jupyter Lab on the clinic's data: `qure notebooks`."""
_MIND = f"""## Keep in mind

- A patient who came more than once is one patient and several visits.
- Counted by medicine, a visit with two medicines stands in two rows: the rows add up to more than the total.
- `hidden` says why a number is not told; a diagnosis of fewer than {SMALLEST} patients of the period is RARE."""


def notebook_of(cohort: Cohort, question: str) -> bytes:
    """The .ipynb. The same cohort makes the same bytes."""
    return notebook.written(
        [
            ("markdown", f"# {question}\n\n{_HEAD}"),
            ("code", cohort.imports()),
            ("markdown", "## Data"),
            ("code", f"{cohort.reading()}\nvisits.tail()"),
            ("markdown", "## Cohort"),
            ("code", f"{cohort.counting()}\ntotal"),
            ("code", "table"),
            ("markdown", "## Figure"),
            ("code", f"figure = lab.figure(table{', to_share=True' if cohort.to_share else ''})\nfigure"),
            ("markdown", "## Answer"),
            ("code", 'print(figure.layout.meta["alt"])'),
            ("markdown", "## What is hidden, and why"),
            ("code", "lab.hidden_cells(table)"),
            ("markdown", _MIND),
        ]
    )
