"""What somebody recognises their own device by, out of the User-Agent that its browser tells. No more is kept."""

from core.words import say

# The first that is found counts: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS": "Mac",
    "Linux": "Linux",
}
_ON = " on "


def in_words(user_agent: str) -> str:
    """ "Chrome on Windows"; "" where neither is known."""
    browser = next((word for mark, word in _BROWSERS.items() if mark in user_agent), "")
    system = next((word for mark, word in _SYSTEMS.items() if mark in user_agent), "")
    return _ON.join(filter(None, (browser, system)))


def device_told(device: str) -> str:
    """What `in_words` kept, for whoever reads it now."""
    if not device:
        return say("A browser")
    browser, on, system = device.partition(_ON)
    return say("{browser} on {system}", browser=browser, system=system) if on else device
