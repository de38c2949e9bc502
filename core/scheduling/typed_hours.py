"""The hours of a day as people type them, "9-13, 14-17". What may mean two things is refused, never guessed."""

import re
from datetime import time

from core import fields
from core.words import say

MOST_CHARACTERS = 100  # of a weekday's line

_TIME = r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|to|until)\s*{_TIME}", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;&+]|\band\b", re.IGNORECASE)
_DASHES = str.maketrans("‐‑‒–—−", "------")
_OFF = {"", "-", "off", "closed", "none"}


def spans(text: str) -> list[tuple[time, time]]:
    """From when to when, in the order typed. Raises ValueError with a sentence."""
    text = fields.line(text)
    if problem := fields.length_problem(text, say("The line"), MOST_CHARACTERS):
        raise ValueError(problem)
    text = text.translate(_DASHES)
    return [] if text.lower() in _OFF else [_span(part.strip()) for part in _BETWEEN.split(text) if part.strip()]


def _span(part: str) -> tuple[time, time]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise ValueError(say("“{part}” is not understood. Write hours as 9-13, 14:30-17.", part=part))
    if (match[3] is None) != (match[6] is None):  # "2-5pm" may mean night or afternoon: nobody guesses
        raise ValueError(say("“{part}” needs am or pm at both times, or at none.", part=part))
    return _time(*match.group(1, 2, 3)), _time(*match.group(4, 5, 6))


def _time(hour: str, minute: str | None, half: str | None) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(say("{time} is not a time.", time=f"{hours} {half.lower()}"))
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    if (hours, minutes) == (24, 0):
        raise ValueError(say("a day ends at 23:59; what comes after midnight stands on the next day."))
    if hours > 23 or minutes > 59:
        raise ValueError(say("{time} is not a time.", time=f"{hours}:{minutes:02}"))
    return time(hours, minutes)


def short(wall: time) -> str:
    """ "9", "14:30" """
    return f"{wall.hour}:{wall.minute:02}" if wall.minute else str(wall.hour)
