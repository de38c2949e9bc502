"""A part of a page that redraws when there is news: the browser's end of `hub`."""

from collections.abc import Sequence

import streamlit as st

# One line for each tab, shared by all who listen in it; it is made again when it breaks or falls silent.
LINE_JS = """
const AGAIN_MS = 2000, SILENCE_MS = 45000
function openLine(news) {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/live/changes")
  let watch = 0
  const alive = () => { clearTimeout(watch); watch = setTimeout(() => socket.close(), SILENCE_MS) }
  alive()
  socket.onopen = () => { if (news.opened) news.tell("*"); news.opened = true; alive() }
  socket.onmessage = ({ data }) => { alive(); if (data) news.tell(data) }
  socket.onclose = () => { clearTimeout(watch); setTimeout(() => openLine(news), AGAIN_MS) }
}
function newsOfThisTab() {
  if (window.__qureNews) return window.__qureNews
  const hearers = new Map()
  const tell = (topic) => hearers.forEach((hear) => hear(topic))
  const news = window.__qureNews = { hearers, tell, pressed: false }
  document.addEventListener("pointerdown", () => { news.pressed = true }, true)
  for (const end of ["pointerup", "pointercancel"])
    document.addEventListener(end, () => setTimeout(() => { news.pressed = false }, 300), true)
  openLine(news)
  return news
}
"""

_ELEMENT = st.components.v2.component(
    "qure_news",
    js=LINE_JS
    + """
const CALM_MS = 300  // of many changes at once the first is shown at once and the others together
const parts = new WeakMap()
export default function ({ data, parentElement, setTriggerValue }) {
  const news = newsOfThisTab()
  const part = parts.get(parentElement) || { timer: 0, last: 0 }
  parts.set(parentElement, part)
  part.redraw = () => setTriggerValue("news", Date.now())
  const redraw = () => {
    if (news.pressed) { part.timer = setTimeout(redraw, 100); return }  // a click in the middle of a redraw is lost
    part.timer = 0
    part.last = Date.now()
    part.redraw()
  }
  const hear = (topic) => {
    if (!data.topics.includes(topic) && topic !== "*" || part.timer) return
    part.timer = setTimeout(redraw, Math.max(0, part.last + CALM_MS - Date.now()))
  }
  news.hearers.set(parentElement, hear)
  return () => { news.hearers.delete(parentElement); clearTimeout(part.timer); part.timer = 0 }
}
""",
)


def redraw_on(topics: Sequence[str], part: str) -> None:
    """Call it inside a fragment: it runs again when there is news of a topic. `part` names the fragment."""
    _ELEMENT(key=f"news_{part}", data={"topics": topics}, on_news_change=lambda: None)
