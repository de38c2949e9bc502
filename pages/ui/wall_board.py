"""What the screen on the waiting room's wall shows, as it goes over the wire: numbers and rooms, never a name of a
patient.
"""

from threading import Lock
from time import monotonic
from typing import Any

from core import clinic, clock, db, token_queue
from core.web import hub
from pages.ui.waits import expected_wait, room_name

MOST_CALLED, MOST_NEXT = 6, 5
_KEEP_SECONDS = 1.0

_lock = Lock()
_kept: tuple[int, float, dict[str, Any]] | None = None


def seen() -> dict[str, Any]:
    """One reading serves every wall screen of this process, until there is news or a second has passed."""
    global _kept
    with _lock:
        version = hub.version()
        if _kept is None or _kept[0] != version or monotonic() - _kept[1] > _KEEP_SECONDS:
            _kept = (version, monotonic(), _read())
        return {**_kept[2], "now": clock.now().timestamp()}


def _read() -> dict[str, Any]:
    with db.reading() as session:
        board, profile = token_queue.public_board(session), clinic.profile(session)
    return {
        "clinic": profile.name,
        "zone": profile.time_zone,
        "calling": [_called(call) for call in board.calling[:MOST_CALLED]],
        "next": [
            {"number": number, "wait": expected_wait(board.expected.get(number))}
            for number in board.waiting[:MOST_NEXT]
        ],
        "more": max(0, len(board.waiting) - MOST_NEXT),
    }


def _called(call: token_queue.NowCalling) -> dict[str, Any]:
    """`call` is another one when the same number is called again."""
    room = room_name(call.room)
    return {
        "number": call.number,
        "room": room or call.doctor_name,
        "doctor": call.doctor_name if room else "",
        "call": f"{call.number} {call.called_at.isoformat()}",
    }
