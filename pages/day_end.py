"""End of day: what is still open, one button that closes it, and what was left undone."""

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from core import clock, day_end
from core.billing import InvoiceCard, Piled
from core.day_end import DayEnded, LeftUndone, StillOpen
from core.drawers import OpenDay
from core.permissions import Permission, allowed
from core.words import say, say_count
from pages import ui

MOST_SHOWN = 12

actor = ui.page(say("End of day"), Permission.END_DAY)
today = clock.today()


@dataclass(frozen=True)
class Left:
    """One kind of what is open: in words, each in a line, and the screen where it is mended.

    `count` is how many there are where not all are among the rows.
    """

    title: str
    rows: list[str]
    sentence: str = ""
    to: str = ""
    count: int = 0


def ending(left: LeftUndone) -> None:
    """What the button closes, then the button."""
    st.subheader(say("Still open"), anchor=False)
    side_by_side(
        say("Nobody is in the queue, and nobody who was booked is missing."),
        Left(
            say("In the queue"),
            [*map(open_line, left.tokens)],
            say("They will be marked as left; a visit that has begun stays open."),
        ),
        Left(
            say("Booked, not come"),
            [*map(open_line, left.appointments)],
            say("They will be marked as not come."),
        ),
    )
    if st.button(
        say("End {day}", day=ui.full_day(day)), key=ui.form_key("end_day"), type="primary", shortcut="Ctrl+Enter",
        width="stretch", icon=":material/nightlight:", disabled=not meant(len(left.tokens)),
    ):  # fmt: skip
        with ui.refusals_shown():
            ui.flash(in_words(ui.act("end_day", day_end.end_day, day)), icon="nightlight")


def meant(in_queue: int) -> bool:
    """Nobody is sent home by a key pressed too early: while today goes on, one has to say so."""
    if day < today or not in_queue:
        return True
    asked = say_count(
        in_queue,
        "{count} person still stands in today's queue. End the day nevertheless.",
        "{count} people still stand in today's queue. End the day nevertheless.",
    )
    return st.checkbox(asked)


def undone(left: LeftUndone) -> None:
    """What no button closes."""
    st.subheader(say("Left undone"), anchor=False)
    unbilled = [f"{ui.plain(visit.patient)} :small[:gray[{ui.plain(visit.doctor)}]]" for visit in left.unbilled]
    in_the_room = say("The doctor completes or cancels each in the room.")
    side_by_side(
        say("Nothing is left undone."),
        Left(say("Visits not completed"), [*map(open_line, left.visits)], in_the_room),
        Left(say("Visits without a bill"), unbilled, to="cash"),
        bills(say("Bills to be paid"), left.unpaid, to="cash"),
        bills(say("Medicines to be handed over"), left.not_handed_over, to="counter"),
        Left(
            say("Drawers not closed"),
            [*map(drawer_line, left.drawers)],
            to="drawers" if allowed(actor, Permission.CLOSE_DRAWERS) else "close-day",
        ),
    )


def bills(title: str, found: Piled, to: str) -> Left:
    return Left(title, [*map(bill_line, found.newest)], to=to, count=found.count)


def side_by_side(nothing: str, *kinds: Left) -> None:
    """Nothing is shown of what is all right."""
    found = [kind for kind in kinds if kind.rows]
    if not found:
        ui.empty(nothing, "check")
    columns = st.columns(2, gap="medium")
    for at, kind in enumerate(found):
        with columns[at % 2], st.container(border=True):
            card(kind)


def card(kind: Left) -> None:
    count = kind.count or len(kind.rows)
    st.markdown(f"**{kind.title}: {count:,}**")
    if kind.sentence:
        st.caption(kind.sentence)
    st.markdown("  \n".join(kind.rows[:MOST_SHOWN]))
    if others := kind.rows[MOST_SHOWN:]:
        with st.expander(say("and {count:,} more", count=len(others))):
            st.markdown("  \n".join(others))
    elif count > len(kind.rows):
        st.caption(say("and {count:,} more", count=count - len(kind.rows)))
    if kind.to and ui.open_to(kind.to, actor):
        ui.link(kind.to)


def open_line(row: StillOpen) -> str:
    number = f"**{row.number}** " if row.number else ""
    when = ui.clock_time(row.at) if row.day == day else ui.moment(row.at)
    doctor = ui.plain(row.doctor or say("First free doctor"))
    return f"{number}{ui.plain(row.patient)} :small[:gray[{doctor} · {when}]]"


def bill_line(bill: InvoiceCard) -> str:
    return f"{ui.plain(bill.patient)} :small[:gray[{ui.plain(bill.number)} · {ui.clinic_day(bill.issued_on)}]]"


def drawer_line(drawer: OpenDay) -> str:
    return f"{ui.plain(drawer.cashier)} :small[:gray[{ui.clinic_day(drawer.day)}]]"


def in_words(done: DayEnded) -> str:
    tokens, appointments = done.no_shows + done.finished, done.appointments
    if not tokens and not appointments:
        return say("{day} is ended; nobody was left in the queue", day=ui.clinic_day(done.day))
    told = {"day": ui.clinic_day(done.day), "tokens": tokens, "missed": appointments}
    return say("{day} is ended: {tokens} taken out of the queue, {missed} marked as not come", **told)


with ui.reading() as session:
    forgotten = day_end.forgotten_days(session, actor)
day = st.date_input(
    say("Day"), forgotten[-1] if forgotten else today, min_value=today - timedelta(days=366), max_value=today,
    format=ui.day_format(), width=220,
)  # fmt: skip
with ui.reading() as session:
    found = day_end.left_undone(session, actor, day)
    ended = day_end.ended_at(session, actor, day)
if forgotten:
    days = ", ".join(ui.clinic_day(one) for one in forgotten[-3:])
    told = say("Not ended yet: {days}. Ending a day closes those before it, too.", days=days)
    st.warning(told, icon=":material/nightlight:")
if ended:
    st.caption(say("Ended {time}. It may be ended again: what came since is closed then.", time=ui.moment(ended)))
ending(found)
undone(found)
