"""One way to show money, dates, people, states and emptiness on every screen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import streamlit as st
from babel import Locale
from babel.dates import format_date

from core.buying import PurchaseOrderState
from core.dosage import units as units
from core.inventory import BatchState
from core.models import AppointmentState, InvoiceState, PrescriptionState, Priority, SlotState, TokenState, VisitState
from core.patients import PatientCard
from core.spreadsheet import harmless
from core.users import DoctorChoice
from core.words import language, later, say, written
from pages.ui.session import clinic
from pages.ui.waits import room_name as room_name

# A state is always told by all three: word, colour, icon.
_TOLD: tuple[tuple[StrEnum, str, str, str], ...] = (
    (TokenState.WAITING, later("Waiting"), "blue", "hourglass_empty"),
    (TokenState.CALLED, later("With doctor"), "green", "campaign"),
    (TokenState.SKIPPED, later("Skipped"), "orange", "skip_next"),
    (TokenState.FINISHED, later("Finished"), "gray", "check"),
    (TokenState.NO_SHOW, later("Left"), "gray", "person_off"),
    (AppointmentState.BOOKED, later("Booked"), "blue", "event"),
    (AppointmentState.ARRIVED, later("Arrived"), "green", "how_to_reg"),
    (AppointmentState.COMPLETED, later("Seen"), "gray", "check"),
    (AppointmentState.CANCELLED, later("Cancelled"), "gray", "event_busy"),
    (AppointmentState.NO_SHOW, later("Did not come"), "orange", "person_off"),
    (SlotState.FREE, later("Free"), "green", "event_available"),
    (SlotState.CLOSED, later("Closed"), "gray", "block"),
    (VisitState.OPEN, later("In progress"), "green", "edit_note"),
    (VisitState.COMPLETED, later("Completed"), "gray", "lock"),
    (VisitState.CANCELLED, later("Cancelled"), "gray", "cancel"),
    (PrescriptionState.CANCELLED, later("Cancelled"), "gray", "cancel"),
    (InvoiceState.ISSUED, later("To pay"), "orange", "payments"),
    (InvoiceState.PAID, later("Paid"), "green", "check"),
    (InvoiceState.CANCELLED, later("Cancelled"), "gray", "cancel"),
    (BatchState.USABLE, later("Usable"), "green", "check"),
    (BatchState.BLOCKED, later("Blocked"), "orange", "block"),
    (BatchState.EXPIRED, later("Expired"), "red", "event_busy"),
    (BatchState.USED_UP, later("Used up"), "gray", "inventory_2"),
    (PurchaseOrderState.ORDERED, later("On the way"), "blue", "local_shipping"),
    (PurchaseOrderState.RECEIVED, later("Received"), "green", "check"),
    (PurchaseOrderState.CANCELLED, later("Cancelled"), "gray", "cancel"),
    (Priority.NORMAL, later("Normal"), "gray", "circle"),
    (Priority.ELDERLY, later("Elderly"), "violet", "elderly"),
    (Priority.PREGNANT, later("Pregnant"), "violet", "pregnant_woman"),
    (Priority.CHILD, later("Child"), "violet", "child_care"),
    (Priority.EMERGENCY, later("Emergency"), "red", "emergency"),
)
# By type as well: NO_SHOW of a token and of an appointment are equal as text, and are told differently.
_BY_STATE = {(type(state), state): (word, colour, icon) for state, word, colour, icon in _TOLD}


def told(state: StrEnum) -> tuple[str, str, str]:
    """Word, colour and icon of a state; the word in the reader's language."""
    word, colour, icon = _BY_STATE.get((type(state), state)) or (state.replace("_", " ").capitalize(), "gray", "circle")
    return say(word), colour, icon


def badge(state: StrEnum) -> str:
    """A state as inline markdown: colour, icon and word."""
    word, colour, icon = told(state)
    return f":{colour}-badge[:material/{icon}: {word}]"


def money(amount: Decimal) -> str:
    """With the clinic's currency, as its country writes numbers."""
    return clinic().money(amount)


def figures(amount: Decimal) -> str:
    """The same without its currency, for columns."""
    return clinic().figures(amount)


def clinic_day(day: date | None) -> str:
    return clinic().day(day) if day else ""


def full_day(day: date) -> str:
    """With its weekday."""
    return format_date(day, "EEEE, d MMMM y", locale=clinic().locale)


def day_format() -> str:
    """As the clinic's country writes short dates, of the orders that Streamlit's date boxes know."""
    locale = clinic().locale
    if locale.territory is None:
        return "DD/MM/YYYY"
    short = locale.date_formats["short"].pattern
    order = "".join(dict.fromkeys(sign for sign in short if sign in "dMy"))
    mark = next((sign for sign in short if sign in "/-."), "/")
    return mark.join({"yMd": ("YYYY", "MM", "DD"), "Mdy": ("MM", "DD", "YYYY")}.get(order, ("DD", "MM", "YYYY")))


def weekday(number: int, *, short: bool = False) -> str:
    """Its name; 0 is Monday."""
    return str(Locale(language()).days["stand-alone"]["abbreviated" if short else "wide"][number])


def clock_time(at: datetime | None) -> str:
    """The time on the clinic's wall."""
    return clinic().clock_time(at) if at else ""


def moment(at: datetime | None) -> str:
    return clinic().moment(at) if at else ""


def patient_line(card: PatientCard) -> str:
    """Name first, then what tells two people of one name apart; as markdown."""
    sex = {"FEMALE": say("F"), "MALE": say("M")}.get(card.sex, "")
    facts = " · ".join(fact for fact in (card.age, sex, card.phone, card.mrn) if fact)
    return f"**{plain(card.name)}**  \n:small[:gray[{plain(facts)}]]"


def doctor_names(doctors: Sequence[DoctorChoice]) -> dict[int, str]:
    """What a box to choose from shows; two of one name are told apart, or the box would take one for the other."""
    often = Counter(doctor.name for doctor in doctors)
    return {
        doctor.doctor_id: doctor.name
        if often[doctor.name] == 1
        else f"{doctor.name} ({room_name(doctor.room) or doctor.doctor_id})"
        for doctor in doctors
    }


def plain(text: str) -> str:
    """Text that people typed, safe inside markdown: it stays text."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]()#+-.!|<>~:$&" else char for char in text)


def counts(of: Mapping[str, int]) -> None:
    """A few numbers side by side, two in a row on a phone."""
    with st.container(horizontal=True):
        for word, count in of.items():
            st.metric(word, written(count), border=True, width="stretch")


def empty(sentence: str, icon: str = "inbox") -> None:
    """What a list says when nothing is in it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f":gray[:material/{icon}: {sentence}]", text_alignment="center")


def table(
    rows: Sequence[dict[str, object]], sentence: str, icon: str = "inbox", columns: Mapping[str, Any] | None = None
) -> None:
    """Rows as a read-only table, which can be downloaded, or the sentence when there are none.

    Of a text that is not there the grid would say None, in English and as if it were a word.
    """
    if rows:
        texts = {name for name in rows[0] if all(isinstance(row.get(name), str | None) for row in rows)}
        blank = dict.fromkeys(texts - (columns or {}).keys(), "")
        safe = [
            {name: harmless(blank.get(name) if value is None else value) for name, value in row.items()} for row in rows
        ]
        st.dataframe(safe, hide_index=True, width="stretch", column_config=columns)
    else:
        empty(sentence, icon)
