"""Patients: one box finds anybody, one card holds every job of theirs; two records of one person become one."""

import streamlit as st

from core import patients, users
from core.billing import InvoiceRecord
from core.errors import ClinicError
from core.permissions import Permission, allowed
from core.token_queue import TokenCard
from core.words import say
from pages import ui
from pages.ui import file_access, printing
from pages.ui.cash import advances, bill_by_hand
from pages.ui.messages import show_refusal
from pages.ui.patients import merging, patient_card
from pages.ui.patients.change_patient import change_patient_if_asked
from pages.ui.patients.patient_form import choose_patient

HITS = 6
SEARCH = "find_patient"
actor = ui.page(say("Patients"), Permission.SEE_PATIENTS)
ui.found_by_address(SEARCH)


def choose(number: str) -> None:
    """Whose card is shown stands in the address, so that a link or F5 leads back to it."""
    if st.query_params.get("patient") != number:
        st.query_params["patient"] = number


def chosen(number: str) -> patients.PatientCard | None:
    try:
        with ui.reading() as session:
            return patients.by_number(session, actor, number)
    except ClinicError as refusal:
        show_refusal(refusal)
        return None


def found() -> None:
    term = st.text_input(
        say("Find a patient"), key=SEARCH, live=True, icon=":material/search:",
        placeholder=say("Name, phone or MRN"),
    )  # fmt: skip
    if not term and st.query_params.get("patient"):
        return  # a card is open and nobody else is looked for
    with ui.reading() as session:
        hits = patients.search(session, actor, term, HITS)
    if not hits:
        nobody = say("Nobody found. The desk registers new patients.")
        ui.empty(nobody if term else say("No patients yet. The desk registers them."), "person_search")
    elif card := choose_patient(hits, term, "hit"):
        choose(card.mrn)


def given(token: TokenCard) -> None:
    ui.flash(ui.hand_out(token), "confirmation_number")


def billed(new: InvoiceRecord) -> None:
    st.session_state["bill"] = new.invoice_id
    ui.go("cash")


def card() -> None:
    number = st.query_params.get("patient")
    who = chosen(number) if number else None
    if who is None:
        ui.empty(say("Find somebody: the card with every job opens here."), "folder_shared")
        return
    closed = file_access.card_opened(who.patient_id)
    with ui.reading() as session:
        known = patient_card.known(session, actor, who)
        doctors = {doctor.doctor_id: doctor.name for doctor in users.list_doctors(session, actor)}
    with st.container(border=True):
        patient_card.head(known)
        patient_card.jobs(actor, known, doctors, given)
    patient_card.so_far(actor, known, show, closed)


def show(number: str) -> None:
    """For a button's on_click: the box is emptied, so that its first hit does not take the card over."""
    st.session_state[SEARCH] = ""
    choose(number)


def asked_by_address() -> None:
    """A link from elsewhere names both records of a pair."""
    pair = st.query_params.pop("merge", ""), st.query_params.get("patient", "")
    if all(pair) and allowed(actor, Permission.MERGE_PATIENTS):
        other, one = map(chosen, pair)
        if one and other:
            ui.open_dialog(patient_card.MERGE, (one.patient_id, other.patient_id))


asked_by_address()
left, right = st.columns([2, 3], gap="large")
with left:
    found()
with right:
    card()
if allowed(actor, Permission.MERGE_PATIENTS):
    with ui.reading() as session:
        done = patients.list_merges(session, actor)
    merging.merges(done)
change_patient_if_asked()
merging.merge_if_asked()
if patient_id := ui.opened(patient_card.BILL):
    bill_by_hand.bill_for(patient_id, billed)
if patient_id := ui.opened(patient_card.ADVANCE):
    advances.advance_dialog(patient_id)
printing.waiting()
ui.keyboard(search=SEARCH, focus_id=SEARCH, slip=ui.last_slip())
