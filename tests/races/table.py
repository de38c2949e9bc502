"""Races as a table: what two people do at the same moment, what the second one hears, and what holds afterwards.

Each is a function that makes its world and returns the two steps. test_table.py runs it twice: with the guards of Qure,
and in a database without any, where the same check must see that it went wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

Step = Callable[[Session], object]
RACES: list["Race"] = []


@dataclass(frozen=True)
class Race:
    """`holds` is SQL; `hears` the refusal of the second, None if it is answered.

    `careless` is what stands in for a step that is safe by its own nature where no guard is left: module, name, other.
    """

    prepare: Callable[[Session], tuple[Step, Step]]
    hears: type[Exception] | None
    holds: str
    careless: tuple[object, str, object] | None = None


def race(
    holds: str, hears: type[Exception] | None = None, *, careless: tuple[object, str, object] | None = None
) -> Callable[..., Callable[[Session], tuple[Step, Step]]]:
    def entered(prepare: Callable[[Session], tuple[Step, Step]]) -> Callable[[Session], tuple[Step, Step]]:
        RACES.append(Race(prepare, hears, holds, careless))
        return prepare

    return entered


def does(verb: Callable[..., object], *arguments: object, **options: object) -> Step:
    return lambda session: verb(session, *arguments, **options)
