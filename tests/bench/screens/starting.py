"""From `streamlit run` to what can be used: the sign-in of Qure, and the button of the bare page."""

import time
from collections.abc import Sequence
from statistics import median

from playwright.sync_api import Browser, expect

from tests.running import App


def started(browser: Browser, bare: App, clinic: App, repeats: int) -> dict[str, object]:
    """Seconds, in turns. The stores are started too: nobody else may be using the data folder."""
    took: dict[str, list[float]] = {"bare": [], "clinic": []}
    for _ in range(repeats):
        took["bare"].append(_once(browser, bare, "Again"))
        took["clinic"].append(_once(browser, clinic, "Sign in"))
    return {"clinic": clinic.folder.name, **{f"{name}_s": values for name, values in took.items()}} | _ratio(**took)


def _ratio(bare: Sequence[float], clinic: Sequence[float]) -> dict[str, float]:
    return {"bare_p50_s": median(bare), "clinic_p50_s": median(clinic), "ratio": median(clinic) / median(bare)}


def _once(browser: Browser, app: App, button: str) -> float:
    context = browser.new_context()
    began = time.monotonic()
    try:
        app.launch()
        app.wait_until_healthy()
        tab = context.new_page()
        tab.goto(app.url)
        expect(tab.get_by_role("button", name=button)).to_be_enabled(timeout=60_000)
        return time.monotonic() - began
    finally:
        context.close()
        app.stop()
