"""A rule of the books: what is true of a clinic's records at any moment, whatever happened to the machine."""

from dataclasses import dataclass

_TRAIL = "Its audit trail tells what changed it last; a backup from before has it right."


@dataclass(frozen=True)
class Rule:
    """`breaking` selects one column, the records that break it; `:zone` is the clinic's time zone.

    `repair` says what somebody can do about it, and on which screen.
    """

    sentence: str
    records: str
    breaking: str
    repair: str = _TRAIL
