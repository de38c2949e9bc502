"""A patient's file on the screen: a line of time by year and day, to be narrowed to a kind; and who opened it."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import streamlit as st
from babel.dates import format_date

from core import patient_file, patients
from core.called import called
from core.models import InvoiceState, PrescriptionState, VisitState
from core.patient_file import Entry, Kind, Timeline
from core.patients import Opening
from core.permissions import Actor, Permission, allowed
from core.words import later, say
from pages.ui.links import link
from pages.ui.session import clinic
from pages.ui.show import badge, empty, moment, money, plain
from pages.ui.work import reading

SHOWN: dict[Kind, tuple[str, str]] = {
    Kind.VISIT: (later("Visits"), "stethoscope"),
    Kind.PRESCRIPTION: (later("Prescriptions"), "prescriptions"),
    Kind.BILL: (later("Bills"), "receipt_long"),
    Kind.PAPER: (later("Papers"), "description"),
    Kind.APPOINTMENT: (later("Appointments"), "event"),
    Kind.TOKEN: (later("Tokens"), "confirmation_number"),
}
USUAL = {(Kind.VISIT, VisitState.COMPLETED), (Kind.PRESCRIPTION, PrescriptionState.ISSUED)}  # goes without saying


def section(actor: Actor, patient_id: int) -> None:
    """Which kinds and which page stand in the session, so that they are known before anything is read."""
    chips, pages = f"file_kinds_{patient_id}", f"file_page_{patient_id}"
    kinds, page = st.session_state.get(chips, []), st.session_state.get(pages, 1)
    with reading() as session:
        file = patient_file.timeline(session, actor, patient_id, kinds, page)
    st.subheader(say("File"), anchor=False)
    if not sum(file.counts.values()):
        empty(say("Nothing yet: what happens here with this patient appears by itself."), "history")
        return
    _chips(file, chips, pages)
    for year, entries in groupby(file.entries, key=lambda entry: entry.day.year):
        st.markdown(f"**{year}**")
        for day, of_day in groupby(entries, key=lambda entry: entry.day):
            _day(actor, day, list(of_day))
    if file.pages > 1:
        st.pagination(file.pages, key=pages)


def _chips(file: Timeline, key: str, page_key: str) -> None:
    """A kind of which there is nothing is not offered. A choice begins on the first page."""
    there = [kind for kind, count in file.counts.items() if count]

    def words(kind: Kind) -> str:
        word, icon = SHOWN[kind]
        return f":material/{icon}: {say(word)} {file.counts[kind]}"

    if len(there) > 1:
        st.pills(
            say("Show"), there, selection_mode="multi", format_func=words, key=key, label_visibility="collapsed",
            wrap=True, on_change=lambda: st.session_state.pop(page_key, None),
        )  # fmt: skip


def _day(actor: Actor, day: date, entries: Sequence[Entry]) -> None:
    with st.container(horizontal=True, wrap=False, gap="small", key=f"file_{day}"):
        st.markdown(f":gray[{format_date(day, 'd MMM', locale=clinic().locale)}]", width=58)
        with st.container(gap="xsmall"):
            for entry in entries:
                with st.container(horizontal=True, wrap=False, gap="small"):
                    st.markdown(_line(entry), width="stretch")
                    _open(actor, entry)


def _line(entry: Entry) -> str:
    words = [f":material/{SHOWN[entry.kind][1]}: {plain(entry.title)}"]
    if entry.total is not None:
        words.append(f"· {plain(money(entry.total))}")
    if entry.due and entry.due != entry.total:
        due = say("{amount} due", amount=plain(money(entry.due)))
        words.append(f"· {due}")
    if entry.by:
        words.append(f":small[:gray[{plain(entry.by)}]]")
    if entry.state is not None and (entry.kind, entry.state) not in USUAL:
        words.append(badge(entry.state))
    if entry.remark:
        typed = entry.kind is Kind.APPOINTMENT
        remark = plain(entry.remark)
        words.append(f":small[:gray[{remark}]]" if typed else f":violet-badge[:material/edit_note: {remark}]")
    if entry.paper:
        words.append(f"[:material/print: PDF]({entry.paper})")  # in a tab of its own
    return " ".join(words)


def _open(actor: Actor, entry: Entry) -> None:
    if entry.kind in {Kind.VISIT, Kind.PAPER}:
        link("visit", say("Open") if entry.kind is Kind.VISIT else say("Visit"), id=str(entry.visit_id))
    if entry.kind is Kind.BILL and entry.state is InvoiceState.ISSUED and allowed(actor, Permission.TAKE_PAYMENT):
        link("cash", say("Pay"), find=entry.title)


def openings(actor: Actor, patient_id: int) -> None:
    """For administrators: who read this file last."""
    if not allowed(actor, Permission.SEE_OPENINGS):
        return
    with reading() as session:
        last = patients.list_openings(session, actor, patient_id)
    with st.expander(say("Opened by"), icon=":material/visibility:"):
        nobody = say("Nobody has opened this file.")
        st.markdown("  \n".join(map(_opening, last)) or f":gray[{nobody}]")


def _opening(one: Opening) -> str:
    role = f" :small[:gray[{called(one.role).lower()}]]" if one.role else ""
    why = f" · {plain(one.reason)}" if one.reason else ""
    return f"**{plain(one.by)}**{role} · {moment(one.at)}{why}"
