"""A stopwatch inside a page: from what a person does to the last change of the document before it is still."""

LONGEST_MS = 60_000

# Watches from within, for asking from outside would cost more than what is measured. `still` is how long nothing must
# have changed after the script has run; that time is not counted. A run so quick that nobody saw it begin is waited for
# longer, for on a busy machine it may not have begun.
SCRIPT = """
(() => {
  if (window.__stopwatch) return
  const watch = window.__stopwatch = { from: 0, last: 0, ran: false }, STATE = "data-test-script-state"
  const begin = () => { if (!watch.from) watch.from = watch.last = performance.now() }
  for (const kind of ["click", "keydown"]) addEventListener(kind, begin, true)
  const everything = { subtree: true, childList: true, attributes: true, characterData: true }
  new MutationObserver((changes) => {
    watch.last = performance.now()
    if (changes.some((change) => change.attributeName === STATE)) watch.ran = true
  }).observe(document, everything)
  watch.arm = () => { watch.from = 0; watch.ran = false }
  watch.read = (still, longest) => new Promise((told) => {
    const asked = performance.now()
    const look = () => {
      const now = performance.now()
      const state = document.querySelector(`[${STATE}]`)?.getAttribute(STATE)
      const enough = watch.ran ? still : 5 * still
      if (watch.from && state === "notRunning" && now - watch.last >= enough) told(watch.last - watch.from)
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
