"""A paper goes to the printer by itself: fetched as the person who is signed in or sent along, printed once per click.

Not the PDF: some browsers show it in a viewer that no page may tell to print, and Chromium without a screen falls over
it. A frame with pictures of the same pages prints everywhere.
"""

import time
import uuid

import streamlit as st

from core.words import say

PRINT = """
function print(html) {
  document.getElementById("qure-paper")?.remove()
  const frame = document.createElement("iframe")
  frame.id = "qure-paper"
  frame.style.cssText = "position:fixed;width:0;height:0;border:0"
  frame.onload = () => {
    frame.contentWindow.focus()
    frame.contentWindow.print()
    frame.blur()  // or the page's keys would go to the frame
    window.focus()
  }
  frame.srcdoc = html
  document.body.appendChild(frame)
}
"""
_ELEMENT = st.components.v2.component(
    "qure_print",
    js=PRINT
    + """
export default function ({ data }) {
  const done = window.__qurePrinted ||= new Set()
  if (done.has(data.id)) return
  done.add(data.id)
  if (data.page) { print(data.page); return }
  fetch(data.address + "/print", { credentials: "same-origin" })
    .then((answer) => answer.ok ? answer.text() : Promise.reject(answer.status))
    .then(print)
    .catch(() => {})  // the paper is on the page's list, to be opened by hand
}
""",
)
_MOMENT = 10  # seconds
_WAITING, _WANTED = "paper_to_print", "prints_on_completion"


def send(address: str) -> None:
    """Print what is at this address when the page next calls `waiting`."""
    st.session_state[_WAITING] = {"address": address, "id": uuid.uuid4().hex}


def send_page(html: str) -> None:
    """The same for a page that is no patient's document and has no address."""
    st.session_state[_WAITING] = {"page": html, "id": uuid.uuid4().hex}


def waiting() -> None:
    """Call it once on every page that sends something. What was printed in this tab is not printed again.

    A page is large: it is sent along for a moment only, in case the next click comes before the browser has it.
    """
    job = st.session_state.get(_WAITING)
    if job and time.monotonic() - job.setdefault("drawn", time.monotonic()) < _MOMENT:
        _ELEMENT(key="qure_print", data=job)


def choice() -> None:
    """Whether completing a visit prints its prescription; kept until this person signs out or reloads."""
    st.session_state[_WANTED] = st.toggle(
        say("Print the prescription on completion"),
        wanted(),
        key="print_toggle",
        help=say("Sign, print, next: one key."),
    )


def wanted() -> bool:
    return bool(st.session_state.get(_WANTED, True))
