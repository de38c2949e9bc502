"""What is on hand now: how long it lasts, and what will expire before it is used."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.analytics import columns as c
from core.analytics import feed, store
from core.analytics.days import first_day
from core.analytics.documents import midnight
from core.analytics.frames import Numbers, amounts, framed, on_clock, on_days

_MONTHS_OF_USE = 3  # before the current one
_MEDICINE = [
    c.whole("medicine_id", "The medicine's number"),
    c.text("medicine", "Its name"),
]
_UNIT = c.text("unit", "What is counted: tablet, ml …")
STOCK_ON_HAND = [
    *_MEDICINE,
    c.text("generic", "Its active substance"),
    _UNIT,
    c.whole("on_hand", "Usable: neither expired nor blocked", "units"),
    c.whole("expired", "Still on the shelf, and no stock any more", "units"),
    c.whole("blocked", "Not expired, and recalled", "units"),
    c.money("value", "Of all on hand at cost, expired and blocked too"),
    c.whole("reorder_level", "Order when no more than this is usable", "units"),
    c.number("used_per_day", "Dispensed in this calendar month and the three before", "units per calendar day"),
    c.number("days_of_cover", "on_hand / used_per_day; infinite if nothing is used", "days"),
    c.text("supplier", 'Whom it is usually ordered from, else who sent the newest batch; "" if unknown'),
    c.number("lead_days", "From order to delivery, of that supplier; NaN if unknown", "days"),
    c.whole("on_order", "Still to come of open orders", "units"),
    c.flag("controlled", "Kept in the register of controlled medicines"),
    c.moment("last_dispensed", "NaT if never"),
]
EXPIRY = [
    *_MEDICINE,
    _UNIT,
    c.text("batch_number", "What is printed on the batch"),
    c.day("expires_on", "The last day on which it may be used"),
    c.whole("days_left", "Until then; negative once expired", "days"),
    c.whole("on_hand", "Usable or not", "units"),
    c.money("value", "At cost"),
    c.number("at_risk_units", "What will not be used by then at the present pace; all of it if expired or blocked"),
    c.money("at_risk_value", "The same, at cost"),
]


@c.described(STOCK_ON_HAND)
def stock_on_hand(on: date | None = None) -> pd.DataFrame:
    """One row per medicine that is on hand or not withdrawn, by name. What is on hand is so now; `on`, or the day of
    the last feed, decides what has expired."""
    levels = list(store.find("stock_levels"))
    batches = _batches(levels, on)
    ids = [row["_id"] for row in levels]
    kinds = {
        "expired": batches["days_left"] < 0,
        "blocked": (batches["days_left"] >= 0) & batches["blocked"],
        "on_hand": batches["usable"],
    }
    sums = {name: _summed(batches, batches["on_hand"].where(kind, 0), ids) for name, kind in kinds.items()}
    pace = _pace(on).reindex(ids, fill_value=0.0).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        cover = np.where(pace > 0, sums["on_hand"] / pace, np.inf)
    values = _named(levels) | {
        "generic": [row["generic"] for row in levels],
        **sums,
        "value": _summed(batches, batches["value"], ids).round(2),
        "reorder_level": [row["reorder_level"] for row in levels],
        "used_per_day": pace,
        "days_of_cover": cover,
        **{name: [row[name] for row in levels] for name in ("supplier", "lead_days", "on_order", "controlled")},
        "last_dispensed": on_clock([row["last_dispensed"] for row in levels], feed.clinic().zone),
    }
    frame = framed(values, c.types(STOCK_ON_HAND))
    gone = np.array([row["withdrawn"] for row in levels], dtype=bool) & (frame[list(kinds)].sum(axis=1) == 0)
    return frame[~gone].sort_values(["medicine", "medicine_id"], ignore_index=True)


@c.described(EXPIRY)
def expiry(on: date | None = None) -> pd.DataFrame:
    """One row per batch on hand, first to expire first; `days_left` counts from `on`, or the day of the last feed.

    The pace is that of `stock_on_hand`, and the batch of a medicine that expires first is used first.
    """
    batches = _batches(list(store.find("stock_levels")), on).sort_values(
        ["expires_on", "batch_number"], ignore_index=True
    )
    used = _used_in_time(batches, _pace(on))
    batches["at_risk_units"] = (batches["on_hand"] - used).round(1)
    batches["at_risk_value"] = (batches["at_risk_units"] * batches["unit_cost"]).round(2)
    return framed(batches, c.types(EXPIRY))


def _named(levels: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "medicine_id": [row["_id"] for row in levels],
        "medicine": [row["name"] for row in levels],
        "unit": [row["unit"] for row in levels],
    }


def _batches(levels: list[dict[str, Any]], on: date | None) -> pd.DataFrame:
    """Those on hand: columns of EXPIRY, unit_cost, and whether they are blocked and usable."""
    found = [(row, batch) for row in levels for batch in row["batches"] if batch["on_hand"]]
    today = pd.Timestamp(on or feed.known_through() or 0)
    expires = on_days([batch["expires_on"] for _, batch in found])
    frame = pd.DataFrame(
        _named([row for row, _ in found])
        | {
            "batch_number": [batch["number"] for _, batch in found],
            "expires_on": expires,
            "days_left": (expires - today).days,
            "on_hand": np.array([batch["on_hand"] for _, batch in found], dtype="int64"),
            "unit_cost": amounts([batch["unit_cost"] for _, batch in found]),
            "blocked": np.array([batch["blocked"] for _, batch in found], dtype=bool),
        }
    )
    frame["value"] = (frame["on_hand"] * frame["unit_cost"]).round(2)
    frame["usable"] = (frame["days_left"] >= 0) & ~frame["blocked"]
    return frame


def _pace(on: date | None) -> "pd.Series[float]":
    """Units a day by medicine."""
    today = on or feed.known_through()
    if today is None:
        return pd.Series(dtype="float64")
    since = (pd.Timestamp(today).replace(day=1) - pd.DateOffset(months=_MONTHS_OF_USE)).date()
    days = (today - max(since, first_day() or since)).days + 1
    period = {"date": {"$gte": midnight(since), "$lte": midnight(today)}}
    months = store.find("monthly_stock", period, ["medicines.id", "medicines.dispensed"])
    units = [(row["id"], row["dispensed"]) for month in months for row in month["medicines"]]
    used = pd.DataFrame(units, columns=["id", "dispensed"]).astype("int64").groupby("id")["dispensed"].sum()
    return used / days


def _summed(batches: pd.DataFrame, values: pd.Series, ids: list[int]) -> Any:
    return values.groupby(batches["medicine_id"]).sum().reindex(ids, fill_value=0).to_numpy()


def _used_in_time(batches: pd.DataFrame, pace: "pd.Series[float]") -> Numbers:
    """Units of each batch that are used by its last day. `batches` come in the order in which they are used."""
    used = np.zeros(len(batches))
    so_far: dict[int, float] = {}
    columns = (batches[name].tolist() for name in ("medicine_id", "days_left", "on_hand", "usable"))
    for place, (medicine, days_left, on_hand, usable) in enumerate(zip(*columns, strict=True)):
        if usable:
            before = so_far.get(medicine, 0.0)
            used[place] = min(on_hand, max(0.0, float(pace.get(medicine, 0.0)) * (days_left + 1) - before))
            so_far[medicine] = before + used[place]
    return used
