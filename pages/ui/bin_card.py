"""The bin card of a medicine on the screen, as CSV and as PDF."""

from datetime import date, timedelta

import streamlit as st

from core import clock, inventory, papers, spreadsheet
from core.inventory import BinCard, BinLine, MovementReason
from core.papers import Column, ListPaper
from core.spreadsheet import harmless
from pages.ui.session import clinic, current_actor
from pages.ui.show import clinic_day, empty, moment, plain, units
from pages.ui.work import reading, refusals_shown

REASONS = {
    MovementReason.RECEIVED: "Received",
    MovementReason.DISPENSED: "Handed over",
    MovementReason.RETURNED: "Brought back",
    MovementReason.ADJUSTED: "Corrected",
    MovementReason.EXPIRED: "Expired",
    MovementReason.WRITTEN_OFF: "Written off",
    MovementReason.TRANSFERRED: "Handed on",
    MovementReason.SENT_BACK: "Sent back",
}
SPANS = {"30 days": 30, "90 days": 90, "A year": 365}
OTHER = "Other days"
_NAMES = ("When", "What", "Paper", "Batch", "Change", "Left", "Left in batch", "Note", "By")
_COLUMNS = (
    *(Column("When"), Column("What"), Column("Paper"), Column("Batch", 2), Column("Change", 0, True)),
    *(Column("Left", 0, True), Column("Left in batch", 0, True), Column("Note", 4), Column("By", 2)),
)


def bin_card(medicine_id: int) -> None:
    """Every unit that came or went in some days, the newest first, with what was there before and after."""
    first, last = _period(clock.today())
    with refusals_shown():
        actor = current_actor()
        with reading() as session:
            card = inventory.bin_card(session, actor, medicine_id, first, last)
        _show(card)


def _show(card: BinCard) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_sums(card), width="stretch")
        _downloads(card)
    if not card.lines:
        empty("Nothing came or went on these days.", "swap_vert")
        return
    numbers = list(dict.fromkeys(line.batch_number for line in card.lines))
    chosen = st.selectbox("Batch", ["All batches", *numbers], width=260) if len(numbers) > 1 else "All batches"
    shown = [line for line in reversed(card.lines) if chosen in ("All batches", line.batch_number)]
    rows = [dict(zip(_NAMES, map(harmless, (moment(line.moved_at), *_cells(line))), strict=True)) for line in shown]
    looks = {
        "Change": st.column_config.NumberColumn(format="%+d"),
        "Left": st.column_config.NumberColumn(help="Of the medicine, all batches together."),
        "Note": st.column_config.TextColumn(width=150),
    }
    st.dataframe(rows, hide_index=True, column_config=looks, alt="Movements of this medicine, the newest first")


def _period(today: date) -> tuple[date, date]:
    span = st.segmented_control(
        "Days of the bin card", [*SPANS, OTHER], default="90 days", required=True, key="bin_days",
        label_visibility="collapsed",
    )  # fmt: skip
    if span != OTHER:
        return today - timedelta(days=SPANS[span] - 1), today
    usual = (today.replace(day=1), today)
    chosen = st.date_input("From and to", usual, max_value=today, key="bin_period", format="DD.MM.YYYY", width=260)
    return (chosen[0], chosen[-1]) if isinstance(chosen, tuple) and chosen else usual


def _sums(card: BinCard) -> str:
    return (
        f"{card.opening:,} on {clinic_day(card.first)} :green[+ {card.came:,} came] :red[− {card.went:,} went]"
        f" = **{units(card.closing, plain(card.unit))}** on {clinic_day(card.last)}"
    )


def _downloads(card: BinCard) -> None:
    name, paper = f"bin-card-{card.first}-to-{card.last}", _paper(card)
    lines = [(clock.local(line.moved_at).replace(tzinfo=None), *_cells(line)) for line in card.lines]
    st.download_button(
        "CSV", lambda: spreadsheet.csv(_NAMES, lines), f"{name}.csv", spreadsheet.MIME[".csv"], on_click="ignore",
        icon=":material/download:", key="bin_csv",
    )  # fmt: skip
    st.download_button(
        "PDF", lambda: papers.list_paper(paper), f"{name}.pdf", "application/pdf", on_click="ignore",
        icon=":material/picture_as_pdf:", key="bin_pdf",
    )  # fmt: skip


def _cells(line: BinLine) -> tuple[object, ...]:
    """But the moment, which every place writes in its own way."""
    return (
        *(REASONS[line.reason], line.reference, line.batch_number, line.change, line.left, line.left_in_batch),
        *(line.note, line.moved_by),
    )


def _paper(card: BinCard) -> ListPaper:
    rows = [(moment(line.moved_at), *map(_written, _cells(line))) for line in card.lines]
    opening, closing = f"{card.opening:,}", units(card.closing, card.unit)
    return ListPaper(
        clinic().name,
        f"Bin card: {card.medicine}",
        (
            *(("From", clinic_day(card.first)), ("To", clinic_day(card.last)), ("Opening", opening)),
            *(("Came", f"{card.came:,}"), ("Went", f"{card.went:,}"), ("Closing", closing)),
        ),
        _COLUMNS,
        tuple(rows),
        wide=True,
    )


def _written(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
