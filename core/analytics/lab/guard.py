"""Nothing is told of a handful of people: small counts are hidden, and so is what would give them away."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from core.analytics.charts import dated
from core.analytics.privacy import SMALLEST, shared, suppressed
from core.words import later, say

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
FEW = later("fewer than 8 patients")
GIVES_AWAY = later("the smallest of the others: with it shown, the total would tell what is hidden")
_WORDS = {
    "sex": {"FEMALE": later("Female"), "MALE": later("Male"), "OTHER": later("Other"), "UNKNOWN": later("Unknown")},
    "follow_up": {"set": later("Has one"), "not set": later("Has none")},
}


@dataclass(frozen=True)
class Hidden:
    """A cell that is not told: the values of its dimensions, and why; in the reader's words."""

    cell: tuple[str, ...]
    why: str


def guarded(counts: pd.DataFrame, *, to_share: bool = False) -> pd.DataFrame:
    """`visits` and `patients` as float64 with NaN where they are not told; `hidden` str says why, "" where they are.

    Where the hidden rows hold fewer than 8 patients together, the total less the others would tell them: the smallest
    of the others is hidden too. `to_share` rounds to 5, so that two tables do not tell by their difference.
    """
    few = counts["patients"].between(1, SMALLEST - 1)
    smallest = counts["patients"].where(counts["patients"] >= SMALLEST).rank(method="first") == 1
    second = smallest & (0 < counts["patients"].where(few).sum() < SMALLEST)
    told = shared if to_share else suppressed
    why = pd.Series("", counts.index, dtype="str").mask(few, FEW).mask(second, GIVES_AWAY)
    return counts.assign(
        visits=told(counts["visits"]).mask(few | second), patients=told(counts["patients"]).mask(second), hidden=why
    )


def hidden_cells(table: pd.DataFrame) -> list[Hidden]:
    """What a guarded table does not tell."""
    names = [name for name in table.columns if name not in ("visits", "patients", "hidden")]
    rows = table[table["hidden"] != ""]
    cells = [tuple(in_words(name, row[name]) for name in names) for _, row in rows.iterrows()]
    return [Hidden(cell, say(why)) for cell, why in zip(cells, rows["hidden"], strict=True)]


def in_words(dimension: str, value: object) -> str:
    """A value of a dimension as people read it."""
    if pd.isna(value):  # type: ignore[call-overload]
        return say("unknown")
    if dimension == "month":
        return dated.short_month(date.fromisoformat(f"{value}-01"))
    if dimension == "weekday":
        return dated.weekday(WEEKDAYS.index(str(value)))
    words = _WORDS.get(dimension, {})
    return say(words[str(value)]) if str(value) in words else str(value) or say("none")
