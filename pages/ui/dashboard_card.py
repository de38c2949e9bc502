"""A figure with its heading and a menu: the picture, its data as CSV and Excel, and the notebook that draws it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.analytics import export, notebook
from core.analytics.recipe import Recipe
from pages.ui import dashboard
from pages.ui.dashboard import View
from pages.ui.dashboard_picture import picture
from pages.ui.show import plain

TOP_PX, KEY_LINE_PX = 12, 16
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
    figure, heading = _drawn(recipe.code(), dashboard.freshness().fed_at, recipe)
    with st.container(border=True, key=f"card_{name}", height="stretch"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="top"):
            st.markdown(f"**{plain(heading.title)}**  \n:small[:gray[{plain(heading.unit)}]]", width="stretch")
            menu(name, recipe, view, heading)
        st.plotly_chart(
            figure,
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


def menu(name: str, recipe: Recipe, view: View, heading: Heading) -> None:
    """What can be taken away, made when it is asked for."""
    with st.popover("", icon=":material/more_horiz:", type="tertiary", help="Download, or open as a notebook"):
        picture(f"card_{name}", heading.drawn)
        take_data(name, view, recipe.question, recipe.data)
        _take("Open as notebook", file_name(name, view, ".ipynb"), lambda: notebook.of(recipe))


def take_data(name: str, view: View, title: str, data: Callable[[], pd.DataFrame]) -> None:
    _take("CSV", file_name(name, view, ".csv"), lambda: export.csv(data()))
    _take("Excel", file_name(name, view, ".xlsx"), lambda: export.excel(data(), title))


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
def _drawn(code: str, as_of: datetime | None, _recipe: Recipe) -> tuple[go.Figure, Heading]:
    """Kept for everybody as its frames are: plotly takes 25 ms to make a figure, and a click on one redraws them all.
    The code tells two recipes apart."""
    figure = _recipe.figure(dashboard.read)
    return figure, _taken_from(figure)


def _take(label: str, name: str, made: Callable[[], bytes]) -> None:
    st.download_button(label, made, name, MIME[Path(name).suffix], on_click="ignore", type="tertiary", key=name)


def _taken_from(figure: go.Figure) -> Heading:
    """The card draws finding and unit as text, which wraps on a phone and can be read aloud; the figure keeps what
    says which mark is what, as it is coloured."""
    layout, title = figure.layout, figure.layout.title
    heading = {"title": title.to_plotly_json(), "top": layout.margin.t, "height": layout.height}
    lines = (title.subtitle.text or "").split("<br>")
    unit, key = [line for line in lines if KEYED not in line], [line for line in lines if KEYED in line]
    told = Heading(_plain(title.text or ""), _plain(" ".join(unit)), heading)
    room = TOP_PX + KEY_LINE_PX * len(key)
    small = {"text": "<br>".join(key), "subtitle": {"text": ""}, "font": {"size": 12, "weight": 400}, "pad": {"t": 4}}
    figure.update_layout(title=small, height=layout.height - layout.margin.t + room, margin_t=room)
    return told


def _plain(drawn: str) -> str:
    return unescape(drawn.replace("<br>", " "))
