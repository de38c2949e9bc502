"""The bin card of a medicine on the screen, as CSV and as PDF."""

from datetime import date, timedelta

import streamlit as st

from core import clock, inventory, papers, spreadsheet
from core.inventory import BinCard, BinLine, MovementReason
from core.papers import Column, ListPaper
from core.spreadsheet import harmless
from core.words import later, say
from pages.ui.session import clinic, current_actor
from pages.ui.show import clinic_day, empty, moment, plain, units
from pages.ui.work import reading, refusals_shown

REASONS = {
    MovementReason.RECEIVED: later("Received"),
    MovementReason.DISPENSED: later("Handed over"),
    MovementReason.RETURNED: later("Brought back"),
    MovementReason.ADJUSTED: later("Corrected"),
    MovementReason.EXPIRED: later("Expired"),
    MovementReason.WRITTEN_OFF: later("Written off"),
    MovementReason.TRANSFERRED: later("Handed on"),
    MovementReason.SENT_BACK: later("Sent back"),
}
SPANS = {later("30 days"): 30, later("90 days"): 90, later("A year"): 365}
OTHER = later("Other days")
_NAMES = (
    later("When"),
    later("What"),
    later("Paper"),
    later("Batch"),
    later("Change"),
    later("Left"),
    later("Left in batch"),
    later("Note"),
    later("By"),
)
_COLUMNS = (
    *(
        Column(later("When")),
        Column(later("What")),
        Column(later("Paper")),
        Column(later("Batch"), 2),
        Column(later("Change"), 0, True),
    ),
    *(
        Column(later("Left"), 0, True),
        Column(later("Left in batch"), 0, True),
        Column(later("Note"), 4),
        Column(later("By"), 2),
    ),
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
        empty(say("Nothing came or went on these days."), "swap_vert")
        return
    numbers = list(dict.fromkeys(line.batch_number for line in card.lines))
    chosen = (
        st.selectbox(say("Batch"), [say("All batches"), *numbers], width=260)
        if len(numbers) > 1
        else say("All batches")
    )
    shown = [line for line in reversed(card.lines) if chosen in ("All batches", line.batch_number)]
    rows = [dict(zip(_NAMES, map(harmless, (moment(line.moved_at), *_cells(line))), strict=True)) for line in shown]
    looks = {
        say("Change"): st.column_config.NumberColumn(format="%+d"),
        say("Left"): st.column_config.NumberColumn(help=say("Of the medicine, all batches together.")),
        say("Note"): st.column_config.TextColumn(width=150),
    }
    st.dataframe(rows, hide_index=True, column_config=looks, alt=say("Movements of this medicine, the newest first"))


def _period(today: date) -> tuple[date, date]:
    span = st.segmented_control(
        say("Days of the bin card"), [*SPANS, OTHER], default=say("90 days"), required=True, key="bin_days",
        label_visibility="collapsed",
    )  # fmt: skip
    if span != OTHER:
        return today - timedelta(days=SPANS[span] - 1), today
    usual = (today.replace(day=1), today)
    chosen = st.date_input(say("From and to"), usual, max_value=today, key="bin_period", format="DD.MM.YYYY", width=260)
    return (chosen[0], chosen[-1]) if isinstance(chosen, tuple) and chosen else usual


def _sums(card: BinCard) -> str:
    return say(
        "{opening:,} on {first} :green[+ {came:,} came] :red[− {went:,} went] = **{closing}** on {last}",
        opening=card.opening,
        first=clinic_day(card.first),
        came=card.came,
        went=card.went,
        closing=units(card.closing, plain(card.unit)),
        last=clinic_day(card.last),
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
        say("Bin card: {medicine}", medicine=card.medicine),
        (
            *((say("From"), clinic_day(card.first)), (say("To"), clinic_day(card.last)), (say("Opening"), opening)),
            *((say("Came"), f"{card.came:,}"), (say("Went"), f"{card.went:,}"), (say("Closing"), closing)),
        ),
        _COLUMNS,
        tuple(rows),
        wide=True,
    )


def _written(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
