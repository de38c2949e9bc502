"""A question and how its figure is made: one truth for the page that shows it and for the code that an analyst gets.

The page shows `recipe.figure()`; a notebook runs `recipe.code()`, which does the same. So frames are narrowed by
keyword arguments only, never by what a page does to them afterwards.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics import feed

Frame = Callable[..., pd.DataFrame]
CLINIC = "clinic"  # the argument of a figure that is no frame
_PLAIN = (date, str, int, float, bool, type(None))
_TAKEN = {CLINIC, "analytics", "charts", "date", "figure"}


def _read(frame: Frame, **arguments: Any) -> pd.DataFrame:
    return frame(**arguments)


@dataclass(frozen=True)
class Recipe:
    """`frames`: name → function of core.analytics and its keyword arguments (days, texts, numbers).

    `chart` is a function of core.analytics.charts. `arguments` are what it takes, in its order: names of frames, or
    "clinic"; if none are given, those of its parameters that are so named. `options` are its other keyword arguments.
    Raises ValueError where that cannot be written as code.
    """

    question: str
    frames: Mapping[str, tuple[Frame, Mapping[str, Any]]]
    chart: Callable[..., go.Figure]
    arguments: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    caveats: Sequence[str] = ()

    def __post_init__(self) -> None:
        wrong = [name for name in self.frames if not name.isidentifier() or name in _TAKEN]
        wrong += [name for name in self.arguments if name not in {*self.frames, CLINIC}]
        values = [*self.options.items(), *(pair for _, given in self.frames.values() for pair in given.items())]
        wrong += [name for name, value in values if not isinstance(value, _PLAIN)]
        if wrong or not self.frames:
            raise ValueError(f"not a recipe that can be written as code: {wrong or 'no frames'}")

    def data(self, read: Callable[..., pd.DataFrame] = _read) -> pd.DataFrame:
        """The first frame. `read(function, **arguments)` may keep what was read before."""
        function, arguments = next(iter(self.frames.values()))
        return read(function, **arguments)

    def figure(self, read: Callable[..., pd.DataFrame] = _read) -> go.Figure:
        known: dict[str, Any] = {name: read(frame, **arguments) for name, (frame, arguments) in self.frames.items()}
        taken = self._taken()
        if CLINIC in taken.values():
            known[CLINIC] = feed.clinic()
        return self.chart(**{parameter: known[name] for parameter, name in taken.items()}, **self.options)

    def code(self) -> str:
        """Python that runs as it is and ends with the figure."""
        return "\n\n".join(["\n".join(lines) for lines in (self.imports(), self.parameters(), self.steps()) if lines])

    def imports(self) -> list[str]:
        days = any(type(value) is date for value in self._parameters().values())
        return [*(["from datetime import date", ""] if days else []), "from core import analytics"]

    def parameters(self) -> list[str]:
        return [f"{name} = {_written(value)}" for name, value in self._parameters().items()]

    def steps(self) -> list[str]:
        return [*self.reading(), *self.drawing()]

    def reading(self) -> list[str]:
        """The frames."""
        names = {(frame, argument): name for name, frame, argument in self._named()}
        return [
            f"{name} = analytics.{function.__name__}({', '.join(f'{key}={names[name, key]}' for key in arguments)})"
            for name, (function, arguments) in self.frames.items()
        ]

    def drawing(self) -> list[str]:
        taken = self._taken()
        written = [f"{parameter}={name}" for parameter, name in taken.items()]
        written += [f"{name}={_written(value)}" for name, value in self.options.items()]
        clinic = ["clinic = analytics.clinic()"] if CLINIC in taken.values() else []
        return [*clinic, f"figure = analytics.charts.{self.chart.__name__}({', '.join(written)})", "figure"]

    def _taken(self) -> dict[str, str]:
        """What the chart takes: its parameter → the name of a frame, or "clinic"."""
        parameters = list(inspect.signature(self.chart).parameters)
        if self.arguments:
            return dict(zip(parameters, self.arguments, strict=False))
        return {parameter: parameter for parameter in parameters if parameter in {*self.frames, CLINIC}}

    def _parameters(self) -> dict[str, Any]:
        """What stands at the top of the code, by name: once what several frames are given alike."""
        return {name: self.frames[frame][1][argument] for name, frame, argument in self._named()}

    def _named(self) -> Iterator[tuple[str, str, str]]:
        """Name of the parameter, frame and argument: FIRST, and BEFORE_FIRST where a frame is given another one."""
        values: dict[str, Any] = {}
        for frame, (_, arguments) in self.frames.items():
            for argument, value in arguments.items():
                plain = argument.upper()
                name = plain if values.setdefault(plain, value) == value else f"{frame}_{plain}".upper()
                yield name, frame, argument


def _written(value: Any) -> str:
    return f"date({value.year}, {value.month}, {value.day})" if isinstance(value, date) else repr(value)
