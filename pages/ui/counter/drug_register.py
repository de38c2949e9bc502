"""The register of a controlled medicine on the screen, and as PDF and CSV."""

from datetime import date

import streamlit as st

from core import clock, drug_register, papers
from core.drug_register import Register
from core.papers import Sheet
from core.permissions import Actor
from core.spreadsheet import MIME
from core.words import say, written
from pages.ui import scanning
from pages.ui.file_access import list_opened
from pages.ui.keyboard import keyboard
from pages.ui.session import clinic
from pages.ui.show import clinic_day, counts, empty, moment, plain, table
from pages.ui.spans import own_dates
from pages.ui.taking import taken
from pages.ui.work import reading, refusals_shown


def show(actor: Actor) -> None:
    with reading() as session:
        kept = drug_register.controlled(session, actor)
    if not kept:
        empty(say("No medicine is marked as controlled. Stock, Change marks one."), "lock")
        return
    left, right = st.columns([3, 2])
    if meant := kept.keys() & st.session_state.pop("register_meant", set()):
        st.session_state["register_medicine"] = min(meant)
    medicine_id = left.selectbox(
        say("Controlled medicine"), list(kept), format_func=kept.__getitem__, key="register_medicine",
        help=say("A scan of its pack chooses it."),
    )  # fmt: skip
    if (code := keyboard(focus_id="register")) and (meant := scanning.medicines_meant(code, scanned=True)):
        st.session_state["register_meant"] = meant
        st.rerun()
    scanning.scanning_dialogs()
    today = clock.today()
    with right:
        first, last = own_dates("register_days", (today.replace(day=1), today))
    list_opened(f"register of {kept[medicine_id]}")
    with refusals_shown():
        with reading() as session:
            found = drug_register.register(session, actor, medicine_id, first, last)
        _register(medicine_id, found)


def _register(medicine_id: int, found: Register) -> None:
    came, went = sum(one.came for one in found.entries), sum(one.went for one in found.entries)
    counts(
        {
            say("On hand before"): found.opening,
            say("In"): came,
            say("Out"): went,
            say("On hand afterwards"): found.closing,
        }
    )
    rows = [
        {
            **{say("When"): moment(one.moved_at), say("What"): one.what},
            **{say("In"): _some(one.came), say("Out"): _some(one.went), say("Balance"): one.balance},
            **{say("Patient"): one.patient, "MRN": one.mrn, say("Prescriber"): one.prescriber},
            **{say("Prescription"): one.prescription, say("Bill"): one.bill, say("Batch"): one.batch_number},
            say("By"): one.by,
        }
        for one in found.entries
    ]
    figures = {name: st.column_config.TextColumn(alignment="right") for name in (say("In"), say("Out"))}
    nothing = say("Nothing of {medicine} came or went on these days.", medicine=plain(found.medicine))
    table(rows, nothing, "lock", figures)
    with st.container(horizontal=True):
        _download("PDF", ".pdf", medicine_id, found.first, found.last)
        _download("CSV", ".csv", medicine_id, found.first, found.last)
    first, last = clinic_day(found.first), clinic_day(found.last)
    st.caption(say("{first} to {last}. Who took it away, and when, is kept.", first=first, last=last))


def _some(count: int) -> str:
    return written(count) if count else ""


def _download(label: str, kind: str, medicine_id: int, first: date, last: date) -> None:
    token, profile = st.session_state["token"], clinic()

    def made() -> bytes:
        register = taken(token, drug_register.take, medicine_id, first, last, kind)
        if kind == ".csv":
            return register.rows.as_file(kind)
        return papers.as_pdf(drug_register.paper(register, profile), Sheet("A4"))

    st.download_button(
        label, made, f"register-{medicine_id}-{first}-to-{last}{kind}", MIME.get(kind, "application/pdf"),
        on_click="ignore", icon=":material/download:", key=f"register{kind}",
    )  # fmt: skip
