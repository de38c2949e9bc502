"""Stock-takes that are over: which there were, and what one of them changed."""

from collections.abc import Sequence

import streamlit as st

from core import clock, spreadsheet
from core.inventory.stock_takes import LineRecord, StockTakeRecord, StockTakeState, Summary
from core.spreadsheet import harmless
from pages.ui.session import clinic
from pages.ui.show import clinic_day, clock_time, empty, moment, money, plain, table
from pages.ui.stock_address import show

_NAMES = ("Medicine", "Batch", "Books", "Counted", "Difference", "Value", "Why", "By", "At")
WORDS = {StockTakeState.OPEN: "Open", StockTakeState.POSTED: "Posted", StockTakeState.CANCELLED: "Given up"}


def past(takes: Sequence[Summary]) -> None:
    st.subheader("Stock-takes before", anchor=False)
    if not takes:
        empty("No stock-take yet.", "checklist")
        return

    def clicked() -> None:
        show("Count", take=takes[st.session_state["open_take"].row].stock_take_id)

    st.dataframe(
        [_row(take) for take in takes],
        hide_index=True,
        column_config={
            "Number": st.column_config.ButtonColumn(
                key="open_take", type="tertiary", alignment="left", width=90, pinned=True, on_click=clicked
            ),
            "Found less missing": st.column_config.NumberColumn(
                f"Found less missing, {clinic().currency}", format="%+.2f"
            ),
        },
        alt="Stock-takes, the newest first",
    )


def posted(take: StockTakeRecord) -> None:
    summary = take.summary
    st.button("All stock-takes", icon=":material/arrow_back:", type="tertiary", on_click=show, args=("Count",))
    about = f"{summary.note} · " if summary.note else ""
    about += f"begun by {summary.started_by}, {moment(summary.started_at)}"
    about += f" · {WORDS[summary.state].lower()} by {summary.ended_by}, {moment(summary.ended_at)}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{summary.number}** {WORDS[summary.state]}  \n:small[:gray[{plain(about)}]]", width="stretch")
        st.download_button(
            "CSV", lambda: spreadsheet.csv(_NAMES, [_cells(line) for line in take.lines]), f"{summary.number}.csv",
            spreadsheet.MIME[".csv"], on_click="ignore", icon=":material/download:", key="take_csv",
        )  # fmt: skip
    counted, missing, found = st.columns(3)
    counted.metric("Counted", f"{summary.counted:,}", border=True)
    missing.metric("Missing, at cost", money(-take.missing), border=True)
    found.metric("Found, at cost", money(take.found), border=True)
    lines: list[dict[str, object]] = [dict(zip(_NAMES, _shown(line), strict=True)) for line in take.differences]
    signed = {
        "Difference": st.column_config.NumberColumn(format="%+d"),
        "Value": st.column_config.NumberColumn(f"Value, {clinic().currency}", format="%+.2f"),
    }
    table(lines, "What was counted is what the books said.", "check", columns=signed)


def _row(take: Summary) -> dict[str, object]:
    return {
        "Number": take.number,
        "State": WORDS[take.state],
        "What": harmless(take.note),
        "Begun": moment(take.started_at),
        "By": harmless(take.started_by),
        "Counted": take.counted,
        "Differences": take.different,
        "Found less missing": float(take.value),
    }


def _cells(line: LineRecord) -> tuple[object, ...]:
    return (
        *(line.batch.medicine, line.batch.number, line.booked, line.counted, line.difference, line.value),
        *(line.reason, line.counted_by, clinic_day(clock.day_of(line.counted_at))),
    )


def _shown(line: LineRecord) -> tuple[object, ...]:
    *cells, _ = _cells(line)
    return (*cells[:5], float(line.value), *cells[6:], clock_time(line.counted_at))
