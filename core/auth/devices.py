"""What somebody recognises their own device by, out of the User-Agent that its browser tells. No more is kept."""

from core.words import later

# The first that is found counts: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = {
    later("Edg"): later("Edge"),
    "OPR/": later("Opera"),
    later("SamsungBrowser"): later("Samsung Internet"),
    later("Firefox"): later("Firefox"),
    later("FxiOS"): later("Firefox"),
    later("CriOS"): later("Chrome"),
    later("Chrome"): later("Chrome"),
    later("Safari"): later("Safari"),
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    later("Android"): later("Android"),
    later("Windows"): later("Windows"),
    later("CrOS"): later("ChromeOS"),
    later("Mac OS"): later("Mac"),
    later("Linux"): later("Linux"),
}


def in_words(user_agent: str) -> str:
    """ "Chrome on Windows"; "" where neither is known."""
    browser = next((word for mark, word in _BROWSERS.items() if mark in user_agent), "")
    system = next((word for mark, word in _SYSTEMS.items() if mark in user_agent), "")
    return " on ".join(filter(None, (browser, system)))
