"""Leave: one as a row, and the dialogs that add it, show whom it hits, and take it back."""

from collections.abc import Sequence
from datetime import date, time

import streamlit as st

from core import clock, scheduling
from core.scheduling import DoctorWeek, Leave, LeaveRecord, SlotRecord, SlotState
from core.words import later, say, say_count
from pages import ui
from pages.ui.calendar.slots import still_booked
from pages.ui.dialog import dialog
from pages.ui.reasons import because

REASONS = (later("Holiday"), later("Ill"), later("Conference"), later("Meeting"), later("Comes late"))
MOST_SHOWN = 10


def row(one: LeaveRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        reason = f"  \n:small[:gray[{ui.plain(say(one.leave.reason))}]]" if one.leave.reason else ""
        st.markdown(f"**{ui.plain(one.doctor_name)}** · {one.leave.in_words(ui.clinic())}{reason}", width="stretch")
        with st.container(horizontal=True, width="content", wrap=False):
            if one.booked:
                st.button(
                    say("{count} booked", count=len(one.booked)), key=f"hit_{one.leave_id}", icon=":material/call:",
                    on_click=ui.open_dialog, args=["leave.hit", one.leave_id],
                )  # fmt: skip
            st.button(
                say("Take back"), key=f"back_{one.leave_id}", icon=":material/undo:", type="tertiary",
                on_click=ui.open_dialog, args=["leave.back", one.leave_id],
            )  # fmt: skip


def whom_it_hits(booked: Sequence[SlotRecord]) -> None:
    """Who is to be called, by day, each day with the way to the calendar."""
    shown: dict[date, list[SlotRecord]] = {}
    for slot in booked[:MOST_SHOWN]:
        shown.setdefault(clock.day_of(slot.starts_at), []).append(slot)
    for day, slots in shown.items():
        st.markdown("  \n".join([f":small[:gray[{ui.full_day(day)}]]", *map(_line, slots)]))
        ui.link("calendar", say("Move them in the calendar"), day=day.isoformat(), doctor=slots[0].doctor_name)
    if len(booked) > MOST_SHOWN:
        st.caption(say("and {count:,} more", count=len(booked) - MOST_SHOWN))


def dialogs(weeks: Sequence[DoctorWeek], away: Sequence[LeaveRecord]) -> None:
    """The one that is open, if any."""
    by_id = {one.leave_id: one for one in away}
    if ui.opened("leave.add"):
        _add(weeks)
    if one := by_id.get(ui.opened("leave.hit")):
        _hit(one)
    if one := by_id.get(ui.opened("leave.back")):
        _take_back(one)


@dialog(later("New leave"), icon=":material/flight_takeoff:", width="medium", on_dismiss=ui.close_dialog)
def _add(weeks: Sequence[DoctorWeek]) -> None:
    """No form: whom it hits follows what is chosen."""
    doctors = {one.doctor.doctor_id: one.doctor.name for one in weeks}
    only = 0 if len(doctors) == 1 else None  # whoever comes first in the alphabet is nobody's choice
    doctor_id = st.selectbox(
        say("Doctor"), list(doctors), only, format_func=doctors.__getitem__, placeholder=say("Choose"),
        key="leave_doctor",
    )  # fmt: skip
    left, right = st.columns(2)
    first_on = left.date_input(say("First day"), clock.today(), format=ui.day_format(), key="leave_first")
    last_on = right.date_input(say("Last day"), first_on, format=ui.day_format())
    part = st.toggle(say("Only a part of each day"), key="leave_part")
    starts, ends = _part() if part else (None, None)
    reason = because(REASONS, key="leave_reason")
    if doctor_id is None or first_on is None or last_on is None:
        st.button(say("Add"), key="leave_not_yet", type="primary", width="stretch", disabled=True)
        return
    wanted, actor = Leave(first_on, last_on, reason, starts, ends), ui.current_actor()
    with ui.reading() as session:
        touched = scheduling.touched_by_leave(session, actor, doctor_id, wanted)
    _preview(touched)
    key = ui.form_key("leave")
    if st.button(say("Add"), key=key, type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with ui.refusals_shown():
            added = ui.act("leave", scheduling.add_leave, doctor_id, wanted)
            _done(added.leave_id if added.booked else None)
            told = say_count(
                added.closed,
                "{doctor} is away {when}; {count} slot closed",
                "{doctor} is away {when}; {count} slots closed",
                doctor=doctors[doctor_id],
                when=wanted.in_words(ui.clinic()),
            )
            ui.flash(told, "flight_takeoff")


def _part() -> tuple[time | None, time | None]:
    left, right = st.columns(2)
    starts = left.time_input(say("From"), time(9), step=300, format="localized", key="leave_starts")
    ends = right.time_input(say("Until"), time(13), step=300, format="localized", key="leave_ends")
    return starts, ends


def _preview(touched: Sequence[SlotRecord]) -> None:
    booked = [slot for slot in touched if slot.state is SlotState.BOOKED]
    free = sum(slot.state is SlotState.FREE for slot in touched)
    closed = say_count(free, "{count} slot will be closed.", "{count} slots will be closed.")
    st.markdown(closed if free else f":gray[{say('No free slots in this time.')}]")
    if booked:
        st.warning(still_booked(len(booked)), icon=":material/call:")
        whom_it_hits(booked)


@dialog(later("Booked in this leave"), icon=":material/call:", on_dismiss=ui.close_dialog)
def _hit(one: LeaveRecord) -> None:
    doctor = ui.plain(one.doctor_name)
    st.markdown(
        say("**{doctor}** is away, {when}. Call these patients:", doctor=doctor, when=one.leave.in_words(ui.clinic()))
    )
    whom_it_hits(one.booked)


@dialog(later("Take this leave back?"), icon=":material/undo:", on_dismiss=ui.close_dialog)
def _take_back(one: LeaveRecord) -> None:
    told = [
        f"**{ui.plain(one.doctor_name)}**, {one.leave.in_words(ui.clinic())}.",
        say("The slots it closed are free again; those that were closed by hand stay closed."),
    ]
    if one.leave.first_on < clock.today():
        told.append(say("What is over of it stays on record."))
    st.markdown(" ".join(told))
    name = f"leave_back_{one.leave_id}"
    if st.button(say("Take it back"), key=ui.form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with ui.refusals_shown():
            freed = ui.act(name, scheduling.remove_leave, one.leave_id)
            _done()
            back = say_count(
                freed, "Leave taken back; {count} slot free again", "Leave taken back; {count} slots free again"
            )
            ui.flash(back, "undo")


def _line(slot: SlotRecord) -> str:
    return (
        f"{ui.clock_time(slot.starts_at)} · **{ui.plain(slot.patient_name or '')}** · {slot.phone or say('no phone')}"
    )


def _done(hits: int | None = None) -> None:
    """Whoever is hit stays in sight: those calls are the next work."""
    if hits is None:
        ui.close_dialog()
    else:
        ui.open_dialog("leave.hit", hits)
