"""A stopwatch inside a page: from what a person does to the last change of the document before it is still."""

LONGEST_MS = 60_000

# Watches from within, for asking from outside would cost more than what is measured. `still` is how long nothing must
# have changed; that time is not counted.
SCRIPT = """
(() => {
  if (window.__stopwatch) return
  const watch = window.__stopwatch = { from: 0, last: 0 }
  const begin = () => { if (!watch.from) watch.from = watch.last = performance.now() }
  for (const kind of ["click", "keydown"]) addEventListener(kind, begin, true)
  const everything = { subtree: true, childList: true, attributes: true, characterData: true }
  new MutationObserver(() => { watch.last = performance.now() }).observe(document, everything)
  watch.arm = () => { watch.from = 0 }
  watch.read = (still, longest) => new Promise((told) => {
    const asked = performance.now()
    const look = () => {
      const now = performance.now()
      const state = document.querySelector("[data-test-script-state]")?.dataset.testScriptState
      if (watch.from && state === "notRunning" && now - watch.last >= still) told(watch.last - watch.from)
      else if (now - asked > longest) told(null)
      else setTimeout(look, 10)
    }
    look()
  })
})()
"""


class NeverStill(RuntimeError):
    """A page that goes on changing for a minute cannot be measured."""


def measured(tab, act, still_ms=400) -> float:
    """Milliseconds from the first click or key of `act` until the tab is still."""
    tab.evaluate("window.__stopwatch.arm()")
    act()
    took = tab.evaluate(f"window.__stopwatch.read({still_ms}, {LONGEST_MS})")
    if took is None:
        raise NeverStill(tab.url)
    return took
