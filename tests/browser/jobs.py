"""The commonest jobs of a clinic beside what the best product we know of needs for them, and our own goal.

`best` is documented by its makers, or observed by somebody where it has a ~.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser import at_work, room


@dataclass(frozen=True)
class Goal:
    """`presses` are keys and letters together; `seconds` those of the hand and of the clinic; None sets no bound."""

    words: str
    presses: int | None = None
    keys: int | None = None
    clicks: int | None = None
    scans: int | None = None
    seconds: float | None = None
    shown_within: float | None = None  # of the clinic alone

    def missed_by(self, hand):
        """What is too much, in words; empty where the goal is met."""
        found = (
            ("keys and letters", hand.keys + hand.typed, self.presses),
            ("keys", hand.keys, self.keys),
            ("clicks", hand.clicks, self.clicks),
            ("scans", hand.scans, self.scans),
            ("s", round(hand.by_hand + hand.seconds), self.seconds),
            ("s", round(hand.seconds, 1), self.shown_within),
        )
        return ", ".join(
            f"{round(is_ - most, 1)} {what}" for what, is_, most in found if most is not None and is_ > most
        )


@dataclass(frozen=True)
class Job:
    name: str
    best: str
    goal: Goal
    do: Callable


JOBS = (
    Job(
        "Known patient to printed token", "GNUmed 5–6 keys; care ~8",
        Goal("5 keys, 0 clicks", presses=5, clicks=0), at_work.known_patient,
    ),
    Job(
        "New patient to token", "Clinit Shift+W and a form",
        Goal("Alt+N, 4 fields, Ctrl+Enter, under 20 s", keys=6, clicks=0, seconds=20), at_work.new_patient,
    ),
    Job("Appointment check-in", "care 1 key", Goal("1 click or 1 scan", keys=0, clicks=1, scans=0), at_work.check_in),
    Job("Check-in by keys", "care 1 key", Goal("5 keys, 0 clicks", presses=5, clicks=0), at_work.check_in_by_keys),
    Job("Book", "GNUmed 1 click + 5 keys", Goal("1 click, 4 keys, Ctrl+Enter", presses=5, clicks=1), at_work.book),
    Job(
        "Call next, on every board", "care 1 click",
        Goal("Alt+1; boards within 0.2 s, with voice", keys=1, clicks=0, shown_within=0.2), room.call_next,
    ),
    Job("Repeat the last prescription", "–", Goal("1 click", keys=0, clicks=1), room.repeat_last),
    Job("Prescribe by a typed line", "–", Goal("`para 500 1-0-1 5d pc`, Enter", keys=2, clicks=0), room.typed_line),
    Job("Usual prescription", "Bahmni order set 2–3 clicks", Goal("`urti`, Enter", keys=2, clicks=0), room.a_set),
    Job("Consultation, whole", "tabs everywhere", Goal("one screen, 0 page changes", clicks=0), room.consultation),
    Job("Exact-cash bill", "Odoo POS 3 clicks", Goal("Alt+1, Ctrl+Enter", keys=2, clicks=0), at_work.exact_cash),
    Job("Bill by UPI", "Odoo POS 3 clicks", Goal("Alt+1, Alt+2", keys=2, clicks=0), at_work.upi),
    Job("Bill by card", "Odoo POS 3 clicks", Goal("Alt+1, Alt+3", keys=2, clicks=0), at_work.card),
    Job("Refund", "Practo 2 steps", Goal("2 clicks and a reason", keys=1, clicks=1), at_work.refund),
    Job("Dispense", "Bahmni ~8 clicks", Goal("1 scan, Ctrl+Enter", keys=1, clicks=0, scans=1), at_work.dispense),
    Job(
        "Receive a line of stock", "care delivery form",
        Goal("scan, batch, expiry, quantity, Enter", keys=4, clicks=0, scans=1), at_work.receive,
    ),
    Job(
        "Close the drawer", "Odoo count sheet",
        Goal("under 2 min, variance explained, hash printed", clicks=0, seconds=120), at_work.close_day,
    ),
    Job(
        "Find anything", "care Ctrl+K",
        Goal("1 key, the phone's tail, Ctrl+Enter", presses=6, clicks=0), at_work.find_anything,
    ),
)  # fmt: skip
