"""How sure a share is, and whether a series has changed or only wavers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
RUN = 8


def wilson(hits: ArrayLike, trials: ArrayLike, z: float = 1.96) -> tuple[Floats, Floats]:
    """The 95 % interval of shares (Wilson 1927), each within 0 and 1; NaN where nothing was tried."""
    k, n = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


@dataclass(frozen=True)
class Control:
    """An XmR chart (Wheeler): limits at 2.66 mean moving ranges. `change` marks the points that are no noise: beyond
    a limit, or in a run of eight or more on one side of the mean."""

    mean: float
    low: float
    high: float
    change: NDArray[np.bool_]
    in_run: NDArray[np.bool_]


def xmr(values: ArrayLike) -> Control:
    """Of a series without gaps; shorter than two, its limits lie on its mean."""
    series: Floats = np.asarray(values, dtype=float)
    mean = float(series.mean()) if series.size else float("nan")
    moving = float(np.abs(np.diff(series)).mean()) if series.size > 1 else 0.0
    low, high = mean - 2.66 * moving, mean + 2.66 * moving
    runs = _runs(np.sign(np.round(series - mean, 12)))
    return Control(mean, low, high, (series < low - 1e-12) | (series > high + 1e-12) | runs, runs)


def _runs(sides: NDArray[Any]) -> NDArray[np.bool_]:
    """The points of every run of eight or more on one side; a point on the mean ends a run."""
    marked = np.zeros(len(sides), dtype=bool)
    starts = np.flatnonzero(np.diff(sides, prepend=np.nan) != 0)
    for start, end in zip(starts, [*starts[1:], len(sides)], strict=True):
        if end - start >= RUN and sides[start]:
            marked[start:end] = True
    return marked
