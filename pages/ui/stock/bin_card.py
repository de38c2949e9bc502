"""The bin card of a medicine on the screen, as CSV and as PDF."""

from datetime import date, timedelta

import streamlit as st

from core import clock, inventory, papers, spreadsheet
from core.called import in_english
from core.inventory import BinCard, BinLine
from core.papers import Column, ListPaper
from core.spreadsheet import harmless
from core.words import later, say, written
from pages.ui.session import clinic, current_actor
from pages.ui.show import clinic_day, empty, moment, plain, units
from pages.ui.spans import OWN, own_dates
from pages.ui.work import reading, refusals_shown

SPANS = {later("30 days"): 30, later("90 days"): 90, later("A year"): 365}
USUAL = "90 days"
_NAMES = ("When", "What", "Paper", "Batch", "Change", "Left", "Left in batch", "Note", "By")  # of a file: English
_CHANGE, _ON_HAND, _NOTE = later("Moved"), later("On hand"), later("Note")
_SHOWN = (
    *(later("When"), later("What"), later("Paper"), later("Batch")),
    *(_CHANGE, _ON_HAND, later("Of the batch"), _NOTE, later("By")),
)
_ALL_BATCHES = ""


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
    chosen = _batch(numbers) if len(numbers) > 1 else _ALL_BATCHES
    shown = [line for line in reversed(card.lines) if chosen in (_ALL_BATCHES, line.batch_number)]
    names = list(map(say, _SHOWN))
    rows = [dict(zip(names, map(harmless, (moment(line.moved_at), *_said(line))), strict=True)) for line in shown]
    looks = {
        say(_CHANGE): st.column_config.NumberColumn(format="%+d"),
        say(_ON_HAND): st.column_config.NumberColumn(help=say("Of the medicine, all batches together.")),
        say(_NOTE): st.column_config.TextColumn(width=150),
    }
    st.dataframe(rows, hide_index=True, column_config=looks, alt=say("Movements of this medicine, the newest first"))


def _batch(numbers: list[str]) -> str:
    return st.selectbox(
        say("Batch"), [_ALL_BATCHES, *numbers], width=260, format_func=lambda number: number or say("All batches")
    )


def _period(today: date) -> tuple[date, date]:
    span = st.segmented_control(
        say("Days of the bin card"), [*SPANS, OWN], default=USUAL, required=True, key="bin_days",
        format_func=say, label_visibility="collapsed",
    )  # fmt: skip
    if span != OWN:
        return today - timedelta(days=SPANS[span] - 1), today
    return own_dates("bin_period", (today.replace(day=1), today), max_value=today, width=260)


def _sums(card: BinCard) -> str:
    opened = say("{count:,} on {day}", count=card.opening, day=clinic_day(card.first))
    came, went = say("{count:,} came", count=card.came), say("{count:,} went", count=card.went)
    left = units(card.closing, plain(card.unit))
    closed = say("**{units}** on {day}", units=left, day=clinic_day(card.last))
    return f"{opened} :green[+ {came}] :red[− {went}] = {closed}"


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
        *(in_english(line.reason), line.reference, line.batch_number, line.change, line.left, line.left_in_batch),
        *(line.note, line.moved_by),
    )


def _said(line: BinLine) -> tuple[object, ...]:
    """As people read it: what happened, and a note of ours, in their language."""
    what, paper, batch, *numbers, note, by = _cells(line)
    return (say(str(what)), paper, batch, *numbers, say(str(note)), by)


def _paper(card: BinCard) -> ListPaper:
    rows = [(moment(line.moved_at), *map(_written, _said(line))) for line in card.lines]
    opening, closing = written(card.opening), units(card.closing, card.unit)
    return ListPaper(
        clinic().name,
        say("Bin card: {medicine}", medicine=card.medicine),
        (
            *((say("First day"), clinic_day(card.first)), (say("Last day"), clinic_day(card.last))),
            (say("Opening"), opening),
            *((say("Came"), written(card.came)), (say("Went"), written(card.went)), (say("Closing"), closing)),
        ),
        _columns(),
        tuple(rows),
        wide=True,
    )


def _written(value: object) -> str:
    return written(value) if isinstance(value, int) else str(value)


def _columns() -> tuple[Column, ...]:
    looks: tuple[tuple[int, bool], ...] = (*[(0, False)] * 3, (2, False), *[(0, True)] * 3, (4, False), (2, False))
    return tuple(Column(say(name), *look) for name, look in zip(_SHOWN, looks, strict=True))
