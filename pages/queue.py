"""Everyone in today's queue, per doctor, with every step a token can take."""

import streamlit as st

from core import token_queue, users
from core.permissions import Permission, allowed
from core.token_queue import Expected, TokenCard, TokenState
from core.words import say
from pages import ui
from pages.ui.queue.queue_health import queue_health
from pages.ui.queue.queue_steps import FIRST_FREE, change_room, steps
from pages.ui.waits import (
    coverage_words,
    expected_wait,
    in_line_words,
    in_one_line,
    priority_rule,
    said_and_was,
    waited_minutes,
)

LONG_MINUTES = 60  # who waits longer is shown in red

actor = ui.page(say("Queue"), Permission.SEE_QUEUE)
with ui.reading() as session:
    doctors = {doctor.doctor_id: doctor for doctor in users.list_doctors(session, actor)}
may_call = allowed(actor, Permission.CALL_PATIENTS)


def call_button(doctor_id: int) -> None:
    name = f"call_next_{doctor_id}"
    if st.button(say("Call next"), key=ui.form_key(name), icon=":material/campaign:", width="stretch"):
        with ui.refusals_shown():
            called = ui.act(name, token_queue.call_next, doctor_id)
            nobody = say("Nobody is waiting for this doctor")
            ui.flash(say("Token {number} called", number=called.number) if called else nobody, icon="campaign")


@ui.live(seconds=5, on=["queue"])
def lines() -> None:
    with ui.reading() as session:
        board = token_queue.board(session, actor)
        expected = token_queue.expected_waits(session, actor, board)
        seen = token_queue.list_seen(session, actor)
        rooms = {doctor.doctor_id: doctor for doctor in users.list_doctors(session, actor)}
    doctors.update(rooms)
    queue_health()
    shown = [doctor_id for doctor_id in (None, *doctors) if doctor_id or any(c.doctor_id is None for c in board)]
    if not shown:
        ui.empty(say("No doctors yet. An administrator adds them under Users."), "stethoscope")
        return
    whole_clinic(board)
    for start in range(0, len(shown), 3):
        for column, doctor_id in zip(st.columns(3, gap="medium"), shown[start : start + 3], strict=False):
            with column:
                line(doctor_id, [card for card in board if card.doctor_id == doctor_id], expected)
    already_seen(seen, expected)


def whole_clinic(board: list[TokenCard]) -> None:
    waits = [waited_minutes(card) for card in board if card.state is TokenState.WAITING]
    told = [say("{count} waiting in the clinic", count=len(waits))]
    told += [in_one_line(say("longest {minutes} min", minutes=max(waits)))] if any(waits) else []
    st.caption(" · ".join([*told, priority_rule()]))


def line(doctor_id: int | None, cards: list[TokenCard], expected: Expected) -> None:
    doctor = doctors[doctor_id] if doctor_id else None
    with st.container(border=True):
        st.subheader(ui.plain(doctor.name) if doctor else say(FIRST_FREE), anchor=False)
        room = ui.plain(ui.room_name(doctor.room)) if doctor and doctor.room and not may_call else ""
        parts = (room, in_line_words(cards, expected.newcomers.get(doctor_id)))
        st.caption(" · ".join(part for part in parts if part))
        if doctor and may_call:
            change_room(doctor)
            call_button(doctor.doctor_id)
        for card in cards:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
                in_line(card, expected)
                if may_call:
                    steps(card, doctors)
        if not cards:
            st.caption(say("Nobody in the queue."))


def in_line(card: TokenCard, expected: Expected) -> None:
    """Who it is, what is special, since when, and how long it may still take."""
    marks = [] if card.state is TokenState.WAITING else [ui.badge(card.state)]  # a queue is of those who wait
    marks += [] if card.priority == "NORMAL" else [ui.badge(card.priority)]
    if card.state is TokenState.CALLED:
        times = [f":gray[{said_and_was(card)}]"]
    else:
        minutes, still = waited_minutes(card), expected_wait(expected.tokens.get(card.number))
        waits = in_one_line(say("waits {minutes} min", minutes=minutes) if minutes else say("just came"))
        times = [
            f":{'red' if minutes >= LONG_MINUTES else 'gray'}[{waits}]",
            in_one_line(say("{wait} to go", wait=still)) if still else "",
        ]
    told = [*marks, f":small[{' · '.join(filter(None, times))}]"]
    st.markdown(f"**{card.number}** {ui.plain(card.patient_name)}  \n{' '.join(told)}", width="stretch")


def already_seen(cards: list[TokenCard], expected: Expected) -> None:
    if cards:
        with st.expander(say("Seen today"), icon=":material/check:"):
            for card in cards:
                st.markdown(f"**{card.number}** {ui.plain(card.patient_name)} :small[:gray[{said_and_was(card)}]]")
    if words := coverage_words(expected.coverage):
        st.caption(words)


lines()
