"""What was ordered, when it was promised and when it came."""

from datetime import date

import numpy as np
import pandas as pd

from core.analytics import columns as c
from core.analytics import reading
from core.analytics.frames import amounts, framed, on_days

PURCHASE_ORDERS = [
    c.day("date", "Day on which it was ordered"),
    c.text("number", "Of the order"),
    c.text("supplier", "As it is called now"),
    c.text("state", "ORDERED, RECEIVED (all came, or the rest will not) or CANCELLED"),
    c.day("expected", "Day for which it was promised"),
    c.day("arrived", "Day on which the first of it came; NaT if nothing did yet"),
    c.day("last_arrived", "Day on which the last of it came until now; NaT if nothing did yet"),
    c.number("days_promised", "From the order to the day it was promised for", "days"),
    c.number("days_taken", "From the order to its first delivery; NaN if nothing came yet", "days"),
    c.number("days_late", "First delivery after the day promised, negative if before; NaN if nothing came yet", "days"),
    c.whole("lines", "Medicines on it"),
    c.whole("ordered_units", "Of all medicines", "units"),
    c.whole("received_units", "Until now; a supplier may send more than was ordered", "units"),
    c.whole("short_units", "Ordered and not received, yet or ever", "units"),
    c.money("ordered_value", "At the prices agreed"),
]


@c.described(PURCHASE_ORDERS)
def purchase_orders(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per order placed on the clinic days `first` to `last`, both included, by day."""
    rows = list(reading.by_day("purchase_orders", "date", first, last, days=reading.YEAR))
    ordered, expected = (on_days([row[name] for row in rows]) for name in ("date", "expected_on"))
    arrived, last_arrived = (
        on_days([row["arrived_on"][place] if row["arrived_on"] else None for row in rows]) for place in (0, -1)
    )
    values = {
        "date": ordered,
        "supplier": [row["supplier"]["name"] for row in rows],
        "expected": expected,
        "arrived": arrived,
        "last_arrived": last_arrived,
        "days_promised": np.asarray((expected - ordered).days, dtype="float64"),
        "days_taken": np.asarray((arrived - ordered).days, dtype="float64"),
        "days_late": np.asarray((arrived - expected).days, dtype="float64"),
        "ordered_value": amounts([row["ordered_value"] for row in rows]),
    }
    plain = ("number", "state", "lines", "ordered_units", "received_units", "short_units")
    return framed(values | {name: [row[name] for row in rows] for name in plain}, c.types(PURCHASE_ORDERS))
