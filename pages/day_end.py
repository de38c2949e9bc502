"""End of day: what is still open, one button that closes it, and what was left undone."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import streamlit as st

from core import clock, day_end
from core.billing import InvoiceCard
from core.day_end import DayEnded, LeftUndone, StillOpen
from core.permissions import Permission
from pages import ui

MOST_SHOWN = 12

actor = ui.page("End of day", Permission.END_DAY)
today = clock.today()


def ending(left: LeftUndone) -> None:
    """What the button closes, then the button."""
    st.subheader("Still open", anchor=False)
    if not left.tokens and not left.appointments:
        ui.empty("Nobody is in the queue, and nobody who was booked is missing.", "check")
    queue, book = st.columns(2, gap="medium")
    with queue:
        card("In the queue", "They are marked as left; a visit that has begun stays open.", left.tokens)
    with book:
        card("Booked, not come", "They are marked as not come.", left.appointments)
    if st.button(
        f"End {ui.full_day(day)}", key=ui.form_key("end_day"), type="primary", shortcut="Ctrl+Enter", width="stretch",
        icon=":material/nightlight:",
    ):  # fmt: skip
        with ui.refusals_shown():
            ui.flash(in_words(ui.act("end_day", day_end.end_day, day)), icon="nightlight")


def undone(left: LeftUndone) -> None:
    """What no button closes, each with the screen where it is mended."""
    st.subheader("Left undone", anchor=False)
    if not any((left.visits, left.unbilled, left.unpaid, left.not_handed_over)):
        ui.empty("Nothing is left undone.", "check")
        return
    first, second = st.columns(2, gap="medium")
    with first:
        card("Visits not completed", "The doctor completes or cancels each in the room.", left.visits)
        unbilled = [f"{ui.plain(visit.patient)} :small[:gray[{ui.plain(visit.doctor)}]]" for visit in left.unbilled]
        lines("Visits without a bill", unbilled, to="cash")
    with second:
        lines("Bills to be paid", map(bill_line, left.unpaid), to="cash")
        lines("Medicines to be handed over", map(bill_line, left.not_handed_over), to="counter")


def card(title: str, sentence: str, rows: Sequence[StillOpen]) -> None:
    """Nothing is shown of what is all right."""
    if rows:
        lines(title, map(open_line, rows), sentence)


def lines(title: str, rows: Iterable[str], sentence: str = "", to: str = "") -> None:
    found = list(rows)
    if not found:
        return
    with st.container(border=True):
        st.markdown(f"**{title}: {len(found)}**")
        if sentence:
            st.caption(sentence)
        st.markdown("  \n".join(found[:MOST_SHOWN]))
        if len(found) > MOST_SHOWN:
            st.caption(f"and {len(found) - MOST_SHOWN} more")
        if to and ui.open_to(to, actor):
            ui.link(to)


def open_line(row: StillOpen) -> str:
    number = f"**{row.number}** " if row.number else ""
    when = ui.clock_time(row.at) if row.day == day else ui.moment(row.at)
    doctor = ui.plain(row.doctor or "First free doctor")
    return f"{number}{ui.plain(row.patient)} :small[:gray[{doctor} · {when}]]"


def bill_line(bill: InvoiceCard) -> str:
    return f"{ui.plain(bill.patient)} :small[:gray[{ui.plain(bill.number)} · {ui.clinic_day(bill.issued_on)}]]"


def in_words(done: DayEnded) -> str:
    tokens, appointments = done.no_shows + done.finished, done.appointments
    if not tokens and not appointments:
        return f"{ui.clinic_day(done.day)} is ended; nothing was open"
    return f"{ui.clinic_day(done.day)} is ended: {tokens} taken out of the queue, {appointments} marked as not come"


with ui.reading() as session:
    forgotten = day_end.forgotten_days(session, actor)
day = st.date_input(
    "Day", forgotten[-1] if forgotten else today, min_value=today - timedelta(days=366), max_value=today, width=220
)
with ui.reading() as session:
    found = day_end.left_undone(session, actor, day)
    ended = day_end.ended_at(session, actor, day)
if forgotten:
    names = ", ".join(ui.clinic_day(one) for one in forgotten[-3:])
    st.warning(f"Not ended yet: {names}. Ending a day closes those before it, too.", icon=":material/nightlight:")
if ended:
    st.caption(f"Ended {ui.moment(ended)}. It may be ended again: what came since is closed then.")
ending(found)
undone(found)
