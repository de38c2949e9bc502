"""What the shelves are worth: now, at the end of a day, or at any other moment."""

from datetime import datetime, time, timedelta

import streamlit as st

from core import clock, dosage, inventory, spreadsheet
from core.inventory import Valuation
from core.words import later, say, say_count
from pages.ui.session import clinic, current_actor
from pages.ui.show import day_format, empty, moment, money, table
from pages.ui.work import reading, refusals_shown

NOW, YESTERDAY, MONTH, OTHER = (
    later("Now"),
    later("End of yesterday"),
    later("End of last month"),
    later("Another moment"),
)


def value() -> None:
    with refusals_shown():
        at, actor = _moment(), current_actor()
        with reading() as session:
            valuation = inventory.valuation(session, actor, at)
        _show(valuation)


def _moment() -> datetime | None:
    """None is now."""
    when = st.segmented_control(
        say("As of"),
        [NOW, YESTERDAY, MONTH, OTHER],
        default=NOW,
        required=True,
        key="value_as_of",
        format_func=say,
    )
    today = clock.today()
    if when == NOW:
        return None
    if when == OTHER:
        left, right, _ = st.columns([2, 2, 3])
        day = left.date_input(say("Day"), today, max_value=today, key="value_day", format=day_format(), required=True)
        at = right.time_input(say("Time"), time(), key="value_time", required=True)
        return clock.at(day, at)
    return clock.day_bounds(today if when == YESTERDAY else today.replace(day=1))[0] - timedelta(microseconds=1)


def _show(valuation: Valuation) -> None:
    worth, in_date, expired = st.columns(3)
    worth.metric(
        say("Worth at cost"), money(valuation.cost), border=True, help=say("All that lay on the shelves, blocked too.")
    )
    in_date.metric(say("In date"), money(valuation.in_date_cost), border=True)
    expired.metric(
        say("Expired"), money(valuation.expired_cost), border=True, help=say("Lay there and could not be handed out.")
    )
    if not valuation.medicines:
        empty(say("Nothing lay on the shelves: {at}.", at=moment(valuation.at)))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        medicines = say_count(len(valuation.medicines), "{count:,} medicine", "{count:,} medicines")
        st.markdown(f":gray[{medicines} · {moment(valuation.at)}]", width="stretch")
        _download(valuation)
    currency = clinic().currency
    amounts = {
        name: st.column_config.NumberColumn(f"{name}, {currency}", format="%.2f")
        for name in (say("Cost"), say("Of it expired"))
    }
    rows: list[dict[str, object]] = [
        {
            **{
                say("Medicine"): each.name,
                say("In date"): each.in_date,
                say("Expired"): each.expired,
                say("Unit"): dosage.counted(1, each.unit),
            },
            **{say("Cost"): float(each.cost), say("Of it expired"): float(each.expired_cost)},
        }
        for each in valuation.medicines
    ]
    table(rows, "", columns=amounts)


def _download(valuation: Valuation) -> None:
    names = ("Medicine", "Unit", "In date", "Expired", "Cost in date", "Cost expired", "Cost")  # of a file: English
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
