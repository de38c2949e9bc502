"""What the shelves ask for: tiles, what to order and what to do about what expires."""

import numpy as np
import pandas as pd

from core.words import later, say, say_count
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard import View
from pages.ui.figures.dashboard_tables import day_column, money_column, number_column, table, text_column
from pages.ui.figures.dashboard_tiles import Tile, tiles

UNKNOWN_LEAD_DAYS = 7.0
ORDER_FOR_DAYS, SOON_DAYS, LOOK_AHEAD_DAYS = 30, 7, 180


def numbers(on_hand: pd.DataFrame, batches: pd.DataFrame) -> None:
    """Takes `stock_on_hand()` and `expiry()`."""
    money = dashboard.here().money_round
    expired = batches[batches["days_left"] < 0]
    risk = batches[(batches["days_left"] >= 0) & (batches["at_risk_units"] > 0)]
    asked = to_order(on_hand)
    sold_out = int(((on_hand["on_hand"] == 0) & (on_hand["used_per_day"] > 0)).sum())
    tiles(
        [
            _now(
                say("Value"),
                money(on_hand["value"].sum()),
                say("All on hand at cost, expired and blocked units too."),
                say_count(len(on_hand), "{count:,} medicine", "{count:,} medicines"),
            ),
            _now(
                say("Order"),
                f"{len(asked):,}",
                say("Medicines that would not last a week beyond a delivery, or are at their reorder level."),
                say("{number:,} sold out", number=sold_out),
            ),
            _now(
                say("At risk"),
                money(risk["at_risk_value"].sum()),
                say("At cost: what will not be used before it expires, at the pace of the last months."),
                _batches(risk),
            ),
            _now(
                say("Expired"),
                money(expired["value"].sum()),
                say("At cost: it still lies on the shelf and is no stock."),
                _batches(expired),
            ),
        ],
        columns=4,
    )


def to_order(on_hand: pd.DataFrame) -> pd.DataFrame:
    """Medicines that will not last a week beyond a delivery, or are at their reorder level; the most urgent first.

    Rows of `stock_on_hand()` with `what` to do, the days each still `lasts` and the units to `order`.
    """
    lead, cover = on_hand["lead_days"].fillna(UNKNOWN_LEAD_DAYS), on_hand["days_of_cover"]
    late, soon = cover < lead, cover < lead + SOON_DAYS
    low = (on_hand["on_hand"] <= on_hand["reorder_level"]) & (on_hand[["used_per_day", "reorder_level"]] > 0).any(
        axis=1
    )
    what = np.select(
        [on_hand["on_hand"] == 0, late, soon],
        [later("Sold out: order now"), later("Order now: runs out before a delivery"), later("Order this week")],
        later("Order: at the reorder level"),
    )
    lasting = np.ceil(on_hand["used_per_day"] * (lead + ORDER_FOR_DAYS) - on_hand["on_hand"])
    above_level = on_hand["reorder_level"] - on_hand["on_hand"] + 1
    told = on_hand.assign(
        what=what, lasts=cover.replace(np.inf, np.nan).round(), order=np.maximum(lasting, above_level)
    )
    return told[soon | low].sort_values(["days_of_cover", "used_per_day"], ascending=[True, False])


def running_out(on_hand: pd.DataFrame, view: View) -> None:
    columns = {
        "medicine": text_column(say("Medicine"), width=198),
        "what": text_column(say("What to do"), width=215),
        "order": number_column(
            say("Order"),
            width=52,
            help=say("Lasts {days} days beyond the delivery.", days=ORDER_FOR_DAYS),
        ),
        "unit": text_column(say("Unit"), width=62),
        "on_hand": number_column(say("On hand"), width=68),
        "on_order": number_column(say("On order"), width=70, help=say("Still to come of open orders.")),
        "lasts": number_column(
            say("Lasts, days"), width=80, help=say("At the pace of the last months; empty: none is used.")
        ),
        "lead_days": number_column(say("Delivery, days"), width=98, help=say("Of the usual supplier; empty: unknown.")),
    }
    table(
        "running_out",
        say("Running out"),
        to_order(on_hand),
        columns,
        view,
        say("Everything lasts a week and more beyond the next delivery."),
        said=("what", "unit"),
    )


def expiring(batches: pd.DataFrame, view: View) -> None:
    """Batches that are expired, or will not be used up in time within half a year."""
    near = batches[(batches["days_left"] <= LOOK_AHEAD_DAYS) & (batches["at_risk_units"] > 0)]
    what = np.select(
        [near["days_left"] < 0, near["at_risk_units"] >= near["on_hand"]],
        [later("Write it off"), later("Return it, or use it first")],
        later("Use it first"),
    )
    columns = {
        "medicine": text_column(say("Medicine"), width=240),
        "what": text_column(say("What to do"), width=156),
        "batch_number": text_column(say("Batch"), width=80),
        "expires_on": day_column(say("Expires"), width=88),
        "days_left": number_column(say("Days left"), width=68),
        "on_hand": number_column(say("On hand"), width=68),
        "at_risk_units": number_column(say("At risk"), width=58, help=say("Units that will not be used by then.")),
        "at_risk_value": money_column(say("Money"), width=84, help=say("What is at risk, at cost.")),
    }
    title = say("Expiring within {days} days, and not used up by then", days=LOOK_AHEAD_DAYS)
    near = near.assign(what=what, at_risk_units=near["at_risk_units"].round())
    table("expiring", title, near, columns, view, say("Everything is used up before it expires."), said=("what",))


def _now(title: str, value: str, explained: str, note: str) -> Tile:
    return Tile(title, value, None, None, say("now"), explained, note=note)


def _batches(found: pd.DataFrame) -> str:
    return say_count(len(found), "{count:,} batch", "{count:,} batches")
