"""The administrator: the clinic's name, the rules that workflows ask for, prices, templates and backups."""

import streamlit as st

from core import billing, clinic
from core.clinic import PaperSize, StockOrder
from core.permissions import Permission, Role
from core.words import say
from pages import ui
from pages.ui.numbers import amount, whole
from pages.ui.office import backups, prices
from pages.ui.room import note_templates

actor = ui.page(say("Settings"), Permission.MANAGE_CLINIC)
with ui.reading() as session:
    now = clinic.profile(session)
    services = billing.list_services(session, actor)
ORDERS = {StockOrder.FIFO: say("Oldest delivery first"), StockOrder.FEFO: say("Earliest expiry first")}


def the_clinic() -> None:
    with st.form(ui.form_key("clinic"), border=False):
        name = st.text_input(say("Name"), now.name)
        address = st.text_input(say("Address"), now.address, help=say("Printed on prescriptions and bills."))
        left, right = st.columns(2)
        phone = left.text_input(say("Phone"), now.phone, type="phone")
        paper = right.segmented_control(
            say("Paper of prescriptions"), list(PaperSize), default=now.paper_size, required=True, width="stretch"
        )
        tax_number = st.text_input(say("Tax number"), now.tax_number, help=say("Printed on bills: GSTIN, VAT number …"))
        left, right = st.columns(2)
        left.text_input(
            say("Time zone"), now.time_zone, disabled=True, help=say("Chosen at set-up: every record's day follows it.")
        )
        right.text_input(say("Currency"), now.currency, disabled=True, help=say("Chosen at set-up."))
        st.subheader(say("Rules"), anchor=False)
        days, tax, limit, cover = _numbers()
        order = st.segmented_control(
            say("Hand out first"), list(ORDERS), default=now.stock_order, format_func=ORDERS.__getitem__, required=True
        )
        unpaid = st.toggle(say("Hand over medicines before the bill is paid"), now.dispense_unpaid)
        sent = st.form_submit_button(
            say("Save"), type="primary", shortcut="Ctrl+Enter", icon=":material/save:", width="stretch"
        )
    if sent:
        values = {"name": name, "address": address, "phone": phone, "tax_number": tax_number, "paper_size": paper}
        rules = {
            **{"follow_up_days": whole(days), "consultation_tax_percent": amount(tax), "cover_days": whole(cover)},
            "discount_limits": now.discount_limits | {Role.RECEPTION.value: whole(limit)},
            **{"stock_order": order, "dispense_unpaid": unpaid},
        }
        with ui.refusals_shown():
            ui.act("clinic", clinic.change, **values, **rules)
            ui.flash(say("Saved. It holds from the next step on."), icon="save")


def _numbers() -> tuple[float | None, ...]:
    """Follow-up days, tax on consultations, discount limit and cover days, as they were typed."""
    left, right = st.columns(2)
    days = left.number_input(
        say("Follow-up days"), 0, 365, now.follow_up_days, 1,
        help=say("Who comes again to the same doctor within these days pays the follow-up fee."),
    )  # fmt: skip
    tax = right.number_input(
        say("Tax on consultations, %"), 0.0, 100.0, float(now.consultation_tax_percent), 0.5, "%.2f",
        help=say("Added to the doctors' fees. Services and medicines have rates of their own."),
    )  # fmt: skip
    limit = left.number_input(
        say("Discount limit, %"), 0, 100, now.discount_limit(Role.RECEPTION), 1,
        help=say("The most that reception may take off a line. Administrators have no limit."),
    )  # fmt: skip
    cover = right.number_input(
        say("An order lasts, days"), 1, 365, now.cover_days, 1,
        help=say("How many days of use a suggested order covers, beyond the supplier's lead time."),
    )  # fmt: skip
    return days, tax, limit, cover


left, right = st.columns(2, gap="large")
with left:
    st.subheader(say("Clinic"), anchor=False)
    the_clinic()
    backups.kept(actor)
with right:
    prices.price_list(services)
    note_templates.of_clinic(actor)
