"""Puts the cursor into a box of a dialog, once, when the dialog opens."""

import streamlit as st

_ELEMENT = st.components.v2.component(
    "qure_focus",
    js="""
const TRIES = 20, PAUSE_MS = 50

export default function ({ data }) {
  let tries = 0
  const attempt = () => {
    const box = document.querySelector(`.st-key-${data.box}`)?.querySelector("input, textarea")
    if (window.__qureFocused === data.box) return
    if (box) { box.focus(); window.__qureFocused = data.box }
    else if (++tries < TRIES) setTimeout(attempt, PAUSE_MS)
  }
  attempt()
  return () => { tries = TRIES; window.__qureFocused = "" }
}
""",
)


def begin_in(box: str) -> None:
    """`box` is the widget key."""
    _ELEMENT(key=f"focus_{box}", data={"box": box})
