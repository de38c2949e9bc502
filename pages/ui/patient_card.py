"""A patient's card: who it is, every job the role may do, and what has been."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from core import billing, clock, patients, scheduling, token_queue, visits
from core.billing import InvoiceCard, InvoiceState
from core.models import OPEN_TOKEN_STATES
from core.patients import PatientCard, PatientDetails
from core.permissions import Actor, Permission, allowed
from core.scheduling import AppointmentRecord, AppointmentState
from core.token_queue import TokenCard
from core.visits import PastVisit
from pages.ui import past
from pages.ui.change_patient import ask_to_change
from pages.ui.dialog import open_dialog
from pages.ui.giving_token import give_token
from pages.ui.links import link
from pages.ui.messages import flash
from pages.ui.patient import SEX, marks
from pages.ui.show import badge, clinic_day, moment, money, plain
from pages.ui.work import Session, act, form_key, refusals_shown

MERGE, BILL = "patients.merge", "patients.bill"
MOST_SHOWN = 8


@dataclass(frozen=True)
class Known:
    """What this role may know of somebody; what it may not is empty."""

    card: PatientCard
    details: PatientDetails | None
    family: Sequence[PatientCard]
    appointments: Sequence[AppointmentRecord]
    came: Sequence[TokenCard]
    bills: Sequence[InvoiceCard]
    past: Sequence[PastVisit]


def known(session: Session, actor: Actor, card: PatientCard) -> Known:
    may, of = {permission: allowed(actor, permission) for permission in Permission}, card.patient_id
    return Known(
        card,
        patients.details(session, actor, of) if may[Permission.EDIT_PATIENTS] else None,
        [other for other in patients.same_phone(session, actor, card.phone) if other.patient_id != of],
        scheduling.list_of_patient(session, actor, of) if may[Permission.SEE_SCHEDULE] else (),
        token_queue.list_of_patient(session, actor, of) if may[Permission.SEE_QUEUE] else (),
        billing.list_of_patient(session, actor, of) if may[Permission.SEE_BILLS] else (),
        visits.history(session, actor, of) if may[Permission.READ_CLINICAL] else (),
    )


def head(who: Known) -> None:
    """Name, what tells this person from others, what must not be overlooked, and the family."""
    card, details = who.card, who.details
    st.subheader(plain(card.name), anchor=False)
    born = f"born {clinic_day(card.birth_date)}" if card.birth_date and not card.birth_date_is_estimated else ""
    facts = [card.age, born, SEX.get(card.sex, ""), card.phone, card.mrn]
    st.markdown(f":gray[{plain(' · '.join(filter(None, facts)))}]")
    if card.archived:
        st.markdown(":gray-badge[:material/archive: Archived]")
    if details:
        marks(details.allergies, details.chronic_conditions)
        kin = f"next of kin: {details.next_of_kin}" if details.next_of_kin else ""
        more = " · ".join(filter(None, (details.blood_group, details.address, kin)))
        if more:
            st.caption(plain(more))
    if due := sum((bill.due for bill in who.bills), Decimal(0)):
        st.markdown(f":orange-badge[:material/payments: {plain(money(due))} to pay]")


def jobs(actor: Actor, who: Known, doctors: Mapping[int, str], given: Callable[[TokenCard], None]) -> None:
    if who.card.archived:
        _bring_back(actor, who.card)
        return
    if allowed(actor, Permission.ISSUE_TOKENS):
        with st.container(border=True):
            _token(who, doctors, given)
    of = who.card.patient_id
    with st.container(horizontal=True, vertical_alignment="center"):
        if allowed(actor, Permission.BOOK):
            link("calendar", "Book", patient=who.card.mrn)
        if allowed(actor, Permission.TAKE_PAYMENT):
            link("cash", "Pay", find=who.card.mrn)
        _job(actor, Permission.BILL, "New bill", "receipt_long", open_dialog, BILL, of)
    with st.container(horizontal=True, vertical_alignment="center"):
        _job(actor, Permission.EDIT_PATIENTS, "Change", "edit", ask_to_change, of)
        _job(actor, Permission.MERGE_PATIENTS, "Merge", "merge", open_dialog, MERGE, (of, None))
        if allowed(actor, Permission.EDIT_PATIENTS):
            _archive(who.card)


def _job(actor: Actor, needs: Permission, word: str, icon: str, asked: Callable[..., None], *about: object) -> None:
    if allowed(actor, needs):
        st.button(word, icon=f":material/{icon}:", type="tertiary", on_click=asked, args=about)


def _token(who: Known, doctors: Mapping[int, str], given: Callable[[TokenCard], None]) -> None:
    waits = next((one for one in who.came if one.state in OPEN_TOKEN_STATES and _is_today(one)), None)
    if waits is None:
        give_token(
            who.card, doctors, [b for b in who.appointments if clock.day_of(b.starts_at) == clock.today()], given
        )
        return
    doctor = f" · {waits.doctor_name}" if waits.doctor_name else ""
    st.markdown(f"Token **{waits.number}** today {badge(waits.state)} :gray[{plain(doctor)}]")
    link("queue")


def _is_today(token: TokenCard) -> bool:
    return clock.day_of(token.issued_at) == clock.today()


def _archive(card: PatientCard) -> None:
    with st.popover("Archive", icon=":material/archive:", type="tertiary"):
        st.caption("Nobody finds the record any more. Visits and bills stay, and it can be brought back.")
        name = f"archive_{card.patient_id}"
        if st.button("Archive this record", key=form_key(name), icon=":material/archive:"):
            with refusals_shown():
                act(name, patients.archive, card.patient_id)
                flash(f"{card.name} archived", icon="archive")


def _bring_back(actor: Actor, card: PatientCard) -> None:
    name = f"restore_{card.patient_id}"
    icon = ":material/unarchive:"
    if allowed(actor, Permission.EDIT_PATIENTS) and st.button("Bring it back", key=form_key(name), icon=icon):
        with refusals_shown():
            act(name, patients.restore, card.patient_id)
            flash(f"{card.name} is back", icon="unarchive")


def so_far(actor: Actor, who: Known, choose: Callable[[str], None]) -> None:
    """Family, appointments, when they came, bills, and for who treats them the visits themselves."""
    if who.family:
        st.markdown("**Same phone**")
        with st.container(horizontal=True):
            for other in who.family:
                label = f"{plain(other.name)} :gray[{plain(other.age)}]"
                st.button(label, key=f"family_{other.patient_id}", on_click=choose, args=[other.mrn])
    if allowed(actor, Permission.READ_CLINICAL):
        past.timeline(list(who.past))
    _list("Appointments", [_appointment(booked) for booked in who.appointments], "No appointments.")
    _list("Came", [_came(token) for token in who.came], "Has not been here with a token.")
    if allowed(actor, Permission.SEE_BILLS):
        _list("Bills", [_bill(bill) for bill in reversed(who.bills)], "No bills.")


def _list(title: str, lines: Sequence[str], nothing: str) -> None:
    with st.expander(f"{title} ({len(lines)})", icon=":material/history:", expanded=False):
        st.markdown("  \n".join(lines[:MOST_SHOWN]) if lines else f":gray[{nothing}]")
        if len(lines) > MOST_SHOWN:
            st.caption(f"And {len(lines) - MOST_SHOWN:,} older ones.")


def _appointment(booked: AppointmentRecord) -> str:
    why = f" · {plain(booked.reason)}" if booked.state is AppointmentState.CANCELLED else ""
    return f"**{moment(booked.starts_at)}** {plain(booked.doctor_name)} {badge(booked.state)}{why}"


def _came(token: TokenCard) -> str:
    return f"**{moment(token.issued_at)}** token {token.number} · {plain(token.doctor_name)} {badge(token.state)}"


def _bill(bill: InvoiceCard) -> str:
    due = f" · {plain(money(bill.due))} due" if bill.state is InvoiceState.ISSUED and bill.paid else ""
    amount = plain(money(bill.total))
    return f"**{clinic_day(bill.issued_on)}** {plain(bill.number)} · {amount}{due} {badge(bill.state)}"
