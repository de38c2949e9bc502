"""The program's log: text for people, or one JSON object a line, each with the number of what was being done.

A request to the server, a run of a page and a pass of a job have a number each (`new_number`). Whoever meets an error
is told it, and it stands on every line that was written meanwhile, with the id of the person and the screen. Names and
what people type are never logged.
"""

import logging
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from core.config import settings

OURS = ("core", "pages", "etl", "qure")
# From there on lines of others are kept, whatever level they are set to: below it they tell what people typed. These
# do so, or tell whole addresses, one level higher.
_OTHERS_FROM, _FROM = logging.INFO, dict.fromkeys(("sqlalchemy", "pymongo", "uvicorn"), logging.WARNING)
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another on the telephone
_LENGTH = 8
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s%(about)s"

_now: ContextVar[dict[str, Any]] = ContextVar("what is being done", default={})  # noqa: B039 - never changed in place


def new_number() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def number() -> str:
    """Of what is being done here; a new one where there is none yet."""
    if "request" not in _now.get():
        begin()
    found: str = _now.get()["request"]
    return found


def begin(**about: object) -> None:
    """Something new is done from here on in this thread."""
    _now.set({"request": new_number(), **about})


def tell(**about: object) -> None:
    """Who does it, and where. Ids and addresses of screens only."""
    known = _now.get()
    _now.set({"request": new_number(), **known, **about} if "request" not in known else {**known, **about})


@contextmanager
def work(**about: object) -> Iterator[str]:
    """One request, or one pass of a job; afterwards this thread is what it was."""
    before = _now.set({"request": new_number(), **about})
    try:
        yield number()
    finally:
        _now.reset(before)


def set_up() -> None:
    """Send every line of this process to one place and in one form. Calling it again changes nothing."""
    root = logging.getLogger()
    if not any(isinstance(handler, Handler) for handler in root.handlers):
        root.addHandler(Handler())
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in OURS:
        logging.getLogger(name).setLevel(settings().log_level)


def take_over(*names: str) -> None:
    """Lines of these loggers of others go where ours go."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        # That of uvicorn's accesses tells whole addresses; core/web/guard.py has a line of its own.
        logger.propagate = name != "uvicorn.access"


class Handler(logging.StreamHandler[Any]):
    """To stderr, as the settings want it."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(_json() if settings().log_format == "json" else _Text(_TEXT, "%Y-%m-%d %H:%M:%S%z"))
        self.addFilter(fit)
        self.addFilter(_about)


def fit(record: logging.LogRecord) -> bool:
    """Whether a line may be kept at all."""
    whose = record.name.partition(".")[0]
    return whose in OURS or record.levelno >= _FROM.get(whose, _OTHERS_FROM)


def _about(record: logging.LogRecord) -> bool:
    if record.exc_info and "request" not in _now.get():
        begin()  # whoever meets this error is told a number
    known = {name: value for name, value in _now.get().items() if value is not None}
    for name, value in known.items():
        setattr(record, name, value)
    record.about = "".join(f" [{name} {value}]" for name, value in known.items())
    return True


class _Text(logging.Formatter):
    """A line is one line, whatever stands in a message; only a traceback has more."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def _json() -> logging.Formatter:
    from pythonjsonlogger.core import RESERVED_ATTRS
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(
        ["levelname", "name", "message"],
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp="at",
        reserved_attrs=[*RESERVED_ATTRS, "about", "color_message"],
    )
