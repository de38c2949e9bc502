"""The dialogs in which a medicine is added to the list, changed, or withdrawn from it."""

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from core import buying, inventory
from core.called import called
from core.inventory import MedicineDetails, MedicineForm, MedicineRecord
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, opened
from pages.ui.messages import flash
from pages.ui.numbers import amount, whole
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import act, form_key, reading, refusals_shown

EMPTY = MedicineDetails("", MedicineForm.TABLET, "", Decimal("0.00"))


@dialog(later("New medicine"), width="medium", icon=":material/add:", on_dismiss=close_dialog)
def new_medicine() -> None:
    suppliers = _suppliers()
    with st.form(form_key("add_medicine"), border=False):
        details = _fields(EMPTY, suppliers)
        sent = st.form_submit_button(say("Add"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            added = act("add_medicine", inventory.add_medicine, details)
            st.query_params["medicine"] = str(added.medicine_id)
            close_dialog()
            flash(say("{name} added to the list of medicines", name=added.name))


@dialog(later("Change medicine"), width="medium", icon=":material/edit:", on_dismiss=close_dialog)
def change_medicine(medicine: MedicineRecord) -> None:
    name = f"change_medicine_{medicine.medicine_id}"
    suppliers = _suppliers()
    with st.form(form_key(name), border=False):
        details = _fields(medicine, suppliers)
        sent = st.form_submit_button(say("Save"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.change_medicine, medicine.medicine_id, details, medicine)
            close_dialog()
            flash(say("{name} saved", name=details.name))


@dialog(later("Withdraw medicine"), icon=":material/delete:", on_dismiss=close_dialog)
def withdraw_medicine(medicine: MedicineRecord) -> None:
    name = f"withdraw_{medicine.medicine_id}"
    st.markdown(say("**{name}** will not be offered, ordered or received any more.", name=plain(medicine.name)))
    st.caption(say("What is already paid for can still be handed over. A withdrawal can be taken back."))
    if st.button(say("Withdraw"), key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, inventory.withdraw, medicine.medicine_id)
            close_dialog()
            flash(say("{name} withdrawn", name=medicine.name), icon="delete")


def medicine_dialogs() -> None:
    """Whichever of them is open."""
    if opened("stock.add"):
        new_medicine()
    if changed := opened("stock.change"):
        change_medicine(changed)
    if leaving := opened("stock.withdraw"):
        withdraw_medicine(leaving)


def _suppliers() -> dict[int, str]:
    with reading() as session:
        return {found.supplier_id: found.name for found in buying.list_suppliers(session, current_actor())}


def _fields(now: MedicineDetails, suppliers: Mapping[int, str]) -> MedicineDetails:
    name = st.text_input(say("Name"), now.name, placeholder=say("Amoxicillin 500 mg"))
    left, right = st.columns(2)
    generic = left.text_input(say("Generic name"), now.generic)
    strength = right.text_input(say("Strength"), now.strength)
    left, middle, right = st.columns(3)
    forms = list(MedicineForm)
    form = left.selectbox(say("Form"), forms, forms.index(now.form), format_func=called)
    unit = middle.text_input(say("Unit handed over"), now.unit, placeholder=say("capsule"))
    pack = right.number_input(
        say("Doses in a unit"), 1, value=now.pack_size, help=say("100 for a bottle of 100 ml, 1 for a tablet.")
    )
    left, middle, right = st.columns(3)
    priced = None if now is EMPTY else float(now.price)  # zero is a price, and nobody typed it yet
    price = left.number_input(say("Price of a unit"), 0.0, value=priced, step=1.0, format="%.2f")
    tax = middle.number_input(say("Tax, percent"), 0.0, 100.0, value=float(now.tax_percent), step=1.0, format="%.2f")
    reorder = right.number_input(
        say("Reorder level"), 0, value=now.reorder_level, help=say("At or below it the medicine runs low.")
    )
    left, right = st.columns(2)
    barcode = left.text_input(
        say("Barcode"), now.barcode or "", placeholder=say("Scan it, or type the digits under it")
    )
    usual = list(suppliers).index(now.supplier_id) if now.supplier_id and now.supplier_id in suppliers else None
    supplier = right.selectbox(
        say("Usual supplier"), list(suppliers), usual, suppliers.__getitem__, placeholder=say("Whoever delivered last")
    )
    controlled = st.checkbox(say("Controlled substance"), now.is_controlled)
    counted = (whole(pack), whole(reorder), amount(tax))
    return MedicineDetails(name, form, unit, amount(price), generic, strength, *counted, controlled, barcode, supplier)
