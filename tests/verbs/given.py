"""What an example gives to its verb."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.permissions import Actor, Role

WHY = "It was asked for"


@dataclass(frozen=True)
class With:
    """The arguments after the actor; `by` somebody, or a role, where the usual one for the permission does not fit."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    by: Actor | Role | None = None


def given(*args, by=None, **kwargs):
    return With(args, kwargs, by)


def fresh(what):
    """A name nobody has yet."""
    return f"{what} {uuid.uuid4().hex[:8]}"
