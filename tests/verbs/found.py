"""Every function of core that acts for somebody, found in the code; what must have an example and stands in the table.

A verb or query takes the session, the actor, and then ids and records of what was typed: a screen can call it. What
takes a row of the database is a step of another workflow, which has asked already. INNER names the few others.
"""

import ast
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from core.models import Base
from core.permissions import Actor, Permission, Role, allowed

ROOT = Path(__file__).parents[2]
_NOT_VERBS = {"models", "migrations", "stores", "analytics", "cli", "api", "web", "__main__.py"}

# Public in their module, and yet nothing a screen calls. With why.
INNER = {
    "core.audit.record": "writes the event of a verb",
    "core.audit.note_refusal": "writes the event of a verb that was refused",
    "core.audit.note_list": "writes the event of a list that is read",
    "core.billing.typed_lines.discount": "checks one line of a bill",
    "core.billing.typed_lines.lines_by_hand": "makes rows of typed lines",
    "core.billing.typed_lines.priced": "makes rows of typed lines",
    "core.documents.contents.of_prescription": "what a paper says, once it may be opened",
    "core.drawers.lock.still_open": "asked before money moves",
    "core.patients.within.check_open": "asked by every query of a patient's file",
    "core.patients.within.open_to": "asked by every query of a patient's file",
    "core.permissions.allowed": "the question itself",
    "core.permissions.require": "the question itself",
    "core.prescriptions.taker.taker": "what warnings must know of a patient",
    "core.scheduling.appointments.mark_arrived": "a step of checking in",
    "core.scheduling.appointments.mark_completed": "a step of completing a visit or a token",
    "core.scheduling.appointments.mark_left": "a step of ending a visit or a token",
    "core.token_queue.steps.check_own": "asked by every step of a queue",
    "core.users.keys.proved": "asked before whatever takes the own password",
    "core.visits.course.locked_open": "holds a visit for a verb",
    "core.visits.course.locked_own": "holds a visit for a verb",
    "core.visits.course.locked_to_write": "holds a visit for a verb",
}

# Whose first step asks by the record, in words; tests/verbs/test_own_and_foreign.py tries them.
OWN_DRAWER = "take payments (own drawer); see and close the drawers of all cashiers (any)"
OWN_CHECK = "what the records of the check are seen with"
BY_RECORD = {
    "drawers.closing.close": OWN_DRAWER,
    "drawers.reading.drawer": OWN_DRAWER,
    "drawers.reading.open_days": OWN_DRAWER,
    "quality.scoreboard.score": f"see the clinic's reports and analyse its data, or {OWN_CHECK}",
    "quality.scoreboard.records": OWN_CHECK,
}
# Asked for besides, further on.
ALSO = {"prescriptions.overrides.export_overrides": Permission.READ_CLINICAL}


@dataclass(frozen=True)
class Verb:
    """`asks` is the permission that its first step requires; None where that depends on the record."""

    name: str
    function: Callable[..., Any]
    asks: Permission | None

    @property
    def takes_session(self) -> bool:
        return "session" in inspect.signature(self.function).parameters


def _modules() -> list[str]:
    paths = [path for path in sorted((ROOT / "core").rglob("*.py")) if path.stem != "__main__"]
    kept = [path.relative_to(ROOT).with_suffix("") for path in paths if not _NOT_VERBS & set(path.parts)]
    return [".".join(path.parts).removesuffix(".__init__") for path in kept]


def _acting() -> dict[str, Callable[..., Any]]:
    """Public functions with an actor, by the module they are written in."""
    found = {}
    for module in map(importlib.import_module, _modules()):
        for name, function in vars(module).items():
            written_here = inspect.isfunction(function) and function.__module__ == module.__name__
            if written_here and not name.startswith("_") and "actor" in inspect.signature(function).parameters:
                found[f"{module.__name__}.{name}"] = function
    return found


def first_step(function: Callable[..., Any]) -> str:
    written = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(written, ast.FunctionDef)
    body = written.body[1:] if ast.get_docstring(written) else written.body
    return ast.unparse(body[0])


def _asks(function: Callable[..., Any]) -> Permission | None:
    step = first_step(function)
    named = step.removeprefix("require(actor, Permission.").removesuffix(")")
    return Permission[named] if named in Permission.__members__ else None


def takes_rows(function: Callable[..., Any]) -> bool:
    """Whether it must be given rows of tables, which no screen has in its hands."""
    hints = get_type_hints(function)
    needed = [
        hints[name]
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is inspect.Parameter.empty and name in hints
    ]
    return any(inspect.isclass(part) and issubclass(part, Base) for hint in needed for part in _parts(hint))


def _parts(hint: Any) -> list[Any]:
    return [hint, *(part for inner in get_args(hint) for part in _parts(inner))]


ACTING = _acting()
STEPS = {name for name, function in ACTING.items() if takes_rows(function)}
VERBS = {
    name.removeprefix("core."): Verb(name.removeprefix("core."), function, _asks(function))
    for name, function in ACTING.items()
    if name not in STEPS | INNER.keys()
}
BY_FUNCTION = {verb.function: verb for verb in VERBS.values()}


def may(actor: Actor, verb: Verb) -> bool:
    """What the table of role x permission says of a verb that asks for one."""
    return missing(actor, verb) is None


def missing(actor: Actor, verb: Verb) -> Permission | None:
    """The first permission that is asked for in vain."""
    assert verb.asks is not None
    asked = (verb.asks, ALSO.get(verb.name, verb.asks))
    return next((permission for permission in asked if not allowed(actor, permission)), None)


# Who shows a verb at work, where several may.
USUAL = (Role.RECEPTION, Role.DOCTOR, Role.PHARMACIST, Role.MANAGER, Role.ANALYST, Role.ADMIN)
