"""The doctor's queue: who waits, call the next, and the number that was called in large."""

import streamlit as st

from core import token_queue
from core.permissions import Actor
from core.token_queue import TokenCard, TokenState
from core.words import later, say
from pages.ui.keys import ROOM
from pages.ui.live import live, redraw_page
from pages.ui.messages import flash
from pages.ui.queue.queue_health import queue_health
from pages.ui.session import current_actor
from pages.ui.show import badge, clock_time, plain
from pages.ui.work import act, form_key, reading, refusals_shown

LONGEST_LIST = 8
_PUT_BACK = later("Called by mistake: within a minute the patient waits again at the same place.")


def called_by(actor: Actor, board: list[TokenCard]) -> TokenCard | None:
    """The token that is with this doctor now."""
    mine = (card for card in board if card.state is TokenState.CALLED and card.doctor_id == actor.user_id)
    return next(mine, None)


@live(seconds=5, on=["queue"])
def strip(drawn: int | None) -> None:
    """Who waits for this doctor or for whoever is free first. `drawn`: the called token the page around it shows."""
    actor = current_actor()
    with reading() as session:
        board = token_queue.board(session, actor, actor.user_id)
    called = called_by(actor, board)
    if (called.token_id if called else None) != drawn:  # the desk has moved the patient on
        redraw_page()
    waiting = [card for card in board if card.state is TokenState.WAITING]
    skipped = [card for card in board if card.state is TokenState.SKIPPED]
    st.subheader(say("Waiting: {count}", count=len(waiting)), anchor=False)
    _call_next(actor, waiting, called)
    queue_health()
    if not waiting:
        st.caption(say("Nobody waits for you. Who gets a token appears here by itself."))
    for place, card in enumerate(waiting[:LONGEST_LIST]):
        _waiting(card, actor, busy=called is not None, is_next=place == 0)
    if len(waiting) > LONGEST_LIST:
        st.caption(say("and {count:,} more", count=len(waiting) - LONGEST_LIST))
    for card in skipped:
        _skipped(card)


def called_large(card: TokenCard) -> None:
    """The number of the patient who is on the way, and what to do about who does not come."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        called = say("Called {time}", time=clock_time(card.called_at))
        st.markdown(f":green-badge[:material/campaign: {called}]", text_alignment="center")
        st.html(f"<div style='font-size:5rem;font-weight:700;line-height:1;text-align:center'>{card.number}</div>")
        with st.container(horizontal=True, horizontal_alignment="center"):
            again, skip = f"recall_{card.token_id}", f"skip_{card.token_id}"
            key = ROOM["call_again"].keys
            if st.button(say("Call again"), key=form_key(again), icon=":material/campaign:", shortcut=key):
                with refusals_shown():
                    act(again, token_queue.recall, card.token_id)
                    flash(say("Token {number} called again", number=card.number), "campaign")
            if st.button(say("Skip"), key=form_key(skip), icon=":material/skip_next:", shortcut=ROOM["skip"].keys):
                with refusals_shown():
                    act(skip, token_queue.skip, card.token_id)
                    flash(say("Token {number} skipped", number=card.number), "skip_next")
            back = f"put_back_{card.token_id}"
            if st.button(
                say("Put back"), key=form_key(back), icon=":material/undo:", type="tertiary", help=say(_PUT_BACK)
            ):
                with refusals_shown():
                    act(back, token_queue.put_back, card.token_id)
                    flash(say("Token {number} is back where it was", number=card.number), "undo")


def _call_next(actor: Actor, waiting: list[TokenCard], called: TokenCard | None) -> None:
    with_you = later("Token {number} is with you. Complete the visit or skip the token first.")
    busy = say(with_you, number=called.number) if called else None
    if st.button(
        say("Call next"), key=form_key("call_next"), type="secondary" if called else "primary",
        shortcut=ROOM["call_next"].keys, width="stretch", help=busy, icon=":material/campaign:",
        disabled=bool(called) or not waiting,
    ):  # fmt: skip
        with refusals_shown():
            card = act("call_next", token_queue.call_next, actor.user_id)
            st.session_state.pop("room_visit", None)
            flash(say("Token {number} called", number=card.number) if card else say("Nobody is waiting"), "campaign")


def _waiting(card: TokenCard, actor: Actor, *, busy: bool, is_next: bool) -> None:
    marks = [f":green-badge[:material/arrow_forward: {say('Next')}]"] if is_next else []
    marks += [] if card.priority == "NORMAL" else [badge(card.priority)]
    marks += [] if card.doctor_id else [f":gray-badge[{say('First free')}]"]
    since = f":small[:gray[{say('since {time}', time=clock_time(card.issued_at))}]]"
    name = f"call_{card.token_id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(f"**{card.number}** {plain(card.patient_name)}  \n{' '.join([*marks, since])}", width="stretch")
        pressed = st.button(
            "", key=form_key(name), icon=":material/campaign:", type="tertiary", disabled=busy,
            help=say("Call this patient now"),
        )  # fmt: skip
    if pressed:
        with refusals_shown():
            act(name, token_queue.call, card.token_id, actor.user_id)
            st.session_state.pop("room_visit", None)
            flash(say("Token {number} called", number=card.number), "campaign")


def _skipped(card: TokenCard) -> None:
    name = f"bring_back_{card.token_id}"
    st.markdown(f"**{card.number}** {plain(card.patient_name)}  \n{badge(card.state)}")
    if st.button(say("Bring back"), key=form_key(name), icon=":material/undo:", type="tertiary"):
        with refusals_shown():
            act(name, token_queue.bring_back, card.token_id)
            flash(say("Token {number} waits again", number=card.number), "undo")
