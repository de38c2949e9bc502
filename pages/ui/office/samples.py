"""The way from an empty list to a filled one: the sample's names, beside which the clinic types its prices.

What gets no price is left out: a service or a medicine that nobody priced would come onto a bill at nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from core import billing, inventory, samples
from core.billing import ServiceDetails
from core.inventory import MedicineDetails
from core.permissions import Permission, allowed
from core.words import later, say, say_count
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.numbers import amount
from pages.ui.session import clinic, current_actor
from pages.ui.show import plain
from pages.ui.work import act, form_key, reading, refusals_shown

T = TypeVar("T", ServiceDetails, MedicineDetails)

SERVICES, MEDICINES = "samples.services", "samples.medicines"
_BOTH = "both"  # services are about it where medicines come next


def offer(which: str) -> None:
    """The button of an empty list."""
    st.button(
        say("Start from the sample list"),
        key=f"offer_{which}",
        icon=":material/playlist_add:",
        on_click=open_dialog,
        args=[which],
    )


def begin_with_both() -> None:
    """Services, and then medicines."""
    open_dialog(SERVICES, _BOTH)


def dialogs() -> None:
    """Whichever of them is open."""
    actor = current_actor()
    if opened(SERVICES) and allowed(actor, Permission.MANAGE_CLINIC):
        _services()
    if opened(MEDICINES) and allowed(actor, Permission.MANAGE_STOCK):
        _medicines()


@dialog(later("Which services do you offer?"), width="large", icon=":material/sell:", on_dismiss=close_dialog)
def _services() -> None:
    with reading() as session:
        there = {service.name.lower() for service in billing.list_services(session, current_actor())}
    left = [details for details in samples.services() if details.name.lower() not in there]
    if priced := _priced("sample_services", left, {details.name: details.name for details in left}):
        with refusals_shown():
            added = act("sample_services", samples.take_services, priced)
            both = opened(SERVICES) == _BOTH
            told = say_count(added, "{count} service is on the price list", "{count} services are on the price list")
            _done(told, then=MEDICINES if both else "")


@dialog(later("Which medicines do you keep?"), width="large", icon=":material/medication:", on_dismiss=close_dialog)
def _medicines() -> None:
    with reading() as session:
        there = {medicine.name.lower() for medicine in inventory.list_medicines(session, current_actor())}
    left = [details for details in samples.medicines() if details.name.lower() not in there]
    labels = {one.name: say("{medicine} · one {unit}", medicine=one.name, unit=one.unit) for one in left}
    if priced := _priced("sample_medicines", left, labels):
        with refusals_shown():
            added = act("sample_medicines", samples.take_medicines, priced)
            _done(say_count(added, "{count} medicine is on the list", "{count} medicines are on the list"))


def _priced(form: str, listed: Sequence[T], labels: Mapping[str, str]) -> list[T]:
    """Those beside which a price was typed, once they are sent."""
    currency = clinic().currency
    st.markdown(
        say("Type your price in {currency} under what you charge for; 0 is free of charge.", currency=currency)
        + " "
        + say("What gets no price is left out, and all of it can be changed later.")
    )
    with st.form(form_key(form), border=False):
        tax = st.number_input(say("Tax on all of them, %"), 0.0, 100.0, 0.0, 0.5, "%.2f", width=200)
        columns = st.columns(3)
        typed = [
            columns[place % 3].number_input(plain(labels[details.name]), 0.0, None, None, 10.0, "%.2f")
            for place, details in enumerate(listed)
        ]
        sent = st.form_submit_button(say("Put on the list"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    chosen = [
        replace(details, price=amount(price), tax_percent=amount(tax))
        for details, price in zip(listed, typed, strict=True)
        if price is not None
    ]
    if sent and not chosen:
        st.error(say("Type at least one price."), icon=":material/error:")
    return chosen if sent else []


def _done(sentence: str, then: str = "") -> None:
    close_dialog()
    if then:
        open_dialog(then)
    flash(sentence, "playlist_add_check")
