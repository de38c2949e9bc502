"""While a dialog is open, shortcuts belong to it.

Streamlit hands a shortcut to every button that has it: Ctrl+Enter in a dialog would also press the page's own primary
button behind it, and complete a visit while a note is amended.
"""

import streamlit as st

_ELEMENT = st.components.v2.component(
    "qure_dialog_keys",
    js="""
const PRIMARY = ["primaryFormSubmit", "primary"].map(kind => `[data-testid="stBaseButton-${kind}"]`).join(", ")

function listen() {
  window.addEventListener("keydown", (event) => {
    const dialog = document.querySelector("[data-testid=stDialog]")
    if (!dialog || !(event.ctrlKey || event.metaKey || event.altKey)) return
    if (event.key === "Enter") {
      event.preventDefault()
      document.activeElement?.blur()  // sends what was being typed
      setTimeout(() => dialog.querySelector(PRIMARY)?.click())
    } else if (!event.altKey) return  // copy and paste
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
