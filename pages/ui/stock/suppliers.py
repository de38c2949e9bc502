"""Whom the pharmacy buys from."""

import streamlit as st

from core import buying
from core.buying import SupplierDetails, SupplierRecord
from core.words import later, say, say_count
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.keys import STOCK
from pages.ui.messages import flash
from pages.ui.numbers import whole
from pages.ui.session import current_actor
from pages.ui.show import empty, plain
from pages.ui.work import act, form_key, reading, refusals_shown

EMPTY = SupplierDetails("")


def suppliers() -> None:
    actor = current_actor()
    with reading() as session:
        kept = buying.list_suppliers(session, actor)
        withdrawn = buying.list_suppliers(session, actor, withdrawn=True)
    key, about = STOCK["new"].keys, ["suppliers.add"]
    st.button(say("New supplier"), icon=":material/add:", shortcut=key, on_click=open_dialog, args=about)
    if not kept:
        empty(
            say("No suppliers yet. Alt+N adds the first; one that is named with a delivery is added too."),
            "local_shipping",
        )
    for supplier in kept:
        _row(supplier)
    if withdrawn:
        with st.expander(say("Withdrawn ({count:,})", count=len(withdrawn)), icon=":material/delete:"):
            for supplier in withdrawn:
                _withdrawn(supplier)


def supplier_dialogs() -> None:
    """Whichever of them is open."""
    if opened("suppliers.add"):
        _add()
    if changed := opened("suppliers.change"):
        _change(changed)
    if leaving := opened("suppliers.withdraw"):
        _withdraw(leaving)


def _row(supplier: SupplierRecord) -> None:
    lead = say_count(supplier.lead_days, "{count} day", "{count} days")
    facts = [supplier.phone, supplier.email, supplier.address]
    facts += [say("tax no. {number}", number=supplier.tax_number)] if supplier.tax_number else []
    told = plain(" · ".join(fact for fact in facts if fact) or say("Nothing more is known yet"))
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(supplier.name)}**  \n:small[:gray[{told}]]", width="stretch")
        st.markdown(f":gray-badge[:material/local_shipping: {lead}]", width="content")
        for step, word, icon in (("change", say("Change"), "edit"), ("withdraw", say("Withdraw"), "delete")):
            key, about = f"{step}_{supplier.supplier_id}", [f"suppliers.{step}", supplier]
            st.button(word, key=key, icon=f":material/{icon}:", on_click=open_dialog, args=about)


def _withdrawn(supplier: SupplierRecord) -> None:
    name = f"reinstate_supplier_{supplier.supplier_id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(supplier.name), width="stretch")
        if st.button(say("Take back the withdrawal"), key=form_key(name), icon=":material/undo:"):
            with refusals_shown():
                act(name, buying.reinstate_supplier, supplier.supplier_id)
                flash(say("{name} is ordered from again", name=supplier.name), icon="undo")


@dialog(later("New supplier"), icon=":material/add:", on_dismiss=close_dialog)
def _add() -> None:
    with st.form(form_key("add_supplier"), border=False):
        details = _fields(EMPTY)
        sent = st.form_submit_button(say("Add"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            added = act("add_supplier", buying.add_supplier, details)
            close_dialog()
            flash(say("{name} added to the list of suppliers", name=added.name))


@dialog(later("Change supplier"), icon=":material/edit:", on_dismiss=close_dialog)
def _change(supplier: SupplierRecord) -> None:
    name = f"change_supplier_{supplier.supplier_id}"
    with st.form(form_key(name), border=False):
        details = _fields(supplier)
        sent = st.form_submit_button(say("Save"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            changed = act(name, buying.change_supplier, supplier.supplier_id, details)
            close_dialog()
            flash(say("{name} saved", name=changed.name))


@dialog(later("Withdraw supplier"), icon=":material/delete:", on_dismiss=close_dialog)
def _withdraw(supplier: SupplierRecord) -> None:
    name = f"withdraw_supplier_{supplier.supplier_id}"
    st.markdown(say("Nothing will be ordered or received from **{name}** any more.", name=plain(supplier.name)))
    st.caption(say("What came from it stays on the books. A withdrawal can be taken back."))
    if st.button(say("Withdraw"), key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, buying.withdraw_supplier, supplier.supplier_id)
            close_dialog()
            flash(say("{name} withdrawn", name=supplier.name), icon="delete")


def _fields(now: SupplierDetails) -> SupplierDetails:
    name = st.text_input(say("Name"), now.name)
    left, right = st.columns(2)
    phone = left.text_input(say("Phone"), now.phone, type="phone")
    email = right.text_input(say("Email"), now.email)
    address = st.text_input(say("Address"), now.address)
    left, right = st.columns(2)
    tax_number = left.text_input(say("Tax number"), now.tax_number)
    lead_days = right.number_input(
        say("Days to deliver"),
        0,
        value=now.lead_days,
        step=1,
        help=say("From order to delivery; orders are suggested in time."),
    )
    return SupplierDetails(name, phone, email, address, tax_number, whole(lead_days))
