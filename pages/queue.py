"""Everyone in today's queue, per doctor, with every step a token can take."""

from collections.abc import Callable

import streamlit as st

from core import token_queue, users
from core.permissions import Permission, allowed
from core.token_queue import Expected, TokenCard, TokenState
from pages import ui
from pages.ui.waits import coverage_words, expected_wait, said_and_was

FIRST_FREE = "First free doctor"
# State: what may be done, as (word, icon, verb).
STEPS: dict[TokenState, list[tuple[str, str, Callable[..., TokenCard]]]] = {
    TokenState.CALLED: [
        ("Call again", "campaign", token_queue.recall),
        ("Skip", "skip_next", token_queue.skip),
        ("Finish", "check", token_queue.finish),
        ("Left", "person_off", token_queue.mark_no_show),
    ],
    TokenState.WAITING: [("Left", "person_off", token_queue.mark_no_show)],
    TokenState.SKIPPED: [
        ("Bring back", "undo", token_queue.bring_back),
        ("Left", "person_off", token_queue.mark_no_show),
    ],
}

actor = ui.page("Queue", Permission.SEE_QUEUE)
with ui.reading() as session:
    doctors = {doctor.doctor_id: doctor for doctor in users.list_doctors(session, actor)}
may_call = allowed(actor, Permission.CALL_PATIENTS)


def steps(card: TokenCard) -> None:
    """The steps of one token, behind one button so that a list of them stays calm."""
    with st.popover("", icon=":material/more_vert:", key=f"steps_{card.token_id}", type="tertiary"):
        for word, icon, verb in STEPS[card.state]:
            name = f"{verb.__name__}_{card.token_id}"
            if st.button(word, key=ui.form_key(name), icon=f":material/{icon}:", type="tertiary"):
                with ui.refusals_shown():
                    ui.act(name, verb, card.token_id)
                    ui.flash(f"Token {card.number}: {word.lower()}", icon=icon)
        others = [doctor_id for doctor_id in (None, *doctors) if doctor_id != card.doctor_id]
        to = st.selectbox(
            "Transfer to", others, index=None, key=f"to_{card.token_id}", placeholder="Choose",
            format_func=lambda doctor_id: doctors[doctor_id].name if doctor_id else FIRST_FREE,
        )  # fmt: skip
        name = f"transfer_{card.token_id}"
        if st.button("Transfer", key=ui.form_key(name), icon=":material/swap_horiz:", disabled=not others):
            with ui.refusals_shown():
                ui.act(name, token_queue.transfer, card.token_id, to)
                ui.flash(f"Token {card.number} transferred", icon="swap_horiz")


def call_button(doctor_id: int) -> None:
    name = f"call_next_{doctor_id}"
    if st.button("Call next", key=ui.form_key(name), icon=":material/campaign:", width="stretch"):
        with ui.refusals_shown():
            called = ui.act(name, token_queue.call_next, doctor_id)
            ui.flash(
                f"Token {called.number} called" if called else "Nobody is waiting for this doctor", icon="campaign"
            )


@ui.live(seconds=2)
def lines() -> None:
    with ui.reading() as session:
        board = token_queue.board(session, actor)
        expected = token_queue.expected_waits(session, actor, board)
        seen = token_queue.list_seen(session, actor)
    if not token_queue.is_up():
        st.warning("Queue board degraded: Redis is away. Calls go on as usual.", icon=":material/cloud_off:")
    shown = [doctor_id for doctor_id in (None, *doctors) if doctor_id or any(c.doctor_id is None for c in board)]
    if not shown:
        ui.empty("No doctors yet. An administrator adds them under Users.", "stethoscope")
        return
    for start in range(0, len(shown), 3):
        for column, doctor_id in zip(st.columns(3, gap="medium"), shown[start : start + 3], strict=False):
            with column:
                line(doctor_id, [card for card in board if card.doctor_id == doctor_id], expected)
    already_seen(seen, expected)


def line(doctor_id: int | None, cards: list[TokenCard], expected: Expected) -> None:
    doctor = doctors[doctor_id] if doctor_id else None
    with st.container(border=True):
        st.subheader(ui.plain(doctor.name) if doctor else FIRST_FREE, anchor=False)
        waiting = sum(card.state is TokenState.WAITING for card in cards)
        room = ui.plain(ui.room_name(doctor.room)) if doctor and doctor.room else ""
        wait = expected_wait(expected.newcomers.get(doctor_id))
        parts = (room, f"{waiting} waiting", f"newcomers wait {wait}" if wait else "")
        st.caption(" · ".join(part for part in parts if part))
        if doctor_id and may_call:
            call_button(doctor_id)
        for card in cards:
            who, more = st.columns([5, 1], vertical_alignment="center", wrap=False)
            with who:
                marks = ui.badge(card.state) + ("" if card.priority == "NORMAL" else f" {ui.badge(card.priority)}")
                called = card.state is TokenState.CALLED
                wait = said_and_was(card) if called else expected_wait(expected.tokens.get(card.number))
                since = f":small[:gray[{ui.clock_time(card.issued_at)}]]" + (f" :small[{wait}]" if wait else "")
                st.markdown(f"**{card.number}** {ui.plain(card.patient_name)}  \n{marks} {since}")
            if may_call:
                with more:
                    steps(card)
        if not cards:
            st.caption("Nobody in the queue.")


def already_seen(cards: list[TokenCard], expected: Expected) -> None:
    if cards:
        with st.expander("Seen today", icon=":material/check:"):
            for card in cards:
                st.markdown(f"**{card.number}** {ui.plain(card.patient_name)} :small[:gray[{said_and_was(card)}]]")
    if words := coverage_words(expected.coverage):
        st.caption(words)


lines()
