"""A rule of the books: what is true of a clinic's records at any moment, whatever happened to the machine."""

from dataclasses import dataclass

from core.words import later

_TRAIL = later("Its audit trail tells what changed it last; a backup from before has it right.")


@dataclass(frozen=True)
class Rule:
    """`breaking` selects one column, the records that break it; `:zone` is the clinic's time zone.

    `repair` says what somebody can do about it, and on which screen. Whoever shows `sentence` and `repair` says them.
    """

    sentence: str
    records: str
    breaking: str
    repair: str = _TRAIL


def without_gap(sentence: str, records: str, counter: str, numbered: str, series: str, number: str) -> Rule:
    """Each `series` of the `numbered` table counts from one to what its `counter` says, and leaves no number out."""
    breaking = f"""SELECT c.{series} FROM {counter} c LEFT JOIN {numbered} n USING ({series})
        GROUP BY c.{series}, c.last_number HAVING count(n.id) <> c.last_number
        OR coalesce(max(n.{number}), 0) <> c.last_number"""
    return Rule(sentence, records, breaking)
