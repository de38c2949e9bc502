"""What the shelves are worth: now, at the end of a day, or at any other moment."""

from datetime import datetime, time, timedelta

import streamlit as st

from core import clock, inventory, spreadsheet
from core.inventory import Valuation
from pages.ui.session import clinic, current_actor
from pages.ui.show import empty, moment, money, table
from pages.ui.work import reading, refusals_shown

NOW, YESTERDAY, MONTH, OTHER = "Now", "End of yesterday", "End of last month", "Another moment"


def value() -> None:
    with refusals_shown():
        at, actor = _moment(), current_actor()
        with reading() as session:
            valuation = inventory.valuation(session, actor, at)
        _show(valuation)


def _moment() -> datetime | None:
    """None is now."""
    when = st.segmented_control("As of", [NOW, YESTERDAY, MONTH, OTHER], default=NOW, required=True, key="value_as_of")
    today = clock.today()
    if when == NOW:
        return None
    if when == OTHER:
        left, right, _ = st.columns([2, 2, 3])
        day = left.date_input("Day", today, max_value=today, key="value_day", format="DD.MM.YYYY", required=True)
        at = right.time_input("Time", time(), key="value_time", required=True)
        return clock.at(day, at)
    return clock.day_bounds(today if when == YESTERDAY else today.replace(day=1))[0] - timedelta(microseconds=1)


def _show(valuation: Valuation) -> None:
    worth, in_date, expired = st.columns(3)
    worth.metric("Worth at cost", money(valuation.cost), border=True, help="All that lay on the shelves, blocked too.")
    in_date.metric("In date", money(valuation.in_date_cost), border=True)
    expired.metric("Expired", money(valuation.expired_cost), border=True, help="Lay there and could not be handed out.")
    if not valuation.medicines:
        empty(f"Nothing lay on the shelves: {moment(valuation.at)}.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[{len(valuation.medicines):,} medicines · {moment(valuation.at)}]", width="stretch")
        _download(valuation)
    currency = clinic().currency
    amounts = {
        name: st.column_config.NumberColumn(f"{name}, {currency}", format="%.2f") for name in ("Cost", "Of it expired")
    }
    rows: list[dict[str, object]] = [
        {
            **{"Medicine": each.name, "In date": each.in_date, "Expired": each.expired, "Unit": each.unit},
            **{"Cost": float(each.cost), "Of it expired": float(each.expired_cost)},
        }
        for each in valuation.medicines
    ]
    table(rows, "", columns=amounts)


def _download(valuation: Valuation) -> None:
    names = ("Medicine", "Unit", "In date", "Expired", "Cost in date", "Cost expired", "Cost")
    rows = [
        (each.name, each.unit, each.in_date, each.expired, each.in_date_cost, each.expired_cost, each.cost)
        for each in valuation.medicines
    ]
    total = ("Total", "", "", "", valuation.in_date_cost, valuation.expired_cost, valuation.cost)
    at = f"{clock.local(valuation.at):%Y-%m-%d-%H%M}"
    st.download_button(
        "CSV", lambda: spreadsheet.csv(names, [*rows, total]), f"stock-value-{at}.csv", spreadsheet.MIME[".csv"],
        on_click="ignore", icon=":material/download:", key="value_csv",
    )  # fmt: skip
