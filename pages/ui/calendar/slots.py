"""Slots on the calendar: one as a button, and the dialogs that open and block many."""

from collections.abc import Sequence
from datetime import date, time, timedelta

import streamlit as st

from core import clock, scheduling
from core.scheduling import Blocked, SlotPlan, SlotRecord, SlotsOpened, SlotState
from core.users import DoctorChoice
from core.words import later, say, say_count
from pages import ui
from pages.ui.calendar import booking
from pages.ui.dialog import dialog
from pages.ui.show import told

MINUTES = (5, 10, 15, 20, 30, 45, 60)


def column(slots: Sequence[SlotRecord], room: str) -> None:
    """A doctor's day."""
    st.subheader(ui.plain(slots[0].doctor_name), anchor=False)
    st.caption(" · ".join(filter(None, (ui.plain(room), summary(slots)))))
    with st.grid("auto", min_column_width=190, gap="xsmall"):
        for slot in useful(slots):
            button(slot)


def useful(slots: Sequence[SlotRecord]) -> list[SlotRecord]:
    """Without those that have begun and nobody booked, which are of no use any more: they are only counted."""
    now = clock.now()
    return [slot for slot in slots if slot.patient_id or slot.starts_at > now]


def goes_on(slots: Sequence[SlotRecord]) -> bool:
    """Whether one of these is still to begin."""
    return any(slot.starts_at > clock.now() for slot in slots)


def still_free(slots: Sequence[SlotRecord]) -> int:
    return sum(slot.state is SlotState.FREE for slot in useful(slots))


def summary(slots: Sequence[SlotRecord]) -> str:
    booked, passed = sum(slot.patient_id is not None for slot in slots), len(slots) - len(useful(slots))
    told = [say("{count} booked", count=booked), say("{count} free", count=still_free(slots))]
    return " · ".join([*told, say("{count} passed", count=passed)] if passed else told)


def button(slot: SlotRecord) -> None:
    """Time, icon and word. A click opens the slot's dialog; while an appointment is moved, a free slot takes it."""
    word, colour, icon = told(slot.appointment_state or slot.state)
    moving = booking.moving() is not None
    target, taken = moving and slot.state is SlotState.FREE, slot.patient_name is not None
    pressed = st.button(
        f":{colour}[{ui.clock_time(slot.starts_at)}] {ui.plain(slot.patient_name or word)}",
        key=ui.form_key(f"move_{slot.slot_id}") if target else f"slot_{slot.slot_id}",
        icon=f":material/{icon}:",
        help=ui.plain(" · ".join(filter(None, (word, slot.patient_name, slot.phone, slot.mrn)))) if taken else None,
        width="stretch",
        type="secondary" if target or (slot.patient_id and not moving) else "tertiary",
        disabled=moving and not target,
    )
    if pressed and target:
        booking.move_here(slot)
    elif pressed:
        ui.open_dialog("slot", slot.slot_id)
        st.rerun()


@dialog(later("Open slots"), icon=":material/more_time:", width="medium", on_dismiss=ui.close_dialog)
def plan(doctors: Sequence[DoctorChoice], day: date) -> None:
    """Many slots over a range of days."""
    first = max(day, clock.today())
    with st.form(ui.form_key("open_slots"), border=False):
        doctor = _doctor(doctors)
        left, right = st.columns(2)
        first_on = left.date_input(say("First day"), first, format=ui.day_format())
        last_on = right.date_input(say("Last day"), first + timedelta(days=6), format=ui.day_format())
        weekdays = st.pills(
            say("On"), range(7), selection_mode="multi", default=range(6), width="stretch",
            format_func=lambda number: ui.weekday(number, short=True),
        )  # fmt: skip
        left, middle, right = st.columns(3)
        starts = left.time_input(say("From"), time(9), step=300, format="localized")
        ends = middle.time_input(say("Until"), time(13), step=300, format="localized")
        minutes = right.selectbox(say("Minutes each"), MINUTES, index=2)
        sent = st.form_submit_button(say("Open slots"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent and doctor and first_on and last_on and starts and ends:
        wanted = SlotPlan(first_on, last_on, starts, ends, minutes, tuple(weekdays))
        with ui.refusals_shown():
            result = ui.act("open_slots", scheduling.open_slots, doctor.doctor_id, wanted)
            ui.close_dialog()
            ui.flash(opened_in_words(result), icon="more_time")


@dialog(later("Block time"), icon=":material/block:", width="medium", on_dismiss=ui.close_dialog)
def time_off(doctors: Sequence[DoctorChoice], day: date) -> None:
    """Close what is free in a range of time, or open it again, and see who is booked in it."""
    st.caption(say("Whole days, unless you change the times."))
    doctor = _doctor(doctors)
    left, right = st.columns(2)
    first_on = left.date_input(say("First day"), max(day, clock.today()), format=ui.day_format(), key="block_first")
    starts = right.time_input(say("At"), time(0), step=300, format="localized", key="block_starts")
    last_on = left.date_input(say("Last day"), max(day, clock.today()), format=ui.day_format(), key="block_last")
    ends = right.time_input(say("At"), time(23, 59), step=300, format="localized", key="block_ends")
    if not (doctor and first_on and starts and last_on and ends):
        return
    bounds, actor = (clock.at(first_on, starts), clock.at(last_on, ends)), ui.current_actor()
    with ui.reading() as session:
        touched = scheduling.list_touched(session, actor, doctor.doctor_id, *bounds)
    _show_touched(touched)
    block, unblock = st.columns(2)
    nothing = not any(slot.state is SlotState.FREE for slot in touched)
    key = ui.form_key("block")
    if block.button(say("Block"), key=key, type="primary", shortcut="Ctrl+Enter", width="stretch", disabled=nothing):
        with ui.refusals_shown():
            blocked = ui.act("block", scheduling.block, doctor.doctor_id, *bounds)
            ui.close_dialog()
            ui.flash(blocked_in_words(blocked), icon="block")
    nothing = not any(slot.state is SlotState.CLOSED for slot in touched)
    if unblock.button(say("Open again"), key=ui.form_key("unblock"), width="stretch", disabled=nothing):
        with ui.refusals_shown():
            freed = ui.act("unblock", scheduling.unblock, doctor.doctor_id, *bounds)
            ui.close_dialog()
            ui.flash(
                say_count(freed, "{count} slot opened again", "{count} slots opened again"), icon="event_available"
            )


def _show_touched(touched: Sequence[SlotRecord]) -> None:
    count = {state: sum(slot.state is state for slot in touched) for state in SlotState}
    if not touched:
        ui.empty(say("No slots in this time."), "event_busy")
        return
    st.markdown("  ".join(f"{ui.badge(state)} {count[state]}" for state in (SlotState.FREE, SlotState.CLOSED)))
    if hit := [slot for slot in touched if slot.patient_id]:
        lines = [
            f"{ui.moment(slot.starts_at)} · **{ui.plain(slot.patient_name or '')}** · {slot.phone or say('no phone')}"
            for slot in hit
        ]
        st.warning("  \n".join([still_booked(len(hit)), *lines]), icon=":material/call:")


def _doctor(doctors: Sequence[DoctorChoice]) -> DoctorChoice | None:
    if not doctors:
        ui.empty(say("No doctors yet. An administrator adds them under Users."), "stethoscope")
    return st.selectbox(say("Doctor"), doctors, format_func=lambda doctor: doctor.name, disabled=not doctors)


def opened_in_words(result: SlotsOpened) -> str:
    left_out = (
        (later("{count} there already, or overlapping"), result.overlapping),
        (later("{count} in leave"), result.away),
        (later("{count} have passed"), result.past),
        (later("{count} do not exist when the clocks change"), result.missing),
    )
    opened = say_count(result.opened, "{count} slot opened", "{count} slots opened")
    why = ", ".join(say(reason, count=count) for reason, count in left_out if count)
    return say("{opened}; left out: {why}", opened=opened, why=why) if why else opened


def blocked_in_words(blocked: Blocked) -> str:
    told = say_count(blocked.closed, "{count} slot blocked", "{count} slots blocked")
    booked = len(blocked.booked)
    return say("{blocked}; {booked} booked left as they are", blocked=told, booked=booked) if booked else told


def still_booked(count: int) -> str:
    """Above the list of whom it hits."""
    return say("{count} booked, who stay so until you move or cancel them:", count=count)
