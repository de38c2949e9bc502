"""Tiles: one number each, with what it counts, its course and how it changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.analytics import receivables
from core.analytics.charts.steps import finished
from core.words import say, say_count
from pages.ui.figures import dashboard

MOST_POINTS = 60  # of a course as wide as a tile


@dataclass(frozen=True)
class Tile:
    """`basis` says which day or moment a number belongs to; `change`: "+8 %", "" where nothing changed, None
    where there is nothing to compare with."""

    title: str
    value: str
    change: str | None
    course: pd.Series | None
    basis: str
    explained: str
    less_is_better: bool = False
    note: str | None = None


def tiles(shown: Sequence[Tile], columns: int = 3) -> None:
    with st.grid(columns, min_column_width=190):
        for tile in shown:
            st.metric(
                f"{tile.title} :small[:gray[· {tile.basis}]]",
                tile.value,
                changed(tile),
                "off",  # else the whole course turns red for a few per cent
                delta_description=None if tile.change is None else say("vs before"),
                delta_arrow="off",
                help=tile.explained,
                border=True,
                chart_data=points(tile.course),
                chart_type="bar",
                height="stretch",
            )


def changed(tile: Tile) -> str | None:
    """Arrow and number coloured by what is better, or the tile's note where there is nothing to compare with."""
    if tile.change is None:
        return tile.note
    if not tile.change:
        return say("no change")
    up = tile.change.startswith("+")
    return f":{'green' if up != tile.less_is_better else 'red'}[{'↑' if up else '↓'} {tile.change[1:]}]"


def summed(
    days: pd.DataFrame, before: pd.DataFrame | None, name: str, told: Callable[[float], str]
) -> tuple[str, str | None, pd.Series]:
    """Value, change and course of a column that adds up. The change is that of the days that are over, beside as many
    of the period before: what a morning brought would look like a drop."""
    over = finished(days[name], days)
    now, then = float(over.sum()), float(before[name].iloc[: len(over)].sum()) if before is not None else 0.0
    return told(float(days[name].sum())), _in_percent(100 * (now - then) / abs(then)) if then else None, days[name]


def share_of(
    days: pd.DataFrame, before: pd.DataFrame | None, part: str, whole: str
) -> tuple[str, str | None, pd.Series]:
    """As `summed`, for a share of two columns that add up; its change is in points, its course that of `part`."""
    now = _share(days, part, whole)
    then = _share(before, part, whole) if before is not None else None
    change = _in_points(now - then) if now is not None and then is not None else None
    return "–" if now is None else f"{now:.0f} %", change, days[part]


def revenue(days: pd.DataFrame, before: pd.DataFrame | None) -> Tile:
    explained = say("What has been paid by now for the bills of these days, less refunds.")
    return Tile(
        say("Revenue"), *summed(days, before, "revenue", dashboard.here().money_round), say("by bill day"), explained
    )


def received(days: pd.DataFrame, before: pd.DataFrame | None) -> Tile:
    explained = say("Money that came in on these days, whatever day its bill is of; refunds are not taken off.")
    return Tile(
        say("Received"), *summed(days, before, "received", dashboard.here().money_round), say("by day paid"), explained
    )


def outstanding() -> Tile:
    owed = dashboard.read(receivables)
    value = dashboard.here().money_round(owed["due"].sum())
    note = say_count(len(owed), "{count:,} bill", "{count:,} bills")
    explained = say("What is still to be paid, however old the bill.")
    return Tile(say("Outstanding"), value, None, None, say("now, all bills"), explained, note=note)


def _share(days: pd.DataFrame, part: str, whole: str) -> float | None:
    """In per cent."""
    if not days[whole].sum():
        return None
    return 100 * float(days[part].sum()) / float(days[whole].sum())


def _in_percent(change: float) -> str:
    """Empty where there is no change."""
    return f"{change:+.0f} %" if round(change) else ""


def _in_points(change: float) -> str:
    """Empty where there is no change."""
    return f"{'+' if change > 0 else '-'}{_points(abs(round(change)))}" if round(change) else ""


def _points(number: int) -> str:
    return say_count(number, "{count} point", "{count} points")


def points(course: pd.Series | None) -> list[float] | None:
    """As many points as a tile has room for, each the sum of as many days."""
    if course is None or len(course) < 2:
        return None
    each = -(-len(course) // MOST_POINTS)
    whole = course.iloc[len(course) % each :]  # of equal length; the oldest few days are left out
    return [float(value) for value in whole.to_numpy().reshape(-1, each).sum(axis=1)]
