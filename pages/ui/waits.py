"""Expected waits in words."""

from core.token_queue import Coverage, Range, TokenCard

_SHORT = 5  # minutes


def expected_wait(expected: Range | None) -> str:
    """As "20–35 min"; nothing where nothing can be said."""
    if expected is None:
        return ""
    if expected.p50 >= 60 and expected.p90 >= 120:
        return _unbroken(f"{expected.p50 // 60}–{-(-expected.p90 // 60)} h")
    return _unbroken(f"{_minutes(expected)} min")


def said_and_was(card: TokenCard) -> str:
    """As "said 20–35, was 28 min", of somebody who was called."""
    if card.waited is None:
        return ""
    was = _unbroken(f"was {card.waited} min")
    return f"{_unbroken(f'said {_minutes(card.said)}')}, {was}" if card.said else was


def coverage_words(coverage: Coverage | None) -> str:
    """How well what was said has held."""
    if coverage is None or not coverage.said:
        return ""
    share, half = (100 * number / coverage.said for number in (coverage.within_p90, coverage.within_p50))
    return (
        f"Of {coverage.said:,} waits in the last four weeks {share:.0f} % were no longer than the longer time that was"
        f" said (90 % is meant), {half:.0f} % no longer than the shorter."
    )


def _minutes(expected: Range) -> str:
    if expected.p90 < _SHORT:
        return f"under {_SHORT}"
    if expected.p50 < _SHORT:
        return f"up to {expected.p90}"
    return f"{expected.p50}–{expected.p90}" if expected.p90 > expected.p50 else f"about {expected.p90}"


def _unbroken(words: str) -> str:
    """In one line: a range broken at its dash reads as two times."""
    return words.replace(" ", "\u00a0").replace("–", "\u2060–\u2060")
