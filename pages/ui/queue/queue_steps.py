"""What may be done with a token, behind one button, so that a list of them stays calm; and with a doctor's room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from core import token_queue
from core.called import called
from core.token_queue import Priority, TokenCard, TokenState
from core.users import DoctorChoice
from core.words import later, say
from pages.ui.messages import flash
from pages.ui.show import plain, room_name
from pages.ui.work import act, form_key, refusals_shown

FIRST_FREE = later("First free doctor")
_ANYONE = 0  # among choices of doctors, where None is that nothing was chosen


@dataclass(frozen=True)
class Step:
    """`done` is told once it was taken."""

    word: str
    done: str
    icon: str
    verb: Callable[..., TokenCard]


_SKIP = Step(later("Skip"), later("Token {number} skipped"), "skip_next", token_queue.skip)
_LEFT = Step(later("Left"), later("Token {number} has left"), "person_off", token_queue.mark_no_show)
STEPS = {
    TokenState.CALLED: (
        Step(later("Call again"), later("Token {number} called again"), "campaign", token_queue.recall),
        Step(later("Put back"), later("Token {number} is back where it was"), "undo", token_queue.put_back),
        _SKIP,
        Step(later("Finish"), later("Token {number} finished"), "check", token_queue.finish),
        _LEFT,
    ),
    TokenState.WAITING: (_SKIP, _LEFT),
    TokenState.SKIPPED: (
        Step(later("Bring back"), later("Token {number} waits again"), "undo", token_queue.bring_back),
        _LEFT,
    ),
}


def steps(card: TokenCard, doctors: Mapping[int, DoctorChoice]) -> None:
    """Drawn only while it is open: a full queue has a menu for each token, on every screen that shows it."""
    menu = st.popover("", icon=":material/more_vert:", key=f"menu_{card.token_id}", type="tertiary", on_change="rerun")
    if not menu.open:
        return
    with menu:
        st.markdown(f"**{card.number}** {plain(card.patient_name)}")
        if card.state is not TokenState.CALLED:
            _call_now(card, doctors)
        with st.container(horizontal=True, gap="medium"):
            for step in STEPS[card.state]:
                if _button(say(step.word), step.icon, name := f"{step.verb.__name__}_{card.token_id}"):
                    with refusals_shown():
                        act(name, step.verb, card.token_id)
                        flash(say(step.done, number=card.number), icon=step.icon)
        if card.state is not TokenState.CALLED:
            _priority(card)
        _transfer(card, doctors)
        st.link_button(say("Slip (PDF)"), f"/paper/token/{card.token_id}", icon=":material/print:", type="tertiary")


def change_room(doctor: DoctorChoice) -> None:
    """Where the doctor sits now; the waiting room shows it at once."""
    label = room_name(doctor.room) or say("No room yet")
    with st.popover(plain(label), icon=":material/meeting_room:", type="tertiary", key=f"room_{doctor.doctor_id}"):
        name = f"change_room_{doctor.doctor_id}"
        room = st.text_input(say("Room"), doctor.room, key=f"box_{form_key(name)}", max_chars=40)
        if _button(say("Move"), "meeting_room", name):
            with refusals_shown():
                act(name, token_queue.change_room, doctor.doctor_id, room)
                where = room_name(room.strip()) or say("no room")
                flash(say("{doctor}: {room}", doctor=doctor.name, room=where), icon="meeting_room")


def _call_now(card: TokenCard, doctors: Mapping[int, DoctorChoice]) -> None:
    """Out of turn; who waits for whoever is free first is called by a doctor that is chosen."""
    doctor_id = card.doctor_id
    if doctor_id is None:
        doctor_id = st.selectbox(
            say("Doctor"), list(doctors), index=None, key=f"by_{card.token_id}", placeholder=say("Who calls?"),
            format_func=lambda choice: doctors[choice].name,
        )  # fmt: skip
    name = f"call_{card.token_id}"
    if _button(say("Call now"), "campaign", name, disabled=doctor_id is None) and doctor_id is not None:
        with refusals_shown():
            act(name, token_queue.call, card.token_id, doctor_id)
            flash(say("Token {number} called", number=card.number), icon="campaign")


def _priority(card: TokenCard) -> None:
    name = f"set_priority_{card.token_id}"
    chosen = st.selectbox(
        say("Priority"), list(Priority), index=list(Priority).index(card.priority), key=f"box_{form_key(name)}",
        format_func=called,
    ) or card.priority  # fmt: skip
    if chosen is not card.priority and _button(say("Change priority"), "priority_high", name):
        with refusals_shown():
            act(name, token_queue.set_priority, card.token_id, chosen)
            flash(
                say("Token {number}: {priority}", number=card.number, priority=called(chosen).lower()), "priority_high"
            )


def _transfer(card: TokenCard, doctors: Mapping[int, DoctorChoice]) -> None:
    others = [doctor_id for doctor_id in (_ANYONE, *doctors) if doctor_id != (card.doctor_id or _ANYONE)]
    to = st.selectbox(
        say("Transfer to"), others, index=None, key=f"to_{card.token_id}", placeholder=say("Choose"),
        format_func=lambda doctor_id: doctors[doctor_id].name if doctor_id else say(FIRST_FREE),
    )  # fmt: skip
    if to is not None and _button(say("Transfer"), "swap_horiz", name := f"transfer_{card.token_id}"):
        with refusals_shown():
            act(name, token_queue.transfer, card.token_id, to or None)
            flash(say("Token {number} transferred", number=card.number), icon="swap_horiz")


def _button(word: str, icon: str, name: str, *, disabled: bool = False) -> bool:
    return st.button(word, key=form_key(name), icon=f":material/{icon}:", type="tertiary", disabled=disabled)
