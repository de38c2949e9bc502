"""The waiting list of a full day: who is on it, what has become free for them, and how somebody gets on it."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core import clock, patients, scheduling
from core.scheduling import SlotRecord, SlotState, WaitingRecord
from core.users import DoctorChoice
from core.words import later, say
from pages import ui
from pages.ui.dialog import dialog
from pages.ui.patients.patient_form import choose_patient
from pages.ui.show import doctor_names

FIND = "find_for_waiting"
ANY = later("Any doctor")


def add_button(day: date, doctor_id: int | None, where: str) -> None:
    st.button(
        say("Add to waiting list"), key=f"wait_{where}_{doctor_id or 0}", icon=":material/playlist_add:",
        on_click=ui.open_dialog, args=["waiting.add", (day, doctor_id)], disabled=day < clock.today(),
        width="stretch" if where == "full" else "content", type="tertiary" if where == "full" else "secondary",
    )  # fmt: skip


def section(waiting: Sequence[WaitingRecord], slots: Sequence[SlotRecord], *, with_day: bool = False) -> None:
    """Nothing where nobody waits. Each row has the first slot that would do, once there is one."""
    if not waiting:
        return
    st.subheader(say("Waiting list: {count}", count=len(waiting)), anchor=False)
    taken: set[int] = set()
    for wish in waiting:
        slot = next((free for free in slots if _would_do(free, wish) and free.slot_id not in taken), None)
        if slot:
            taken.add(slot.slot_id)  # the next in line is offered the next slot
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(in_words(wish, with_day=with_day), width="stretch")
            if slot:
                label = say("Book {time}, {doctor}", time=ui.clock_time(slot.starts_at), doctor=slot.doctor_name)
                book_button("answer", wish, slot, label)
            _take_off(wish)


def offers(slot: SlotRecord) -> list[WaitingRecord]:
    """Who would take this slot, in the order of the list."""
    actor, day = ui.current_actor(), clock.day_of(slot.starts_at)
    if slot.state is not SlotState.FREE or slot.starts_at <= clock.now():
        return []
    with ui.reading() as session:
        return scheduling.list_waiting(session, actor, day, slot.doctor_id)


def in_words(wish: WaitingRecord, *, with_day: bool = False) -> str:
    day = f" · {ui.clinic_day(wish.wanted_on)}" if with_day else ""
    since = say("since {time}", time=ui.moment(wish.added_at))
    facts = (wish.doctor_name or say(ANY), wish.phone or say("no phone"), wish.note, since)
    return f"**{ui.plain(wish.patient_name)}**{day}  \n:small[:gray[{ui.plain(' · '.join(filter(None, facts)))}]]"


def book_button(name: str, wish: WaitingRecord, slot: SlotRecord, label: str) -> None:
    name = f"{name}_{wish.entry_id}_{slot.slot_id}"
    if st.button(ui.plain(label), key=ui.form_key(name), icon=":material/event_available:"):
        with ui.refusals_shown():
            booked = ui.act(name, scheduling.book_from_list, wish.entry_id, slot.slot_id)
            ui.close_dialog()
            told = say("{name} booked for {time}", name=booked.patient_name, time=ui.moment(booked.starts_at))
            ui.flash(told, icon="event")


def _would_do(slot: SlotRecord, wish: WaitingRecord) -> bool:
    to_come = slot.state is SlotState.FREE and slot.starts_at > clock.now()
    return to_come and wish.takes(slot.doctor_id, clock.day_of(slot.starts_at))


def _take_off(wish: WaitingRecord) -> None:
    name, tip = f"off_{wish.entry_id}", say("Take off the list")
    if st.button("", key=ui.form_key(name), icon=":material/playlist_remove:", help=tip):
        with ui.refusals_shown():
            gone = ui.act(name, scheduling.take_off_list, wish.entry_id)
            ui.flash(say("{name} taken off the waiting list", name=gone.patient_name), icon="playlist_remove")


@dialog(later("Add to the waiting list"), width="medium", icon=":material/playlist_add:", on_dismiss=ui.close_dialog)
def add(doctors: Sequence[DoctorChoice], day: date, doctor_id: int | None) -> None:
    st.caption(ui.full_day(day))
    names = {0: say(ANY), **doctor_names(doctors)}  # not None, which a box takes for nothing chosen
    icon = ":material/search:"
    if FIND not in st.session_state and (number := st.query_params.get("patient")):
        st.session_state[FIND] = number  # somebody's card led here
    term = st.text_input(say("Find a patient"), key=FIND, live=True, icon=icon, placeholder=say("Name, phone or MRN"))
    actor = ui.current_actor()
    with ui.reading() as session:
        hits = patients.search(session, actor, term, limit=5)
    chosen = choose_patient(hits, term, "hit_for_waiting") if hits else None
    if term and not hits:
        ui.empty(say("Nobody found. The desk registers new patients."), "person_search")
    left, right = st.columns(2)
    doctor = left.selectbox(
        say("Doctor"), names, list(names).index(doctor_id if doctor_id in names else 0),
        format_func=lambda key: names.get(key, ""), key=f"wait_doctor_{doctor_id}",
    )  # fmt: skip
    note = right.text_input(say("Note"), key="wait_note", placeholder=say("Only in the morning"))
    key = ui.form_key("wait")
    if st.button(
        say("Add"), key=key, type="primary", shortcut="Ctrl+Enter", width="stretch", disabled=chosen is None
    ) and chosen:  # fmt: skip
        with ui.refusals_shown():
            wish = ui.act("wait", scheduling.add_to_list, chosen.patient_id, doctor or None, day, note)
            ui.close_dialog()
            doctor_name = wish.doctor_name or say("any doctor")
            told = {"name": wish.patient_name, "doctor": doctor_name, "day": ui.clinic_day(day)}
            ui.flash(say("{name} waits for {doctor} on {day}", **told))
