"""Focus, scanner, printing and voice, which Streamlit lacks.

`/` jumps to the search box from anywhere. A hardware scanner (keyboard wedge) types faster than any hand: what it sends
ends with Enter and arrives as `scan`, wherever the cursor is. A slip is printed and a call is spoken once per id.
"""

import streamlit as st

from pages.ui.printing import PRINT

_ELEMENT = st.components.v2.component(
    "qure_keyboard",
    js=PRINT
    + """
const FASTEST_HAND_MS = 40, SHORTEST_SCAN = 6, FOCUS_TRIES = 12, GRID_MS = 500

function focusOn(key) {
  // Redrawing takes the focus away, to nowhere: it is brought back for a while, unless somebody went on from the box.
  let tries = 0, had = false, left = false
  const elsewhere = (box) => document.activeElement !== box && document.activeElement.matches("input, textarea")
  const leaves = (event) => { left ||= had && (event.key === "Tab" || event.type === "pointerdown") }
  const listening = (how) => ["keydown", "pointerdown"].forEach((kind) => document[how](kind, leaves, true))
  const attempt = () => {
    const box = document.querySelector(`.st-key-${key} input`)
    const gone = left || (box && had && elsewhere(box))
    if (!gone && box && document.activeElement !== box) box.focus()
    had ||= Boolean(box)
    if (!gone && ++tries < FOCUS_TRIES) setTimeout(attempt, 50)
    else listening("removeEventListener")
  }
  listening("addEventListener")
  attempt()
}

function speak(sentence, language) {
  window.speechSynthesis?.cancel()
  const utterance = new SpeechSynthesisUtterance(sentence)
  utterance.lang = language
  window.speechSynthesis?.speak(utterance)
}

const press = (key, more) => new KeyboardEvent("keydown", { key, code: key, bubbles: true, cancelable: true, ...more })

function keepWhatIsTyped(event) {
  // A box to choose or type in forgets what was typed when it is left with Tab: here that takes it, as Enter does.
  const box = event.target
  if (event.key === "Tab" && box.role === "combobox" && box.ariaExpanded === "true" && box.value)
    box.dispatchEvent(press("Enter"))
  // A grid keeps Ctrl+Enter to itself: once it has the number that was typed, the page gets the key, too.
  const grid = box.closest("[data-testid=stDataFrame], #portal")
  const dialog = document.querySelector("[data-testid=stDialog]")  // which sees to its own keys
  if (grid && !dialog && event.key === "Enter" && event.ctrlKey && event.isTrusted) setTimeout(onceQuiet, GRID_MS)
}

function onceQuiet() {
  const busy = document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "running"
  if (busy) return setTimeout(onceQuiet, 100)
  document.activeElement?.blur()
  document.body.dispatchEvent(press("Enter", { ctrlKey: true }))
}

function listen() {
  let typed = "", last = 0
  document.addEventListener("keydown", keepWhatIsTyped, true)
  document.addEventListener("keydown", (event) => {
    const typing = ["input", "textarea"].includes((event.target.tagName || "").toLowerCase())
    const { searchKey, send } = window.__qureKeyboard
    const now = event.timeStamp  // when it was typed, however busy the page is
    if (now - last > FASTEST_HAND_MS) typed = ""
    last = now
    if (event.key === "/" && !typing && !typed && searchKey) {  // inside a scan it is part of a bill's number
      event.preventDefault()
      focusOn(searchKey)
      return
    }
    if (event.key === "Enter") {
      if (typed.length >= SHORTEST_SCAN && !typing) { event.preventDefault(); send("scan", typed) }
      typed = ""
    } else if (event.key.length === 1) {
      typed += event.ctrlKey && event.key === "]" ? "\\x1d" : event.key  // as scanners send the separator of GS1
    }
  }, true)
}

export default function ({ data, setTriggerValue }) {
  const first = !window.__qureKeyboard
  const known = window.__qureKeyboard ||= { done: {} }
  known.searchKey = data.search
  known.send = setTriggerValue
  if (first) listen()
  const once = (what, id, effect) => { if (id && known.done[what] !== id) { known.done[what] = id; effect() } }
  const onceEver = (what, id, effect) => {  // another screen's slip in between does not print this one again
    const done = known[what] ||= new Set()
    if (id && !done.has(id)) { done.add(id); effect() }
  }
  once("focus", data.focus_id, () => focusOn(data.focus || data.search))
  onceEver("slip", data.slip_id, () => print(data.slip))
  onceEver("say", data.say_id, () => speak(data.say, data.language))
  return () => { delete known.done.focus; known.searchKey = "" }  // who comes back to the page begins in its box again
}
""",
)


def keyboard(
    *,
    search: str = "",
    focus: str = "",
    focus_id: str = "",
    slip: tuple[str, str] = ("", ""),
    say: str = "",
    say_id: str = "",
    language: str = "en",
) -> str | None:
    """Mount the element; returns what a scanner sent in this run.

    `search` is the widget key of the search box; it, or the box `focus`, is focused once per `focus_id`. `slip` is a
    whole HTML page and its id, printed once per id; `say` is spoken in `language` once per `say_id`.
    """
    page, slip_id = slip
    data = {
        **{"search": search, "focus": focus, "focus_id": focus_id, "slip": page, "slip_id": slip_id},
        **{"say": say, "say_id": say_id, "language": language},
    }
    result = _ELEMENT(key="qure_keyboard", data=data, on_scan_change=lambda: None)
    scanned = getattr(result, "scan", None)
    return str(scanned) if scanned else None
