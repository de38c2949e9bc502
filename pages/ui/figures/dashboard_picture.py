"""The picture of a figure: an entry of its menu that asks plotly's own camera, with the heading that stands above it.

Plotly's button shows only under a mouse, and its picture has neither the heading, which the card draws, nor a
background: text made for a dark screen would be lost on white paper.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

_CAMERA = st.components.v2.component(
    "qure_picture",
    html='<button type="button">PNG</button>',
    css="""
button {
  font: inherit; color: var(--st-text-color); background: transparent; border: 0; border-radius: var(--st-base-radius);
  padding: 0.5rem 0; cursor: pointer;
}
button:hover, button:focus-visible { color: var(--st-primary-color); }
""",
    js="""
export default function ({ data, parentElement }) {
  parentElement.querySelector("button").onclick = () => {
    const plot = document.querySelector(`.st-key-${data.key} .js-plotly-plot`)
    const camera = plot?._fullLayout._modeBar?.buttons.flat().find((button) => button.name === "toImage")
    if (!camera) return
    const shown = plot.layout
    const paper = getComputedStyle(document.querySelector(".stApp")).backgroundColor
    const margin = { ...shown.margin, t: data.top }
    plot.layout = { ...shown, title: data.title, height: data.height, margin, paper_bgcolor: paper }
    try { camera.click(plot) } finally { plot.layout = shown }
  }
}
""",
)


def picture(key: str, heading: Mapping[str, Any]) -> None:
    """`key` is that of the container the figure stands in; `heading` holds title, top (margin) and height (pixels)."""
    _CAMERA(key=f"picture_{key}", data={"key": key, **heading})
