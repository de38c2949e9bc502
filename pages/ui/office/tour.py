"""The first steps of a role, on Today until they are put away: what to do first, and the way there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import streamlit as st

from core import billing, inventory, scheduling, users
from core.permissions import Actor, Role
from core.words import later, say
from pages.ui.links import link
from pages.ui.office import samples
from pages.ui.session import current_identity
from pages.ui.work import Session, act, form_key, refusals_shown


@dataclass(frozen=True)
class Step:
    """`fact` is what is true once it is done, where that can be known; `sample` the list that may be started from.

    `opens` is what stands in the address of its screen; before the fact `after` nobody is told of the step.
    """

    screen: str
    does: str
    how: str
    fact: str = ""
    sample: str = ""
    after: str = ""
    opens: Mapping[str, str] = field(default_factory=dict)


_DELIVERY = "stock", later("Receive a delivery"), later("Under Receive: scan, batch, expiry, quantity.")
_RECEIVING = {"view": "Receive"}


TOURS: Mapping[Role, tuple[Step, ...]] = {
    Role.ADMIN: (
        Step(
            *("users", later("Add a doctor"), later("With fee, room and speciality, and a first password."), "doctor"),
            opens={"new": Role.DOCTOR},
        ),
        Step(
            *("users", later("Add someone for the front desk"), later("They find, book, bill and cash."), "desk"),
            opens={"new": Role.RECEPTION},
        ),
        Step(
            "hours", later("Set the doctors' hours"), later("Then open slots, so that patients can be booked."), "hours"
        ),
        Step(
            *("settings", later("Fill the price list"), later("Services besides the doctors' fees."), "services"),
            sample=samples.SERVICES,
        ),
        Step(
            *("stock", later("List your medicines"), later("Type them, or bring in a file under Import."), "medicines"),
            sample=samples.MEDICINES,
        ),
        Step(
            *("users", later("Add a pharmacist"), later("They receive deliveries and hand over."), "pharmacist"),
            after="medicines",
            opens={"new": Role.PHARMACIST},
        ),
        Step(*_DELIVERY, "delivery", after="medicines", opens=_RECEIVING),
    ),
    Role.RECEPTION: (
        Step("desk", later("Give a token"), later("Find the patient by name or phone, or register a new one.")),
        Step("calendar", later("Book an appointment"), later("Click a free slot and type a few letters of the name.")),
        Step("cash", later("Make a bill and take the money"), later("Visits that are over wait there.")),
        Step(
            "waiting-room", later("Open the waiting-room screen"), later("On the screen on the wall, for the patients.")
        ),
        Step(
            "close-day",
            later("Close your drawer in the evening"),
            later("Count it, explain a difference, close it."),
        ),
    ),
    Role.DOCTOR: (
        Step("room", later("Call your next patient"), later("The first in your queue; the waiting room hears it.")),
        Step(
            "room",
            later("Write on one screen"),
            later("Vitals, diagnoses, note and prescription; what you type is kept."),
        ),
        Step("room", later("Complete the visit"), later("It is signed and locked, and the prescription is printed.")),
        Step(
            "patients", later("Read a file before the visit"), later("Former visits, prescriptions and papers by day.")
        ),
        Step("account", later("Turn on your second factor"), later("A stolen password alone then opens no record.")),
    ),
    Role.PHARMACIST: (
        Step(
            *("stock", later("List your medicines"), later("Type them, or start from the sample list.")),
            sample=samples.MEDICINES,
        ),
        Step(*_DELIVERY, opens=_RECEIVING),
        Step("counter", later("Hand over a bill"), later("Scan it, or type the name; batches are chosen for you.")),
        Step("stock", later("Order what runs out"), later("Under Orders, with the reason for each line.")),
        Step("recall", later("Know how to recall a batch"), later("Block it, and reach everybody who got of it.")),
    ),
    Role.MANAGER: (
        Step("reports", later("See the clinic at a glance"), later("Six numbers and their course.")),
        Step("revenue", later("Follow the money"), later("Billed, received, owed, down to each bill.")),
        Step("operations", later("See when patients wait"), later("By hour and weekday, and for whom.")),
        Step("drawers", later("Look at the drawers"), later("Which are open, and what was missing.")),
        Step("books", later("Check the books"), later("One button asks every rule.")),
    ),
    Role.ANALYST: (
        Step("reports", later("See the clinic at a glance"), later("Six numbers and their course.")),
        Step("lab", later("Build a group of patients"), later("Without names; small numbers are hidden.")),
        Step("lab", later("Take the code or a notebook away"), later("And go on from there in Jupyter.")),
        Step("prescribing", later("Compare what is prescribed"), later("By doctor and medicine, with the warnings.")),
        Step("quality", later("Know how good the records are"), later("What is missing limits what can be said.")),
    ),
}


def facts(session: Session, actor: Actor) -> set[str]:
    """What of the first steps is done. An administrator's can be seen in the clinic's lists."""
    if actor.role is not Role.ADMIN or not current_identity().on_tour:
        return set()
    roles = {person.role for person in users.list_users(session, actor)}
    medicines = inventory.list_medicines(session, actor)
    found = {
        "doctor": Role.DOCTOR in roles,
        "desk": Role.RECEPTION in roles,
        "hours": any(doctor.open_until for doctor in scheduling.list_weeks(session, actor)),
        "services": bool(billing.list_services(session, actor)),
        "medicines": bool(medicines),
        "pharmacist": Role.PHARMACIST in roles,
        "delivery": any(medicine.on_hand for medicine in medicines),
    }
    return {fact for fact, true in found.items() if true}


def first_steps(actor: Actor, done: Collection[str]) -> None:
    """Until they are put away; Help brings them back."""
    if not current_identity().on_tour:
        return
    with st.container(border=True, key="first_steps"):
        st.subheader(say("First steps"), anchor=False)
        told = [step for step in TOURS[actor.role] if not step.after or step.after in done]
        for number, step in enumerate(told, 1):
            _step(number, step, done=step.fact in done)
        if st.button(say("I know my way: put this away"), key=form_key("end_tour"), icon=":material/check:"):
            with refusals_shown():
                act("end_tour", users.end_tour)
                st.rerun()


def _step(number: int, step: Step, *, done: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if done:
            st.markdown(":green[:material/check_circle:]", width="content")
            st.caption(say(step.does), width="content")
            return
        st.markdown(f"**{number}**", width="content")
        link(step.screen, say(step.does), **step.opens)
        st.caption(say(step.how), width="content")
        if step.sample:
            samples.offer(step.sample)
