"""The screen on the waiting room's wall: numbers and rooms, never a name. Nobody signs in to it."""

import streamlit as st

from core import token_queue
from core.errors import ClinicError
from pages import ui
from pages.ui.waits import expected_wait

st.html("<style>[data-testid='stSidebar'], [data-testid='stHeader'] { display: none }</style>")


@st.cache_data(ttl=1, max_entries=1, show_spinner=False)
def snapshot() -> token_queue.PublicBoard:
    """One reading a second serves every wall screen of this process."""
    with ui.reading() as session:
        return token_queue.public_board(session)


@st.fragment(run_every=2)
def now_calling() -> None:
    try:
        board = snapshot()
    except ClinicError:
        ui.empty("One moment, please. This screen comes back by itself.", "cloud_off")
        return
    calls, waiting = st.columns([3, 2], gap="large")
    with calls:
        st.header("Now calling", anchor=False)
        if not board.calling:
            ui.empty("Nobody is being called. Please take a seat.", "airline_seat_recline_normal")
        for call in board.calling[:4]:
            with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"call_{call.number}"):
                st.html(
                    f"<div style='font-size:6rem;font-weight:700;line-height:1.1'>{call.number}</div>", width="content"
                )
                where = ui.plain(ui.room_name(call.room) or call.doctor_name)
                st.markdown(f"### {where}  \n:gray[{ui.plain(call.doctor_name)}]")
    with waiting:
        st.header("Next", anchor=False)
        if not board.waiting:
            ui.empty("Nobody is waiting.", "check")
        for number in board.waiting[:5]:
            wait = expected_wait(board.expected.get(number))
            st.markdown(f"## {number}" + (f" :gray[{wait}]" if wait else ""))
        if len(board.waiting) > 5:
            st.caption(f"and {len(board.waiting) - 5} more")
    newest = board.calling[0] if board.calling else None
    if newest and st.session_state.get("voice"):
        where = f"{ui.room_name(newest.room) or newest.doctor_name}"
        ui.keyboard(say=f"Number {newest.number}, please go to {where}", say_id=f"{newest.number}-{newest.called_at}")


now_calling()
# Browsers speak only after somebody has touched the screen once.
silent = not st.session_state.get("voice")
if silent and st.button("Switch the voice on", icon=":material/volume_up:", type="tertiary"):
    st.session_state["voice"] = True
    st.rerun()
