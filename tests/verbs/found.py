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
_NOT_VERBS = {"models", "migrations", "stores", "analytics", "cli"}

INNER = {
    "core.audit.record": "writes the event of a verb",
    "core.billing.advances.move": "a step of paying and giving back",
    "core.billing.correcting.rewrite": "a step of correcting",
    "core.billing.invoices.issue": "takes lines that were checked",
    "core.billing.payments.take": "a step of paying",
    "core.billing.records.note": "writes the event of a verb",
    "core.billing.refunds.give_back": "a step of giving back",
    "core.billing.supplements.exchange": "a step of settling and swapping",
    "core.billing.typed_lines.discount": "checks one line",
    "core.billing.typed_lines.lines_by_hand": "makes rows of typed lines",
    "core.billing.typed_lines.priced": "makes rows of typed lines",
    "core.documents.contents.of_prescription": "what a paper says, for who may open it",
    "core.documents.contents.of_visit": "what a paper says, for who may open it",
    "core.drawers.lock.still_open": "asked by whoever moves money",
    "core.inventory.correcting.moved": "a step of every change of stock",
    "core.inventory.moving.move": "a step of every change of stock",
    "core.inventory.stock_takes.counting.end": "a step of posting and cancelling",
    "core.permissions.allowed": "the question itself",
    "core.permissions.require": "the question itself",
    "core.prescriptions.issuing.issue": "a step of prescribing",
    "core.scheduling.appointments.mark_arrived": "a step of checking in",
    "core.scheduling.appointments.mark_completed": "a step of completing a visit",
    "core.scheduling.appointments.mark_left": "a step of the queue",
    "core.scheduling.waiting.settle": "a step of booking",
    "core.scheduling.waiting.settle_by": "a step of booking",
    "core.token_queue.steps.check_own": "a doctor's own queue",
    "core.visits.course.locked_open": "holds a visit for a verb",
    "core.visits.course.locked_own": "holds a visit for a verb",
    "core.visits.course.locked_to_write": "holds a visit for a verb",
    "core.visits.course.note_follow_up": "a step of completing",
}


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
    paths = sorted((ROOT / "core").rglob("*.py"))
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


ACTING = _acting()
VERBS = {
    name.removeprefix("core."): Verb(name.removeprefix("core."), function, _asks(function))
    for name, function in ACTING.items()
    if name not in INNER
}
BY_FUNCTION = {verb.function: verb for verb in VERBS.values()}


def takes_rows(function: Callable[..., Any]) -> bool:
    """Whether it takes rows of tables, which no screen has in its hands."""
    hints = get_type_hints(function)
    needed = [
        hints[name]
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is inspect.Parameter.empty and name in hints
    ]
    return any(inspect.isclass(part) and issubclass(part, Base) for hint in needed for part in _parts(hint))


def _parts(hint: Any) -> list[Any]:
    return [hint, *(part for inner in get_args(hint) for part in _parts(inner))]


def may(actor: Actor, verb: Verb) -> bool:
    assert verb.asks is not None
    return allowed(actor, verb.asks)


# Who shows a verb at work, where several may.
USUAL = (Role.RECEPTION, Role.DOCTOR, Role.PHARMACIST, Role.MANAGER, Role.ANALYST, Role.ADMIN)
