"""What a workflow may refuse, in words a receptionist can read.

Each workflow declares its own subclasses beside the function that raises them, and they carry their data. Screens
show the message of a `ClinicError`; any other exception is a bug and must reach the log.
"""

from collections.abc import Iterable

from core.words import later, say

# What a record is called where there is none; `NotFound` says it.
_KINDS = (
    *(later("diagnosis"), later("set of vitals")),
    *(later("appointment"), later("batch"), later("bill"), later("cashier"), later("check"), later("closed drawer")),
    *(later("count of batch"), later("credit note"), later("dispensing"), later("doctor")),
    *(later("kind of file"), later("leave"), later("line of a medicine"), later("line of an order")),
    *(later("line of this bill"), later("line to hand over"), later("list"), later("medicine")),
    *(later("medicine handed over"), later("merge"), later("note"), later("paper"), later("paper of")),
    *(later("patient"), later("prescription"), later("purchase order"), later("service"), later("session")),
    *(later("set"), later("slot"), later("stock-take"), later("supplier"), later("template"), later("token")),
    *(later("user"), later("visit")),
)


class ClinicError(Exception):
    """The request was understood and refused. Nothing has been changed."""


class NotFound(ClinicError):
    """`kind` in English, in small letters: programs read it too."""

    def __init__(self, kind: str, key: object) -> None:
        self.kind, self.key = kind, key
        super().__init__(say("There is no {kind} {key}.", kind=say(kind), key=quoted(key)))


class NotPermitted(ClinicError):
    """The role of this person does not include this step."""


class Conflict(ClinicError):
    """The record is not in a state that allows this step."""


class Invalid(ClinicError):
    """One or more fields cannot be accepted. `problems` maps a field to its sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class StoreUnavailable(ClinicError):
    """A store cannot be started or reached. The message says what to do."""


class SetupNeeded(ClinicError):
    def __init__(self) -> None:
        super().__init__(say("This clinic has not been set up yet. Open Qure in a browser to set it up."))


def check(**problems: str | None) -> None:
    """Raise Invalid with every problem given that is not None, all at once."""
    found = {field: problem for field, problem in problems.items() if problem}
    if found:
        raise Invalid(found)


def quoted(typed: object, most: int = 40) -> str:
    """What somebody typed or asked for, told back to them: short, and without what cannot be seen."""
    seen = "".join(ch for ch in str(typed) if ch.isprintable()).strip()
    return f"{seen[:most]}…" if len(seen) > most else seen or say("of that name")


def listed(words: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c": for sentences that name several things."""
    *most, last = list(words)
    return say("{most} and {last}", most=", ".join(most), last=last) if most else last
