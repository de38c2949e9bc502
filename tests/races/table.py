"""Races as a table: what two people do at the same moment, what the second one hears, and what holds afterwards.

Each is a function that makes its world and returns the two steps. test_table.py runs it twice: with the guards of Qure,
and in a database without any, where the same check must see that it went wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

Step = Callable[[Session], object]
Prepare = Callable[[Session], tuple[Step, Step]]
RACES: list["Race"] = []


@dataclass(frozen=True)
class Race:
    """`holds` is SQL; `hears` the refusal of the second, None if it is answered.

    `careless` is what stands in for a step that is safe by its own nature where no guard is left: module, name, other.
    """

    prepare: Prepare
    hears: type[Exception] | None
    holds: str
    careless: tuple[object, str, object] | None = None
    in_a_clinic: bool = True  # or before there is one


def race(holds: str, hears: type[Exception] | None = None, **options: Any) -> Callable[[Prepare], Prepare]:
    def entered(prepare: Prepare) -> Prepare:
        RACES.append(Race(prepare, hears, holds, **options))
        return prepare

    return entered


def does(verb: Callable[..., object], *arguments: object, **options: object) -> Step:
    return lambda session: verb(session, *arguments, **options)
