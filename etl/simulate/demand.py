"""How many come on a day, and at what time."""

from collections.abc import Sequence
from datetime import date
from math import exp
from random import Random

from core.analytics.replay import Seat

_WEEKDAYS = (1.24, 1.04, 0.95, 0.95, 1.00, 0.82, 0.0)  # Monday is full, Sunday closed; the six add up to six
_MONTHS = (1.06, 0.98, 0.94, 0.90, 0.88, 0.97, 1.12, 1.16, 1.10, 1.00, 0.93, 0.98)  # the rains fill the clinic
_CLOSED = frozenset({(1, 26), (8, 15), (10, 2), (12, 25)})


def is_open(day: date) -> bool:
    return _WEEKDAYS[day.weekday()] > 0 and (day.month, day.day) not in _CLOSED


def expected(day: date, patients_per_day: float) -> float:
    """Arrivals to expect on a day that is open, if it is `patients_per_day` over the year."""
    return patients_per_day * _WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1] if is_open(day) else 0.0


def poisson(rng: Random, mean: float) -> int:
    """Knuth's product for small means, the normal approximation for large ones."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    limit, product, number = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number


def walk_in_minute(rng: Random, seats: Sequence[Seat]) -> float:
    """Most come in the morning, some after work; nobody in the last half hour."""
    opens = min(seat.hours[0][0] for seat in seats)
    closes = max(seat.hours[-1][1] for seat in seats) - 30
    peak = opens + 60 if rng.random() < 0.62 else max(opens, closes - 75)
    latest = opens + 240 if peak == opens + 60 else closes
    return rng.triangular(max(opens - 15, peak - 150), min(latest, closes), peak)
