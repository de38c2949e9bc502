"""Waits, the rule of priority and a token's slip in words, for screens and paper alike: no session is needed."""

from collections.abc import Sequence
from datetime import timedelta

from core import clock
from core.called import called
from core.clinic import Profile
from core.errors import listed
from core.papers import TokenSlip
from core.token_queue import HEAD_START, Coverage, Range, TokenCard, TokenState
from core.words import say

_SHORT = 5  # minutes


def expected_wait(expected: Range | None) -> str:
    """As "20–35 min"; nothing where nothing can be said."""
    if expected is None:
        return ""
    if expected.p50 >= 60 and expected.p90 >= 120:
        return unbroken(say("{hours} h", hours=f"{expected.p50 // 60}–{-(-expected.p90 // 60)}"))
    return unbroken(say("{minutes} min", minutes=_minutes(expected)))


def in_line_words(cards: Sequence[TokenCard], newcomers: Range | None) -> str:
    """As "3 waiting · newcomers wait 20–35 min", of those in one line."""
    waiting = say("{count} waiting", count=sum(card.state is TokenState.WAITING for card in cards))
    wait = expected_wait(newcomers)
    return f"{waiting} · {say('newcomers wait {wait}', wait=wait)}" if wait else waiting


def said_and_was(card: TokenCard) -> str:
    """As "said 20–35, was 28 min", of somebody who was called; "waited 28 min" of whom nothing was said to."""
    if card.waited is None:
        return ""
    if card.said is None:
        return unbroken(say("waited {minutes} min", minutes=card.waited))
    said, was = say("said {minutes}", minutes=_minutes(card.said)), say("was {minutes} min", minutes=card.waited)
    return f"{unbroken(said)}, {unbroken(was)}"


def coverage_words(coverage: Coverage | None) -> str:
    """How well what was said has held."""
    if coverage is None or not coverage.said:
        return ""
    share, half = (100 * number / coverage.said for number in (coverage.within_p90, coverage.within_p50))
    return say(
        "Of {said:,} waits in the last four weeks {share:.0f} % were no longer than the longer time "
        "that was said (90 % is meant), {half:.0f} % no longer than the shorter.",
        said=coverage.said,
        share=share,
        half=half,
    )


def priority_rule() -> str:
    """As the screen of the queue and a notice on the wall tell it."""
    by_minutes: dict[int, list[str]] = {}
    for priority, start in HEAD_START.items():
        by_minutes.setdefault(_whole_minutes(start), []).append(called(priority).lower())
    (_, first), *earlier = sorted(by_minutes.items(), reverse=True)
    counts = [
        say("{who} as if {minutes} minutes earlier", who=listed(who), minutes=minutes)
        for minutes, who in earlier
        if minutes
    ]
    return say(
        "{first} goes first, everyone else in the order of arrival: {counts}.",
        first=listed(first).capitalize(),
        counts=", ".join(counts),
    )


def waited_minutes(card: TokenCard) -> int:
    """Whole minutes since the token was given out."""
    return _whole_minutes(clock.now() - card.issued_at)


def in_one_line(words: str) -> str:
    return words.replace(" ", "\u00a0")


def room_name(room: str) -> str:
    """A bare number reads as a token's: the word is put before it."""
    return say("Room {room}", room=room) if room[:1].isdigit() else room


def slip(card: TokenCard, clinic: Profile) -> TokenSlip:
    return TokenSlip(
        clinic=clinic.name,
        number=card.number,
        patient=card.patient_name,
        doctor=card.doctor_name or say("First free doctor"),
        room=room_name(card.room),
        wait=say("Expected wait: {wait}", wait=expected_wait(card.said)) if card.said else "",
        moment=clinic.moment(card.issued_at),
    )


def _whole_minutes(time: timedelta) -> int:
    return int(time.total_seconds() // 60)


def _minutes(expected: Range) -> str:
    if expected.p90 < _SHORT:
        return say("under {minutes}", minutes=_SHORT)
    if expected.p50 < _SHORT:
        return say("up to {minutes}", minutes=expected.p90)
    if expected.p90 > expected.p50:
        return f"{expected.p50}–{expected.p90}"
    return say("about {minutes}", minutes=expected.p90)


def unbroken(words: str) -> str:
    """In one line: a range broken at its dash reads as two times."""
    return in_one_line(words).replace("–", "\u2060–\u2060")
