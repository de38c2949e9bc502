"""Stock-takes that are over: which there were, and what one of them changed."""

from collections.abc import Sequence

import streamlit as st

from core import clock, spreadsheet
from core.inventory.stock_takes import LineRecord, StockTakeRecord, StockTakeState, Summary
from core.spreadsheet import harmless
from core.words import later, say, written
from pages.ui.session import clinic
from pages.ui.show import clinic_day, clock_time, empty, moment, money, plain, table
from pages.ui.stock.stock_address import show

_NAMES = (
    *(later("Medicine"), later("Batch"), later("Books"), later("Counted"), later("Difference")),
    *(later("Value"), later("Why"), later("By"), later("At")),
)
WORDS = {
    StockTakeState.OPEN: later("Open"),
    StockTakeState.POSTED: later("Posted"),
    StockTakeState.CANCELLED: later("Given up"),
}


def past(takes: Sequence[Summary]) -> None:
    st.subheader(say("Stock-takes before"), anchor=False)
    if not takes:
        empty(say("No stock-take yet."), "checklist")
        return

    def clicked() -> None:
        show("Count", take=takes[st.session_state["open_take"].row].stock_take_id)

    st.dataframe(
        [_row(take) for take in takes],
        hide_index=True,
        column_config={
            say("Number"): st.column_config.ButtonColumn(
                key="open_take", type="tertiary", alignment="left", width=90, pinned=True, on_click=clicked
            ),
            say("Found less missing"): st.column_config.NumberColumn(
                say("Found less missing, {currency}", currency=clinic().currency), format="%+.2f"
            ),
        },
        alt=say("Stock-takes, the newest first"),
    )


def posted(take: StockTakeRecord) -> None:
    summary = take.summary
    st.button(say("All stock-takes"), icon=":material/arrow_back:", type="tertiary", on_click=show, args=("Count",))
    about = " · ".join(filter(None, (summary.note, begun(summary), _ended(summary))))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{summary.number}** {say(WORDS[summary.state])}  \n:small[:gray[{plain(about)}]]", width="stretch"
        )
        st.download_button(
            "CSV", lambda: spreadsheet.csv(_NAMES, [_cells(line) for line in take.lines]), f"{summary.number}.csv",
            spreadsheet.MIME[".csv"], on_click="ignore", icon=":material/download:", key="take_csv",
        )  # fmt: skip
    counted, missing, found = st.columns(3)
    counted.metric(say("Counted"), written(summary.counted), border=True)
    missing.metric(say("Missing, at cost"), money(-take.missing), border=True)
    found.metric(say("Found, at cost"), money(take.found), border=True)
    lines: list[dict[str, object]] = [
        dict(zip(map(say, _NAMES), _shown(line), strict=True)) for line in take.differences
    ]
    signed = {
        say("Difference"): st.column_config.NumberColumn(format="%+d"),
        say("Value"): st.column_config.NumberColumn(
            say("Value, {currency}", currency=clinic().currency), format="%+.2f"
        ),
    }
    table(lines, say("What was counted is what the books said."), "check", columns=signed)


def begun(of: Summary) -> str:
    return say("begun by {person}, {moment}", person=of.started_by, moment=moment(of.started_at))


def _ended(of: Summary) -> str:
    posted = of.state is StockTakeState.POSTED
    told = later("posted by {person}, {moment}") if posted else later("given up by {person}, {moment}")
    return say(told, person=of.ended_by, moment=moment(of.ended_at))


def _row(take: Summary) -> dict[str, object]:
    return {
        say("Number"): take.number,
        say("State"): say(WORDS[take.state]),
        say("What"): harmless(take.note),
        say("Begun"): moment(take.started_at),
        say("By"): harmless(take.started_by),
        say("Counted"): take.counted,
        say("Differences"): take.different,
        say("Found less missing"): float(take.value),
    }


def _cells(line: LineRecord) -> tuple[object, ...]:
    return (
        *(line.batch.medicine, line.batch.number, line.booked, line.counted, line.difference, line.value),
        *(line.reason, line.counted_by, clinic_day(clock.day_of(line.counted_at))),
    )


def _shown(line: LineRecord) -> tuple[object, ...]:
    *cells, _ = _cells(line)
    return (*cells[:5], float(line.value), say(line.reason), line.counted_by, clock_time(line.counted_at))
