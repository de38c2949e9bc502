"""While a dialog is open, shortcuts belong to it; and Ctrl+Enter belongs to no chip that was clicked last.

`?` opens Help, which lists the keys.

Streamlit hands a shortcut to every button that has it: Ctrl+Enter in a dialog would also press the page's own primary
button behind it, and complete a visit while a note is amended. A chip or button that has the focus would take the Enter
as another click on itself.
"""

import streamlit as st

_ELEMENT = st.components.v2.component(
    "qure_dialog_keys",
    js="""
const PRIMARY = ["primaryFormSubmit", "primary"].map(kind => `[data-testid="stBaseButton-${kind}"]`).join(", ")

const GRID = "[data-testid=stDataFrame], #portal"
const CLICKED = "button, [role=radio], [role=checkbox], [role=switch], [type=radio], [type=checkbox]"

function again(event) {
  const { key, code, ctrlKey, metaKey } = event
  document.activeElement.blur()
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, ctrlKey, metaKey, bubbles: true }))
}

function onceQuiet(dialog) {
  const busy = document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "running"
  if (busy) setTimeout(onceQuiet, 100, dialog)
  else dialog.querySelector(PRIMARY)?.click()
}

const FASTEST_HAND_MS = 40
let last = 0

function asksForHelp(event) {  // a scanner may send a question mark, too: faster than any hand
  const gap = event.timeStamp - last
  if (event.key !== "Shift") last = event.timeStamp
  return event.key === "?" && gap > FASTEST_HAND_MS && !event.target.closest?.("input, textarea")
}

function listen() {
  window.addEventListener("keydown", (event) => {
    if (asksForHelp(event)) document.querySelector(".st-key-help button")?.click()
    const dialog = document.querySelector("[data-testid=stDialog]")
    const enters = event.isTrusted && event.key === "Enter" && (event.ctrlKey || event.metaKey)
    if (!dialog && enters && document.activeElement?.matches(CLICKED)) {
      event.preventDefault()
      event.stopImmediatePropagation()
      again(event)
      return
    }
    if (!dialog || !(event.ctrlKey || event.metaKey || event.altKey)) return
    if (event.key === "Enter" && event.target.closest?.(GRID)) {
      setTimeout(onceQuiet, 500, dialog)  // the grid takes in what was typed, first
      return
    }
    if (event.key === "Enter") {
      event.preventDefault()
      document.activeElement?.blur()  // sends what was being typed
      setTimeout(() => dialog.querySelector(PRIMARY)?.click())
    } else if (event.key.toLowerCase() === "k") event.preventDefault()  // what is typed here is not left for a search
    else if (!event.altKey) return  // copy and paste
    event.stopImmediatePropagation()
  }, true)
}

export default function () {
  if (window.__qureDialogKeys) return
  window.__qureDialogKeys = true
  listen()
}
""",
)


def keys_stay_in_dialogs() -> None:
    """Mount it once, in the frame: it holds for every page."""
    _ELEMENT(key="qure_dialog_keys")
