"""Boxes of a screen in which much is typed: nothing of it is lost, and a key leads to each.

Streamlit hears of a text only when its box is left. Here it hears at each pause in typing, too, and of every box when
the tab is hidden or closed; the cursor stays where it is. Numbers and dates wait until they are left: half of one would
be taken for the whole.
"""

from collections.abc import Mapping

import streamlit as st

_ELEMENT = st.components.v2.component(
    "qure_boxes",
    js="""
const PAUSE_MS = 600, BOX = "input, textarea", TEXT = ".stTextArea textarea, .stTextInput input"
const idle = { keep: false, jumps: {} }

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
    if (!window.__qureBoxes.keep || !event.target.matches?.(TEXT)) return
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
  const mine = window.__qureBoxes = { keep: true, ...data }
  if (first) listen()
  return () => { if (window.__qureBoxes === mine) window.__qureBoxes = idle }
}
""",
)


def boxes(jumps: Mapping[str, str]) -> None:
    """Mount it on a screen that keeps drafts. `jumps` leads from keys ("Alt+N") to the widget key of a box."""
    _ELEMENT(key="qure_boxes", data={"jumps": dict(jumps)})
