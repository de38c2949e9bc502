"""Everything that patients have still to get, what can be handed over now first."""

from collections.abc import Callable

import streamlit as st

from core import clock, dispensing
from core.dispensing import Owed, Waiting
from core.permissions import Actor
from core.words import say
from pages.ui import parts
from pages.ui.counter import counter_lines
from pages.ui.show import clinic_day, counts, empty, plain, units
from pages.ui.work import reading

MOST_SHOWN = 50


def show(actor: Actor, choose: Callable[[int], None]) -> None:
    """`choose` is called with the id of the bill to open."""
    with reading() as session:
        waiting = dispensing.list_waiting(session, actor)
    lines = [(bill, line) for bill in waiting if not bill.taken_back for line in bill.medicines]
    lines.sort(key=lambda pair: (not pair[1].is_ready, not pair[1].given, pair[0].issued_at))
    if not lines:
        empty(say("Nothing is owed to anybody."), "check")
        return
    ready = sum(line.is_ready for _, line in lines)
    rests = sum(line.given > 0 for _, line in lines)
    counts({say("Owed"): len(lines), say("Can be handed over now"): ready, say("Rest of what was handed over"): rests})
    for bill, line in lines[:MOST_SHOWN]:
        _row(bill, line, choose)
    if len(lines) > MOST_SHOWN:
        st.caption(say("And {count:,} more.", count=len(lines) - MOST_SHOWN))


def _row(bill: Waiting, line: Owed, choose: Callable[[int], None]) -> None:
    of_bill = say("bill {number} of {day}", number=bill.number, day=clinic_day(clock.day_of(bill.issued_at)))
    facts = " · ".join((bill.patient, bill.mrn, of_bill))
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            f"**{plain(line.medicine)}**, {units(line.quantity, plain(line.unit))} {_there(line)}"
            f"  \n:small[:gray[{plain(facts)}]]"
        )
        st.space("stretch")
        st.button(
            say("Open"), key=f"owed_{line.line_id}", icon=":material/chevron_right:", icon_position="right",
            on_click=_open, args=[bill.invoice_id, choose],
        )  # fmt: skip


def _open(invoice_id: int, choose: Callable[[int], None]) -> None:
    choose(invoice_id)
    parts.show("Hand over")


def _there(line: Owed) -> str:
    rest = f" :gray-badge[:material/call_split: {say('{count:,} given', count=line.given)}]" if line.given else ""
    if line.unprescribed:
        return f":red-badge[:material/lock: {say('Controlled, no prescription')}]{rest}"
    if line.is_ready:
        return f":green-badge[:material/check: {say('There now')}]{rest}"
    return f":orange-badge[:material/schedule: {counter_lines.there(line)}]{rest}"
