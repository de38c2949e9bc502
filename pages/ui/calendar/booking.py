"""One slot of the calendar: find or register who comes, check in, move, cancel."""

from collections.abc import Sequence

import streamlit as st

from core import billing, clock, patients, phones, scheduling, token_queue
from core.called import called
from core.models import Sex
from core.patients import PatientCard, PatientDetails
from core.scheduling import AppointmentRecord, AppointmentState, SlotRecord, SlotState
from core.words import later, say
from pages import ui
from pages.ui.calendar import waiting_list
from pages.ui.patients import known_patient
from pages.ui.patients.patient_form import choose_patient
from pages.ui.reasons import because

REASONS = (later("Patient asked"), later("Doctor away"), later("Booked by mistake"))
MOST_OFFERED = 3
_MOVING = "calendar_moving"


def moving() -> SlotRecord | None:
    """The booked slot whose appointment looks for another place."""
    slot: SlotRecord | None = st.session_state.get(_MOVING)
    return slot


def moving_banner() -> None:
    _booking_for()
    if (slot := moving()) and slot.patient_id:
        fee = _fee_of(slot.patient_id, slot)
        who, doctor = ui.plain(slot.patient_name or ""), ui.plain(slot.doctor_name)
        told = [
            say("Moving **{name}**, {time}, {doctor}.", name=who, time=ui.moment(slot.starts_at), doctor=doctor),
            say("Click a free slot of any day and doctor."),
        ]
        if fee.is_follow_up:
            told.append(say("The follow-up fee ends on {day}.", day=ui.clinic_day(fee.follow_up_until)))
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/move_item: {' '.join(told)}")
            st.space("stretch")
            st.button(say("Leave it there"), icon=":material/close:", on_click=_stop_moving)


def _booking_for() -> None:
    """Somebody's card led here: whoever is named in the address is looked for in each free slot that is opened."""
    if number := st.query_params.get("patient"):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            actor = ui.current_actor()
            with ui.refusals_shown():
                with ui.reading() as session:
                    card = patients.by_number(session, actor, number)
                told = say("Booking for **{name}**, {mrn}. Click a free slot.", name=ui.plain(card.name), mrn=card.mrn)
                st.markdown(f":material/event: {told}")
            st.space("stretch")
            st.button(say("Somebody else"), icon=":material/close:", on_click=_for_anybody)


def _for_anybody() -> None:
    st.query_params.pop("patient", None)


def move_here(slot: SlotRecord) -> None:
    moved = moving()
    assert moved is not None
    assert moved.appointment_id is not None
    with ui.refusals_shown():
        now = ui.act(f"move_{slot.slot_id}", scheduling.reschedule, moved.appointment_id, slot.slot_id)
        _stop_moving()
        told = {"name": now.patient_name, "time": ui.moment(now.starts_at), "doctor": now.doctor_name}
        _freed(moved.slot_id, say("{name} moved to {time}, {doctor}", **told), "move_item")


def slot_dialog(slot: SlotRecord) -> None:
    """Whatever can be done with the slot that was clicked."""
    title = f"{ui.clock_time(slot.starts_at)} · {ui.plain(slot.doctor_name)}"
    body = _taken if slot.appointment_id else _free if slot.state is SlotState.FREE else _closed
    icon = ":material/event:" if slot.appointment_id else ":material/event_available:"
    st.dialog(title, width="medium", icon=icon, on_dismiss=ui.close_dialog)(body)(slot)


def search_key(slot_id: int | None) -> str:
    return f"find_for_{slot_id}"


def _free(slot: SlotRecord) -> None:
    st.caption(ui.full_day(clock.local(slot.starts_at).date()))
    _offers(slot)
    box, new = st.columns([5, 3], vertical_alignment="bottom")
    key, icon = search_key(slot.slot_id), ":material/search:"
    if key not in st.session_state and (number := st.query_params.get("patient")):
        st.session_state[key] = number
    term = box.text_input(say("Find a patient"), key=key, live=True, icon=icon, placeholder=say("Name, phone or MRN"))
    asked = new.toggle(say("New patient"), key=f"new_for_{slot.slot_id}")
    actor = ui.current_actor()  # whoever is at the tab now: a dialog redraws itself without its page
    with ui.reading() as session:
        hits = [] if asked else patients.search(session, actor, term, limit=5)
    if hits:
        _book_known(slot, hits, term)
    else:
        if term and not asked:
            st.caption(say("Nobody found. Register them here:"))
        _book_new(slot, term)
    if st.button(say("Close this slot"), key=ui.form_key("close"), icon=":material/block:", type="tertiary"):
        with ui.refusals_shown():
            ui.act("close", scheduling.block, slot.doctor_id, slot.starts_at, slot.ends_at)
            _done(say("{time} closed", time=ui.clock_time(slot.starts_at)), "block")


def _offers(slot: SlotRecord) -> None:
    """Those who wait for such a slot come before anybody else."""
    if not (waiting := waiting_list.offers(slot)):
        return
    with st.container(border=True, gap="small"):
        st.markdown(f":material/playlist_add_check: **{say('Waiting for this day: {count}', count=len(waiting))}**")
        for wish in waiting[:MOST_OFFERED]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(waiting_list.in_words(wish), width="stretch")
                waiting_list.book_button("offer", wish, slot, say("Book {name}", name=wish.patient_name))


def _fee(patient_id: int | None, slot: SlotRecord) -> None:
    """What the visit will cost, and until when it would be a follow-up."""
    if patient_id is not None:
        fee = _fee_of(patient_id, slot)
        amount, until = ui.plain(ui.money(fee.amount)), ui.clinic_day(fee.follow_up_until)
        if fee.is_follow_up:
            told, window = say("Follow-up fee {amount}", amount=amount), say("until {day}", day=until)
        else:
            told = say("Consultation fee {amount}", amount=amount)
            window = say("a follow-up was until {day}", day=until)
        st.caption(f":material/payments: {told} · {window}" if until else f":material/payments: {told}")


def _fee_of(patient_id: int, slot: SlotRecord) -> billing.ConsultationFee:
    actor = ui.current_actor()
    with ui.reading() as session:
        return billing.consultation_fee(session, actor, patient_id, slot.doctor_id, slot.starts_at)


def _book_known(slot: SlotRecord, hits: list[PatientCard], term: str) -> None:
    chosen = choose_patient(hits, term, f"hit_for_{slot.slot_id}")
    if chosen is None:
        return
    _fee(chosen.patient_id, slot)
    if st.button(say("Book"), key=ui.form_key("book"), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with ui.refusals_shown():
            ui.act("book", scheduling.book, slot.slot_id, chosen.patient_id)
            _for_anybody()
            _done(say("{name} booked for {time}", name=chosen.name, time=ui.moment(slot.starts_at)), "event")


def _ask_first(slot: SlotRecord, form: str) -> None:
    """Whoever was typed into the form below may have a record already."""
    if asked := known_patient.asked(form):
        known_patient.question(
            form,
            asked,
            lambda card: _booked(slot, ui.act("book", scheduling.book, slot.slot_id, card.patient_id), form),
        )


def _booked(slot: SlotRecord, booked: AppointmentRecord, form: str) -> None:
    known_patient.forget(form)
    _done(say("{name} booked for {time}", name=booked.patient_name, time=ui.moment(slot.starts_at)), "event")


def _book_new(slot: SlotRecord, term: str) -> None:
    form = f"book_new_{slot.slot_id}"
    _ask_first(slot, form)
    typed_phone = any(char.isdigit() for char in term)
    with st.form(ui.form_key("book_new"), border=False, enter_to_submit=False):
        left, right = st.columns(2)
        hint = phones.example(ui.clinic().country)
        phone = left.text_input(say("Phone"), term if typed_phone else "", type="phone", placeholder=hint)
        name = right.text_input(say("Name"), "" if typed_phone else term)
        age = left.number_input(say("Age in years"), 0, patients.OLDEST_YEARS, value=None, step=1)
        sex = right.segmented_control(say("Sex"), list(Sex), format_func=called, default=Sex.UNKNOWN, required=True)
        sent = st.form_submit_button(say("Register and book"), type="primary", shortcut="Ctrl+Enter", width="stretch")
        anyway = known_patient.anyway_button(form)
    if sent or anyway:
        details = PatientDetails(name, sex, phone, age_years=int(age) if age is not None else None)
        with known_patient.asked_first(form, details):
            booked = ui.act("book_new", scheduling.register_and_book, details, slot.slot_id, anyway=anyway)
            _booked(slot, booked, form)


def _closed(slot: SlotRecord) -> None:
    st.markdown(f"{ui.moment(slot.starts_at)} {ui.badge(slot.state)}")
    if st.button(say("Open again"), key=ui.form_key("reopen"), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with ui.refusals_shown():
            ui.act("reopen", scheduling.unblock, slot.doctor_id, slot.starts_at, slot.ends_at)
            _done(say("{time} open again", time=ui.clock_time(slot.starts_at)), "event_available")


def _taken(slot: SlotRecord) -> None:
    assert slot.appointment_id is not None
    assert slot.appointment_state is not None
    st.markdown(f"**{ui.plain(slot.patient_name or '')}** {ui.badge(slot.appointment_state)}")
    st.caption(" · ".join(filter(None, (ui.moment(slot.starts_at), slot.phone, slot.mrn))))
    _fee(slot.patient_id, slot)
    if slot.appointment_state is AppointmentState.BOOKED:
        _steps(slot, slot.appointment_id)
        _cancel(slot, slot.appointment_id)


def _steps(slot: SlotRecord, appointment_id: int) -> None:
    """What its time allows: check in on the day, "did not come" once the time has passed, move always."""
    row = st.container(horizontal=True)
    if clock.day_of(slot.starts_at) == clock.today():
        key, icon = ui.form_key("check_in"), ":material/how_to_reg:"
        if row.button(say("Check in"), key=key, type="primary", shortcut="Ctrl+Enter", icon=icon, width="stretch"):
            with ui.refusals_shown():
                card = ui.act("check_in", token_queue.check_in, appointment_id)
                _done(ui.hand_out(card), "confirmation_number")
    if row.button(say("Move"), icon=":material/move_item:", width="stretch"):
        st.session_state[_MOVING] = slot
        ui.close_dialog()
        st.rerun()
    due, key, icon = slot.starts_at <= clock.now(), ui.form_key("no_show"), ":material/person_off:"
    if due and row.button(say("Did not come"), key=key, icon=icon, width="stretch"):
        with ui.refusals_shown():
            ui.act("no_show", scheduling.mark_no_show, appointment_id)
            _done(say("{name} did not come", name=slot.patient_name), "person_off")


def _cancel(slot: SlotRecord, appointment_id: int) -> None:
    with st.form(key := ui.form_key("cancel"), border=False, enter_to_submit=False):
        reason = because(REASONS, key=f"why_{key}")
        sent = st.form_submit_button(say("Cancel it"), icon=":material/event_busy:", width="stretch")
    if sent:
        with ui.refusals_shown():
            ui.act("cancel", scheduling.cancel, appointment_id, reason)
            _freed(slot.slot_id, say("Appointment of {name} cancelled", name=slot.patient_name), "event_busy")


def show_gone(gone: Sequence[AppointmentRecord]) -> None:
    """Appointments that will not take place, with the reason, folded away."""
    if not gone:
        return
    with st.expander(say("Cancelled or missed: {count}", count=len(gone)), icon=":material/event_busy:"):
        for booked in gone:
            line = f"{ui.clock_time(booked.starts_at)} **{ui.plain(booked.patient_name)}** {ui.badge(booked.state)}"
            facts = " · ".join(filter(None, (booked.doctor_name, booked.phone, booked.reason and say(booked.reason))))
            st.markdown(f"{line}  \n:small[:gray[{ui.plain(facts)}]]")


def _done(sentence: str, icon: str) -> None:
    ui.close_dialog()
    ui.flash(sentence, icon)


def _freed(slot_id: int, sentence: str, icon: str) -> None:
    """A slot that somebody waits for is offered at once."""
    actor = ui.current_actor()
    with ui.reading() as session:
        slot = scheduling.get_slot(session, actor, slot_id)
    if waiting_list.offers(slot):
        ui.open_dialog("slot", slot_id)
    else:
        ui.close_dialog()
    ui.flash(sentence, icon)


def _stop_moving() -> None:
    st.session_state.pop(_MOVING, None)
