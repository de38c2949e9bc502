"""A figure with its heading and a menu: the picture, its data as CSV and Excel, and the notebook that draws it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.analytics import export, notebook
from core.analytics.charts.language import laid_out
from core.analytics.charts.words import kept_together
from core.analytics.recipe import Recipe
from core.words import language, say
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard import View
from pages.ui.figures.dashboard_picture import picture
from pages.ui.show import plain

TOP_PX, KEY_LINE_PX, BOTTOM_PX = 12, 16, 8
BAR_PX, FEWEST_BARS = 44, 4
MOST_KEPT = 200  # figures of some hundred kilobytes
KEYED = "<span style="  # in a line that says what the marks are; in names it is escaped
MIME = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ipynb": "application/x-ipynb+json",
}


@dataclass(frozen=True)
class Heading:
    """What a figure had above it, as text and as plotly has it."""

    title: str
    unit: str
    drawn: Mapping[str, Any]


def asked(question: str, chart: Callable[..., go.Figure], **given: Any) -> Recipe:
    """A recipe from what the chart takes by name: frames as (function, arguments), anything else as it is."""
    frames = {name: value for name, value in given.items() if isinstance(value, tuple)}
    return Recipe(question, frames, chart, options={name: given[name] for name in given.keys() - frames.keys()})


def card(name: str, recipe: Recipe, view: View, on_select: Callable[[], None] | None = None) -> None:
    """Draw a recipe's figure. `on_select` is called when a mark is clicked, before the page runs again."""
    figure, heading = _drawn(recipe.code(), language(), dashboard.freshness().fed_at, recipe)

    def menu() -> None:
        take_data(name, view, recipe.question, recipe.data)
        take(say("Open as notebook"), file_name(name, view, ".ipynb"), lambda: notebook.of(recipe))

    show(name, figure, heading, view, menu, on_select)


def show(
    name: str,
    figure: go.Figure,
    heading: Heading,
    view: View,
    menu: Callable[[], None],
    on_select: Callable[[], None] | None = None,
) -> None:
    """Draw a figure as `split` leaves it, as high as the card beside it. `menu` draws what else can be taken away."""
    with st.container(border=True, key=f"card_{name}", height="stretch"):
        with headed(name, heading.title, heading.unit):
            picture(f"card_{name}", heading.drawn)
            menu()
        st.plotly_chart(
            figure,
            height="stretch",
            key=figure_key(name),
            alt=f"{heading.title}. {heading.unit}.",
            on_select=on_select or "ignore",
            selection_mode="points",
            config={
                "toImageButtonOptions": {"filename": file_name(name, view), "scale": 2},
                "modeBarButtons": [["toImage"]],
                "scrollZoom": False,
            },
        )


@contextmanager
def headed(name: str, title: str, unit: str = "") -> Iterator[None]:
    """The heading of a card, and beside it a menu, which the block fills."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="top"):
        st.markdown(f"**{plain(title)}**" + (f"  \n:small[:gray[{plain(unit)}]]" if unit else ""), width="stretch")
        with st.popover("", icon=":material/more_horiz:", type="tertiary", help=say("Take away"), key=f"menu_{name}"):
            yield


def take_data(name: str, view: View, title: str, data: Callable[[], pd.DataFrame]) -> None:
    take("CSV", file_name(name, view, ".csv"), lambda: export.csv(data()))
    take(say("Excel"), file_name(name, view, ".xlsx"), lambda: export.excel(data(), title))


def clicked(name: str) -> Mapping[str, Any] | None:
    """The mark of a figure that is chosen by a click: where it stands and which one it is."""
    chosen = st.session_state.get(figure_key(name)) or {}
    points = chosen.get("selection", {}).get("points", [])
    return points[0] if points else None


def figure_key(name: str) -> str:
    return f"figure_{name}"


def file_name(name: str, view: View, ending: str = "") -> str:
    return f"qure-{name.replace('_', '-')}-{view.name}{ending}"


@st.cache_resource(ttl=dashboard.KEPT_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
def _drawn(code: str, read_in: str, as_of: datetime | None, _recipe: Recipe) -> tuple[go.Figure, Heading]:
    """Kept for everybody as its frames are: plotly takes 25 ms to make a figure, and a click on one redraws them all.
    The code tells two recipes apart, and what is written on them is of one language."""
    figure = _recipe.figure(dashboard.read)
    return figure, split(figure)


def take(label: str, name: str, made: Callable[[], bytes]) -> None:
    st.download_button(label, made, name, MIME[Path(name).suffix], on_click="ignore", type="tertiary", key=name)


def split(figure: go.Figure) -> Heading:
    """Take the heading off a figure: the card draws finding and unit as text, which wraps on a phone and can be read
    aloud. The figure, changed in place, keeps what says which mark is what, as it is coloured."""
    layout, title = figure.layout, figure.layout.title
    heading = {"title": title.to_plotly_json(), "top": layout.margin.t, "height": layout.height}
    lines = (title.subtitle.text or "").split("<br>")
    unit, key = [line for line in lines if KEYED not in line], [line for line in lines if KEYED in line]
    told = Heading(_plain(title.text or ""), _plain(" ".join(unit)), heading)
    room = TOP_PX + KEY_LINE_PX * len(key)
    small = {"text": "<br>".join(key), "subtitle": {"text": ""}, "font": {"size": 12, "weight": 400}, "pad": {"t": 4}}
    bottom, height = _below(figure)
    laid_out(figure, title=small, height=height + room + bottom, margin={"t": room, "b": bottom})
    return told


def _below(figure: go.Figure) -> tuple[float, float]:
    """Bottom margin and height of the marks: lying bars have no axis below, and a few of them need little room."""
    margin, bars = figure.layout.margin, figure.layout.yaxis.tickvals
    height = figure.layout.height - margin.t - margin.b
    if figure.layout.xaxis.visible is not False or bars is None:
        return margin.b, height
    return BOTTOM_PX, min(height, BAR_PX * max(len(bars), FEWEST_BARS))


def _plain(drawn: str) -> str:
    return kept_together(unescape(drawn.replace("<br>", " ")))
