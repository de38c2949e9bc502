"""The places in a call where something can stand: ids, texts, numbers and days, also inside lists and typed records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from inspect import signature
from typing import Any

# What a screen was given by an earlier answer and hands back as it is: nobody types it.
_SHOWN = {"taken", "seen", "drawn_from", "board", "owed", "check", "tell"}
_SHOWN_TO = {f"auth.second_factor.{name}": {"new", "recovery"} for name in ("turn_on", "address_for_app")}
LEAVES = (str, int, Decimal, date, bytes)


@dataclass(frozen=True)
class Place:
    """`path` leads to it through the arguments by name; `name` is that of the argument or field it is in."""

    path: tuple[Any, ...]
    name: str
    value: Any

    @property
    def is_id(self) -> bool:
        return type(self.value) is int and (self.path[-1] == _KEY or self.name.endswith(("_id", "_ids")))

    def __str__(self) -> str:
        return ".".join(str(getattr(step, "name", step)) for step in self.path)


_KEY = "key"


@dataclass(frozen=True)
class _Key:
    """The key of a mapping instead of what it leads to."""

    key: Any


def arguments(built) -> dict[str, Any]:
    """By name, without session and actor."""
    before = (None, None) if built.verb.takes_session else (None,)
    bound = signature(built.verb.function).bind(*before, *built.args, **built.kwargs).arguments
    named = {name: value for name, value in bound.items() if name not in {"session", "actor"}}
    return named.pop("values", {}) | named


def places(built) -> list[Place]:
    shown = _SHOWN | _SHOWN_TO.get(built.verb.name, set())
    typed = {name: value for name, value in arguments(built).items() if name not in shown}
    return [place for name, value in typed.items() for place in _inside(value, (name,), name)]


def _inside(value: Any, path: tuple[Any, ...], name: str) -> Iterator[Place]:
    if isinstance(value, LEAVES) and not isinstance(value, bool | Enum):
        yield Place(path, name, value)
    if isinstance(value, Mapping):
        yield from (Place((*path, _Key(key), _KEY), name, key) for key in value if type(key) is int)
    for step, inner in _parts(value):
        yield from _inside(inner, (*path, step), step if is_dataclass(value) else name)


def _parts(value: Any) -> list[tuple[Any, Any]]:
    if is_dataclass(value):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list | tuple) else []


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of the value with something else in one place."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, _Key):
        return {new if key == step.key else key: inner for key, inner in value.items()}
    if isinstance(value, Mapping):
        return {**value, step: put(value[step], rest, new)}
    if is_dataclass(value):
        return replace(value, **{step: put(getattr(value, step), rest, new)})
    changed = [put(inner, rest, new) if place == step else inner for place, inner in enumerate(value)]
    return tuple(changed) if isinstance(value, tuple) else changed
