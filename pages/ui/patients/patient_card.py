"""A patient's card: who it is, every job the role may do, and what has been."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core import clock, patients, scheduling, token_queue
from core.models import OPEN_TOKEN_STATES
from core.patients import PatientCard, PatientDetails, ReasonNeeded
from core.permissions import Actor, Permission, allowed
from core.scheduling import AppointmentRecord
from core.token_queue import TokenCard
from core.words import say
from pages.ui.dialog import open_dialog
from pages.ui.links import link
from pages.ui.messages import flash
from pages.ui.outside_work import ask
from pages.ui.patients import patient_file
from pages.ui.patients.change_patient import ask_to_change
from pages.ui.patients.patient import Money, marks, money_marks, money_of, sex
from pages.ui.queue.giving_token import give_token
from pages.ui.show import badge, clinic_day, plain
from pages.ui.work import Session, act, form_key, refusals_shown

MERGE, BILL, ADVANCE = "patients.merge", "patients.bill", "patients.advance"


@dataclass(frozen=True)
class Known:
    """What this role may know of somebody; what it may not is empty."""

    card: PatientCard
    details: PatientDetails | None
    family: Sequence[PatientCard]
    appointments: Sequence[AppointmentRecord]
    came: Sequence[TokenCard]
    money: Money | None
    became: PatientCard | None


def known(session: Session, actor: Actor, card: PatientCard) -> Known:
    may, of = {permission: allowed(actor, permission) for permission in Permission}, card.patient_id
    return Known(
        card,
        patients.details(session, actor, of) if may[Permission.EDIT_PATIENTS] else None,
        [other for other in patients.same_phone(session, actor, card.phone) if other.patient_id != of],
        scheduling.list_of_patient(session, actor, of) if may[Permission.SEE_SCHEDULE] else (),
        token_queue.list_of_patient(session, actor, of) if may[Permission.SEE_QUEUE] else (),
        money_of(session, actor, of) if may[Permission.SEE_DUES] else None,
        patients.survivor(session, actor, of) if card.archived else None,
    )


def head(who: Known) -> None:
    """Name, what tells this person from others, and what must not be overlooked."""
    card, details = who.card, who.details
    st.subheader(plain(card.name), anchor=False)
    known = card.birth_date and not card.birth_date_is_estimated
    born = say("born {day}", day=clinic_day(card.birth_date)) if known else ""
    facts = [card.age, born, sex(card), card.phone, card.mrn]
    st.markdown(f":gray[{plain(' · '.join(filter(None, facts)))}]")
    if card.archived:
        st.markdown(f":gray-badge[:material/archive: {say('Archived')}]")
    if details:
        with st.container(horizontal=True, gap="xsmall"):
            marks(details.allergies, details.chronic_conditions)
        kin = say("next of kin: {name}", name=details.next_of_kin) if details.next_of_kin else ""
        more = " · ".join(filter(None, (details.blood_group, details.address, kin)))
        if more:
            st.caption(plain(more))
    if who.money:
        with st.container(horizontal=True, gap="xsmall"):
            money_marks(who.money)


def jobs(actor: Actor, who: Known, doctors: Mapping[int, str], given: Callable[[TokenCard], None]) -> None:
    if who.card.archived:
        if not who.became:
            _bring_back(actor, who.card)
        return
    if allowed(actor, Permission.ISSUE_TOKENS):
        with st.container(border=True):
            _token(who, doctors, given)
    of = who.card.patient_id
    with st.container(horizontal=True, vertical_alignment="center"):
        if allowed(actor, Permission.BOOK):
            link("calendar", say("Book"), patient=who.card.mrn)
        if allowed(actor, Permission.TAKE_PAYMENT):
            link("cash", say("Pay"), find=who.card.mrn)
        _job(actor, Permission.BILL, say("New bill"), "receipt_long", open_dialog, BILL, of)
        _job(actor, Permission.TAKE_PAYMENT, say("Advance"), "savings", open_dialog, ADVANCE, of)
    with st.container(horizontal=True, vertical_alignment="center"):
        _job(actor, Permission.EDIT_PATIENTS, say("Change"), "edit", ask_to_change, of)
        _job(actor, Permission.MERGE_PATIENTS, say("Merge"), "merge", open_dialog, MERGE, (of, None))
        if allowed(actor, Permission.EDIT_PATIENTS):
            _archive(who.card)


def _job(actor: Actor, needs: Permission, word: str, icon: str, asked: Callable[..., None], *about: object) -> None:
    if allowed(actor, needs):
        st.button(word, icon=f":material/{icon}:", type="tertiary", on_click=asked, args=about)


def _token(who: Known, doctors: Mapping[int, str], given: Callable[[TokenCard], None]) -> None:
    waits = next((one for one in who.came if one.state in OPEN_TOKEN_STATES and _is_today(one)), None)
    if waits is None:
        today = [booked for booked in who.appointments if clock.day_of(booked.starts_at) == clock.today()]
        give_token(who.card, doctors, today, given)
        return
    doctor = f" :gray[· {plain(waits.doctor_name)}]" if waits.doctor_name else ""
    st.markdown(f"{say('Token **{number}** today', number=waits.number)} {badge(waits.state)}{doctor}")
    link("queue")


def _is_today(token: TokenCard) -> bool:
    return clock.day_of(token.issued_at) == clock.today()


def _archive(card: PatientCard) -> None:
    with st.popover(say("Archive"), icon=":material/archive:", type="tertiary"):
        st.caption(say("Nobody finds the record any more. Visits and bills stay, and it can be brought back."))
        name = f"archive_{card.patient_id}"
        if st.button(say("Archive this record"), key=form_key(name), icon=":material/archive:"):
            with refusals_shown():
                act(name, patients.archive, card.patient_id)
                flash(say("{name} archived", name=card.name), icon="archive")


def _bring_back(actor: Actor, card: PatientCard) -> None:
    name = f"restore_{card.patient_id}"
    icon = ":material/unarchive:"
    if allowed(actor, Permission.EDIT_PATIENTS) and st.button(say("Bring it back"), key=form_key(name), icon=icon):
        with refusals_shown():
            act(name, patients.restore, card.patient_id)
            flash(say("{name} is back", name=card.name), icon="unarchive")


def so_far(actor: Actor, who: Known, choose: Callable[[str], None], closed: ReasonNeeded | None) -> None:
    """Family, the file as far as the role may see it or what opens it, and for administrators who read it."""
    if who.became:
        name, mrn = plain(who.became.name), who.became.mrn
        st.info(say("This record is part of {name}, {mrn}, now: the file is there.", name=name, mrn=mrn))
        _other(who.became, choose)
        return
    if who.family:
        st.markdown(f"**{say('Same phone')}**")
        with st.container(horizontal=True):
            for other in who.family:
                _other(other, choose)
    if closed:
        ask(closed)
    else:
        patient_file.section(actor, who.card.patient_id)
    patient_file.openings(actor, who.card.patient_id)


def _other(card: PatientCard, choose: Callable[[str], None]) -> None:
    label = f"{plain(card.name)} :gray[{plain(card.age)}]"
    st.button(label, key=f"other_{card.patient_id}", on_click=choose, args=[card.mrn])
