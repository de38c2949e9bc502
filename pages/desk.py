"""Reception: find or register a patient, give a token. Type, Ctrl+Enter, next one please."""

import streamlit as st

from core import clock, patients, scheduling, token_queue, users
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui import keys
from pages.ui.patients import known_patient
from pages.ui.patients.change_patient import ask_to_change, change_patient_if_asked
from pages.ui.patients.patient import money_marks, money_of
from pages.ui.patients.patient_form import EMPTY, FIRST_BOX, choose_patient, fetch_early, patient_fields
from pages.ui.queue.giving_token import give_token, whom_for
from pages.ui.queue.queue_health import queue_health
from pages.ui.queue.queue_steps import FIRST_FREE
from pages.ui.waits import expected_wait, in_line_words

SHOWN = 8  # of those in line for one doctor

actor = ui.page(say("Desk"), Permission.ISSUE_TOKENS)
with ui.reading() as session:
    doctors = users.list_doctors(session, actor)
    appointments = scheduling.list_appointments(session, actor, clock.today())
search_key = f"find_{st.session_state.get('desk_round', 0)}"
ui.found_by_address(search_key)
doctor_names = {doctor.doctor_id: doctor.name for doctor in doctors}


def hand_over(card: token_queue.TokenCard) -> None:
    """Show the number, print the slip once, and be ready for the next patient."""
    ui.close_dialog()
    known_patient.forget("register")
    said = ui.hand_out(card)
    st.session_state["desk_round"] = st.session_state.get("desk_round", 0) + 1  # an empty search box, focused
    ui.flash(said, "confirmation_number")


def dismissed() -> None:
    ui.close_dialog()
    known_patient.forget("register")


@st.dialog(say("New patient"), width="medium", icon=":material/person_add:", on_dismiss=dismissed)
def new_patient() -> None:
    if asked := known_patient.asked("register"):
        doctor_id, priority = asked.sent_with
        known_patient.question(
            "register",
            asked,
            lambda card: hand_over(ui.act("walk_in_known", token_queue.walk_in, card.patient_id, doctor_id, priority)),
        )
    with st.form(ui.form_key("register"), border=False, enter_to_submit=False):
        details = patient_fields(EMPTY)
        doctor_id, priority = whom_for(doctor_names, "new")
        register = say("Register and give token")
        sent = st.form_submit_button(register, type="primary", shortcut="Ctrl+Enter", width="stretch")
        anyway = known_patient.anyway_button("register")
    if sent or anyway:
        with known_patient.asked_first("register", details, doctor_id, priority):
            new = (details, doctor_id, priority)
            hand_over(ui.act("register", token_queue.register_and_walk_in, *new, anyway=anyway))


@ui.by_itself
def found() -> None:
    """The search box, its hits, and the token for the one chosen: the first hit, once something is typed.

    With an empty box nobody is chosen, so that a second Ctrl+Enter gives no token to somebody else.
    """
    box, new = st.columns([5, 3], vertical_alignment="bottom")
    term = box.text_input(
        say("Find a patient"), key=search_key, live=True, icon=":material/search:",
        placeholder=say("Name, phone or MRN"),
    )  # fmt: skip
    shortcut, icon = keys.DESK["new"].keys, ":material/person_add:"
    if new.button(say("New patient"), icon=icon, shortcut=shortcut, width="stretch"):
        ui.open_dialog("desk.new")
        st.rerun()
    with ui.reading() as session:
        hits = patients.search(session, actor, term, limit=6)
    if not hits:
        nobody = say("Nobody found. Alt+N registers a new patient.")
        ui.empty(nobody if term else say("No patients yet. Alt+N registers a new patient."), "person_search")
        return
    chosen = choose_patient(hits, term, f"hit:{search_key}")
    if chosen is None:
        return
    with ui.reading() as session:
        money = money_of(session, actor, chosen.patient_id)
        booked = scheduling.list_appointments(session, actor, clock.today())
    with st.container(border=True):
        if money:
            with st.container(horizontal=True, gap="xsmall"):
                money_marks(money)
        give_token(chosen, doctor_names, booked, hand_over)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(say("Change the record"), icon=":material/edit:", type="tertiary"):
                ask_to_change(chosen.patient_id)
                st.rerun()
            if money.owed.bills:
                ui.link("cash", say("Pay"), find=chosen.mrn)
            ui.link("patients", say("Book, bill, history"), patient=chosen.mrn)


def expected() -> None:
    """Today's appointments: who arrives is checked in with one click."""
    st.subheader(say("Appointments today"), anchor=False)
    if not appointments:
        ui.empty(say("No appointments today."), "event_available")
    for booked in appointments:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            who = f"**{ui.clock_time(booked.starts_at)}**  {ui.plain(booked.patient_name)}"
            st.markdown(f"{who}  \n:small[:gray[{ui.plain(booked.doctor_name)} · {booked.mrn}]]")
            st.space("stretch")
            if booked.state != "BOOKED":
                st.markdown(ui.badge(booked.state))
                continue
            name = f"check_in_{booked.appointment_id}"
            if st.button(say("Check in"), key=ui.form_key(name), icon=":material/how_to_reg:"):
                with ui.refusals_shown():
                    hand_over(ui.act(name, token_queue.check_in, booked.appointment_id))


@ui.live(seconds=5, on=["queue"])
def waiting() -> None:
    """Who waits, per doctor, and how long somebody who comes now would, as it changes."""
    with ui.reading() as session:
        board = token_queue.board(session, actor)
        expected = token_queue.expected_waits(session, actor, board)
    st.subheader(say("Queue"), anchor=False)
    queue_health()
    lines: list[tuple[int | None, str]] = [(None, say(FIRST_FREE)), *doctor_names.items()]
    for doctor_id, name in lines:
        cards = [card for card in board if card.doctor_id == doctor_id]
        if doctor_id is None and not cards:
            continue
        with st.container(border=True):
            line = in_line_words(cards, expected.newcomers.get(doctor_id))
            st.markdown(f"**{ui.plain(name)}** :gray[· {line}]")
            people = [f"**{one.number}** {ui.plain(one.patient_name)} {ui.badge(one.state)}" for one in cards[:SHOWN]]
            if more := len(cards) - len(people):
                people.append(f":gray[{say('and {count:,} more', count=more)}]")
            st.markdown("  \n".join(people) or f":gray[{say('Nobody in the queue.')}]")


left, right = st.columns([3, 2], gap="large")
with left:
    found()
    expected()
with right:
    if last := ui.last_token():
        with st.container(border=True):
            whose = say("Token for {name}", name=ui.plain(last.patient_name))
            st.metric(whose, last.number, last.doctor_name or say(FIRST_FREE), delta_arrow="off", delta_color="off")
            if last.said:
                st.caption(say("Expected wait: {wait}", wait=expected_wait(last.said)))
            st.link_button(say("Slip (PDF)"), f"/paper/token/{last.token_id}", icon=":material/print:", type="tertiary")
    waiting()
if ui.opened("desk.new"):
    new_patient()
else:
    fetch_early()
change_patient_if_asked()
registering = ui.opened("desk.new")
begins_in, once = (FIRST_BOX, ui.form_key("register")) if registering else (search_key, search_key)
ui.keyboard(search=begins_in, focus_id=once, slip=ui.last_slip())
