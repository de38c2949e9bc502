"""Boxes in which somebody writes at length: nothing typed is lost, and a key leads to each.

Streamlit hears of a long text only when its box is left. Here it hears at each pause in typing, too, and when the tab
is hidden or closed; the cursor stays where it is.
"""

from collections.abc import Mapping

import streamlit as st

_ELEMENT = st.components.v2.component(
    "qure_boxes",
    js="""
const PAUSE_MS = 600, BOX = "input, textarea"

function tell(box) {
  // To React this is leaving the box and coming back; the browser's own focus never moves.
  for (const step of ["focusout", "focusin"]) box.dispatchEvent(new FocusEvent(step, { bubbles: true }))
}

function tellWhatIsTyped() {
  const box = document.activeElement
  if (window.__qureBoxes.keep && box?.matches(BOX)) tell(box)
}

function listen() {
  let pause
  document.addEventListener("input", (event) => {
    const { keep } = window.__qureBoxes
    if (!keep || !event.target.closest?.(`.st-key-${keep}`)) return
    clearTimeout(pause)
    pause = setTimeout(() => tell(event.target), PAUSE_MS)
  }, true)
  window.addEventListener("beforeunload", tellWhatIsTyped)
  document.addEventListener("visibilitychange", () => { if (document.hidden) tellWhatIsTyped() })
  document.addEventListener("keydown", (event) => {
    const key = event.altKey && window.__qureBoxes.jumps[event.code.replace("Key", "Alt+")]
    const box = key && document.querySelector(`.st-key-${key}`)?.querySelector(BOX)
    if (!box) return
    event.preventDefault()
    box.focus()
    box.scrollIntoView({ block: "center" })
  })
}

export default function ({ data }) {
  const first = !window.__qureBoxes
  window.__qureBoxes = data
  if (first) listen()
  return () => { window.__qureBoxes = { keep: "", jumps: {} } }
}
""",
)


def boxes(keep: str, jumps: Mapping[str, str]) -> None:
    """`keep` is the widget key of a text area; `jumps` leads from keys ("Alt+N") to the widget key of a box."""
    _ELEMENT(key="qure_boxes", data={"keep": keep, "jumps": dict(jumps)})
