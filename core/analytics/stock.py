"""Stock that moved: every movement, and months of them by medicine."""

from datetime import date

import pandas as pd

from core.analytics import columns as c
from core.analytics import feed, reading, store
from core.analytics.frames import amounts, framed, on_clock, on_days

STOCK_MOVEMENTS = [
    c.moment("moved_at", "When"),
    c.whole("medicine_id", "The medicine's number"),
    c.text("medicine", "Its name as it is now"),
    c.whole("batch_id", "The batch's number here"),
    c.text("batch_number", "What is printed on the batch"),
    c.text("movement_type", "IN, OUT or ADJUSTMENT"),
    c.text("reason", "RECEIVED, DISPENSED, RETURNED, ADJUSTED, EXPIRED, WRITTEN_OFF, TRANSFERRED or SENT_BACK"),
    c.whole("quantity", "Signed only for ADJUSTMENT", "units"),
    c.whole("change", "Always signed; its sum over all time is what is on hand", "units"),
    c.money("value", "The change at cost"),
]
_UNITS = [
    c.whole("received", "From suppliers", "units"),
    c.whole("dispensed", "Handed over", "units"),
    c.whole("returned", "Brought back by patients", "units"),
    c.whole("expired", "Written off after their last day", "units"),
    c.whole("adjusted", "Found more or less at a count, signed", "units"),
    c.whole("written_off", "Damaged, spoilt or lost", "units"),
    c.whole("transferred", "Handed on to another place", "units"),
    c.whole("sent_back", "To their supplier", "units"),
]
_VALUES = [
    c.money("received_value", "Received, at cost"),
    c.money("dispensed_value", "Dispensed, at cost"),
    c.money("returned_value", "Returned, at cost"),
    c.money("expired_value", "Expired, at cost"),
    c.money("adjusted_value", "Adjusted, at cost, signed"),
    c.money("written_off_value", "Written off, at cost"),
    c.money("transferred_value", "Transferred, at cost"),
    c.money("sent_back_value", "Sent back, at cost"),
    c.money("value_change", "Of everything on hand, at cost, signed; its sum over all months is the stock's value"),
]
CONSUMPTION = [
    c.day("month", "The first of the month"),
    c.whole("medicine_id", "The medicine's number"),
    c.text("medicine", "Its name as it is now"),
    *_UNITS,
    *_VALUES,
]
_LOST = {"EXPIRED": ("expired", 1), "WRITTEN_OFF": ("written_off", 1), "ADJUSTED": ("adjusted", -1)}
STOCK_LOSSES = [
    c.day("month", "The first of the month"),
    c.whole("medicine_id", "The medicine's number"),
    c.text("medicine", "Its name as it is now"),
    c.category("reason", "EXPIRED, WRITTEN_OFF (damaged, spoilt, lost) or ADJUSTED (missing at a count)", [*_LOST]),
    c.whole("units", "Lost; negative where a count found more", "units"),
    c.money("lost_value", "The same, at cost"),
]


@c.described(STOCK_MOVEMENTS)
def stock_movements(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per movement of stock, oldest first, on clinic days `first` to `last`, both included."""
    zone = feed.clinic().zone
    rows = list(reading.by_moment("stock_movements", "timestamp", first, last, zone))
    plain = ("batch_id", "batch_number", "movement_type", "reason", "quantity", "change")
    values = {name: [row[name] for row in rows] for name in plain} | {
        "moved_at": on_clock([row["timestamp"] for row in rows], zone),
        "medicine_id": [row["medicine"]["id"] for row in rows],
        "medicine": [row["medicine"]["name"] for row in rows],
        "value": (amounts([row["unit_cost"] for row in rows]) * [row["change"] for row in rows]).round(2),
    }
    return framed(values, c.types(STOCK_MOVEMENTS))


@c.described(CONSUMPTION)
def consumption(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per month and medicine that moved in it; whole months, those that the period touches."""
    since = first.replace(day=1) if first else None
    months = reading.by_day("monthly_stock", "date", since, last, days=reading.YEAR)
    rows = [(month["date"], row) for month in months for row in month["medicines"]]
    names = {row["_id"]: row["name"] for row in store.find("stock_levels", None, ["name"])}
    values = {
        "month": on_days([month for month, _ in rows]),
        "medicine_id": [row["id"] for _, row in rows],
        "medicine": [names.get(row["id"], f"Medicine {row['id']}") for _, row in rows],
    }
    values |= {column.name: [row[column.name] for _, row in rows] for column in _UNITS}
    values |= {column.name: amounts([row[column.name] for _, row in rows]) for column in _VALUES}
    return framed(values, c.types(CONSUMPTION))


@c.described(STOCK_LOSSES)
def stock_losses(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per month, medicine and reason for which stock was lost; whole months, those that the period touches.

    What was handed on or sent back is no loss.
    """
    used = consumption(first, last)
    parts = [
        used.assign(reason=reason, units=sign * used[kind], lost_value=sign * used[f"{kind}_value"])
        for reason, (kind, sign) in _LOST.items()
    ]
    lost = pd.concat(parts, ignore_index=True)
    frame = framed(lost[lost["units"] != 0], c.types(STOCK_LOSSES))
    return frame.sort_values(["month", "medicine_id", "reason"], ignore_index=True)
