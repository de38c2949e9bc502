"""What the screen on the waiting room's wall shows, as it goes over the wire: numbers and rooms, never a name of a
patient.
"""

from threading import Lock
from time import monotonic
from typing import Any

from core import clinic, clock, db, token_queue
from core.web import hub
from core.words import language, say
from pages.ui.queue.wall_look import WORDS
from pages.ui.waits import expected_wait, room_name

MOST_CALLED, MOST_NEXT = 6, 5
_KEEP_SECONDS = 1.0

_lock = Lock()
_kept: dict[str, tuple[int, float, dict[str, Any]]] = {}  # by the language in which it is read


def seen() -> dict[str, Any]:
    """One reading serves every wall screen of this process, until there is news or a second has passed."""
    with _lock:
        version, (of, read_at, found) = hub.version(), _kept.get(language(), (-1, 0.0, {}))
        if of != version or monotonic() - read_at > _KEEP_SECONDS:
            found = _read()
            _kept[language()] = (version, monotonic(), found)
        return {**found, "now": clock.now().timestamp()}


def _read() -> dict[str, Any]:
    with db.reading() as session:
        board, profile = token_queue.public_board(session), clinic.profile(session)
    return {
        "language": language(),
        "words": {name: say(text) for name, text in WORDS.items()},
        "clinic": profile.name,
        "zone": profile.time_zone,
        "calling": [_called(call) for call in board.calling[:MOST_CALLED]],
        "next": [
            {"number": number, "wait": expected_wait(board.expected.get(number))}
            for number in board.waiting[:MOST_NEXT]
        ],
        "more": say("and {count:,} more", count=more) if (more := len(board.waiting) - MOST_NEXT) > 0 else "",
    }


def _called(call: token_queue.NowCalling) -> dict[str, Any]:
    """`call` is another one when the same number is called again."""
    room = room_name(call.room)
    where = room or call.doctor_name
    return {
        "number": call.number,
        "room": where,
        "said": say("Number {number}. {room}.", number=call.number, room=where),
        "doctor": call.doctor_name if room else "",
        "call": f"{call.number} {call.rung_at.isoformat()}",
    }
