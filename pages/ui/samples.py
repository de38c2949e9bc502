"""The way from an empty list to a filled one: the sample's rows, in which the clinic types its prices.

What gets no price is left out: a service or a medicine that nobody priced would come onto a bill at nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

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
from pages.ui.typed_grid import held
from pages.ui.work import act, form_key, reading, refusals_shown

T = TypeVar("T", ServiceDetails, MedicineDetails)

SERVICES, MEDICINES = "samples.services", "samples.medicines"


def offer(which: str) -> None:
    """The button of an empty list."""
    st.button(
        say("Start from the sample list"),
        key=f"offer_{which}",
        icon=":material/playlist_add:",
        on_click=open_dialog,
        args=[which],
    )


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
    priced = _priced("sample_services", _left(samples.services(), there), say("Service"))
    if priced:
        with refusals_shown():
            added = act("sample_services", samples.take_services, priced)
            _done(say_count(added, "{count} service is on the price list", "{count} services are on the price list"))


@dialog(later("Which medicines do you keep?"), width="large", icon=":material/medication:", on_dismiss=close_dialog)
def _medicines() -> None:
    with reading() as session:
        there = {medicine.name.lower() for medicine in inventory.list_medicines(session, current_actor())}
    priced = _priced("sample_medicines", _left(samples.medicines(), there), say("Medicine"))
    if priced:
        with refusals_shown():
            added = act("sample_medicines", samples.take_medicines, priced)
            _done(say_count(added, "{count} medicine is on the list", "{count} medicines are on the list"))


def _left(listed: Sequence[T], there: set[str]) -> list[T]:
    return [details for details in listed if details.name.lower() not in there]


def _priced(form: str, listed: Sequence[T], what: str) -> list[T]:
    """The rows in which a price was typed, once they are sent."""
    st.markdown(say("Type your price beside what you charge for; 0 is free of charge. What gets none is left out."))
    with st.form(form_key(form), border=False):
        rows = held(f"{form_key(form)}_grid", listed)
        typed = _grid(f"{form_key(form)}_grid", rows, what)
        sent = st.form_submit_button(say("Put on the list"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    chosen = [
        _as_typed(details, row) for details, row in zip(rows, typed, strict=True) if _number(row["price"]) is not None
    ]
    if sent and not chosen:
        st.error(say("Type at least one price."), icon=":material/error:")
    return chosen if sent else []


def _grid(key: str, rows: Sequence[T], what: str) -> list[dict[str, Any]]:
    price = say("Price, {currency}", currency=clinic().currency)
    column = st.column_config
    edited: list[dict[str, Any]] = st.data_editor(
        [{"name": row.name, **_unit(row), "price": None, "tax": None} for row in rows],
        key=key,
        hide_index=True,
        width="stretch",
        height=420,
        disabled=["unit"],
        column_config={
            "name": column.TextColumn(what, required=True, width="large"),
            "unit": column.TextColumn(say("Unit")),
            "price": column.NumberColumn(price, min_value=0, format="%.2f"),
            "tax": column.NumberColumn(say("Tax, %"), min_value=0, max_value=100, format="%.2f"),
        },
    )
    return edited


def _unit(row: ServiceDetails | MedicineDetails) -> dict[str, str]:
    return {"unit": row.unit} if isinstance(row, MedicineDetails) else {}


def _as_typed(details: T, row: dict[str, Any]) -> T:
    tax = _number(row["tax"])
    return replace(details, name=row["name"] or "", price=amount(row["price"]), tax_percent=amount(tax or 0))


def _number(typed: float | None) -> float | None:
    """A cell that nobody typed in may also come back as no number."""
    return None if typed is None or typed != typed else typed


def _done(sentence: str) -> None:
    close_dialog()
    flash(sentence, "playlist_add_check")
