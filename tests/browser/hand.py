"""A hand at a screen: what it presses, types, scans and clicks is counted, and how long the clinic let it wait.

A chord is one key. Letters and digits of a name, a number or a text are counted apart from keys. A scan is one,
whatever the code has; a click is one, with the way of the mouse to it. What a person would need for it is reckoned by
the keystroke-level model (Card, Moran and Newell, 1980); the clinic's own seconds are measured.
"""

import time
from dataclasses import dataclass

from tests.browser.people import settle

MOMENT = 0.25  # seconds that `settle` waits in any case
KEY, CLICK, THINK = 0.28, 1.7, 1.35  # seconds: an average typist; there and back by mouse; before each text or click


@dataclass
class Hand:
    """At a tab (playwright's Page). Time begins with the first that is done, and ends with `done`."""

    tab: object
    keys: int = 0
    typed: int = 0
    clicks: int = 0
    scans: int = 0
    texts: int = 0
    seconds: float = 0.0
    _began: float = 0.0

    def press(self, *keys):
        self._begin()
        for key in keys:
            self.keys += 1
            self.tab.keyboard.press(key)

    def type(self, text, pause_ms=0):
        """`pause_ms` for boxes that would take what comes faster than any hand for a scan."""
        self._begin()
        self.texts += 1
        self.typed += len(text)
        self.tab.keyboard.type(text, delay=pause_ms)

    def scan(self, code):
        """As a scanner does: faster than any hand, and Enter at the end."""
        self._begin()
        self.scans += 1
        self.tab.keyboard.type(code)
        self.tab.keyboard.press("Enter")

    def click(self, target):
        self._begin()
        self.clicks += 1
        target.click()

    def look(self):
        """Eyes on the screen, until it stands still; their own moment is not counted."""
        moment = time.monotonic()
        settle(self.tab)
        self._began += min(MOMENT, time.monotonic() - moment)

    def done(self):
        """The screen says so."""
        self.seconds = time.monotonic() - self._began
        return self

    @property
    def counts(self):
        return self.keys, self.typed, self.clicks, self.scans

    @property
    def by_hand(self):
        """Seconds of a person, without those of the clinic."""
        decided = self.texts + self.clicks + self.scans
        return (self.keys + self.typed) * KEY + (self.clicks + self.scans) * CLICK + decided * THINK

    def _begin(self):
        self._began = self._began or time.monotonic()
