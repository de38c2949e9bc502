"""The price list: services beside the doctors' fees and the medicines, which have prices of their own."""

from collections.abc import Sequence

import streamlit as st

from core import billing
from core.billing import ServiceDetails, ServiceRecord
from core.words import later, say
from pages import ui
from pages.ui.dialog import dialog
from pages.ui.numbers import amount
from pages.ui.office import samples


def price_list(services: Sequence[ServiceRecord]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(say("Price list"), anchor=False, width="content")
        st.space("stretch")
        st.button(say("New service"), icon=":material/add:", on_click=ui.open_dialog, args=["prices.add"])
    st.caption(say("Services. Doctors' fees are under Users, medicines' prices under Stock."))
    if not services:
        ui.empty(say("No services yet. Add dressing, ECG, injection and what else you charge for."), "sell")
        samples.offer(samples.SERVICES)
        samples.dialogs()
    for service in services:
        _row(service)
    if ui.opened("prices.add"):
        _add()
    for service in services:
        if service.service_id == ui.opened("prices.change"):
            _change(service)


def _row(service: ServiceRecord) -> None:
    tax = say("+ {percent:f} % tax", percent=service.tax_percent.normalize()) if service.tax_percent else ""
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(
            f"{ui.plain(service.name)}  \n**{ui.plain(ui.money(service.price))}** :small[:gray[{tax}]]", width="stretch"
        )
        st.button(
            "", key=f"change_{service.service_id}", icon=":material/edit:", type="tertiary", help=say("Change"),
            on_click=ui.open_dialog, args=["prices.change", service.service_id],
        )  # fmt: skip


@dialog(later("New service"), icon=":material/add:", on_dismiss=ui.close_dialog)
def _add() -> None:
    with st.form(ui.form_key("add_service"), border=False):
        details = _fields(None)
        sent = st.form_submit_button(say("Add"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            added = ui.act("add_service", billing.add_service, details)
            _done(f"{added.name}: {ui.money(added.price)}", "sell")


@dialog(later("Change a service"), icon=":material/edit:", on_dismiss=ui.close_dialog)
def _change(service: ServiceRecord) -> None:
    with st.form(ui.form_key("change_service"), border=False):
        details = _fields(service)
        st.caption(say("Bills that are made already keep their price."))
        sent = st.form_submit_button(say("Save"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            changed = ui.act("change_service", billing.change_service, service.service_id, details)
            _done(f"{changed.name}: {ui.money(changed.price)}", "sell")
    icon = ":material/remove_circle:"
    if st.button(say("Take off the price list"), key=ui.form_key("withdraw_service"), type="tertiary", icon=icon):
        with ui.refusals_shown():
            ui.act("withdraw_service", billing.withdraw_service, service.service_id)
            _done(say("{name} is off the price list", name=service.name), "remove_circle")


def _fields(now: ServiceRecord | None) -> ServiceDetails:
    name = st.text_input(say("Service"), now.name if now else "")
    left, right = st.columns(2)
    currency = ui.clinic().currency
    price = left.number_input(
        say("Price, {currency}", currency=currency), 0.0, None, float(now.price) if now else None, 10.0, "%.2f"
    )
    tax = right.number_input(say("Tax, %"), 0.0, 100.0, float(now.tax_percent) if now else 0.0, 0.5, "%.2f")
    return ServiceDetails(name, amount(price), amount(tax))


def _done(sentence: str, icon: str) -> None:
    ui.close_dialog()
    ui.flash(sentence, icon)
