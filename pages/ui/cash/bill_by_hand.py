"""The dialogs in which lines of a bill are typed: one made without a visit, and one corrected while it is unpaid."""

from collections.abc import Callable

import streamlit as st

from core import billing
from core.billing import InvoiceRecord
from core.words import later, say
from pages.ui.cash.bill_lines import typed_lines
from pages.ui.dialog import close_dialog, dialog
from pages.ui.messages import flash
from pages.ui.patients import patient_box
from pages.ui.show import plain
from pages.ui.work import act, form_key, refusals_shown


@dialog(later("Bill by hand"), width="medium", icon=":material/receipt_long:", on_dismiss=close_dialog)
def bill_by_hand(made: Callable[[InvoiceRecord], None]) -> None:
    """`made` is called with the new bill."""
    form = form_key("bill_by_hand")
    patient = patient_box.chosen(form)
    lines = typed_lines(form)
    if _button(say("Make bill"), form, disabled=not patient) and patient:
        with refusals_shown():
            new = act("bill_by_hand", billing.invoice_by_hand, patient.patient_id, lines)
            close_dialog()
            made(new)


def bill_for(patient_id: int, made: Callable[[InvoiceRecord], None]) -> None:
    """The same dialog with somebody found already."""
    patient_box.begin_with(form_key("bill_by_hand"), patient_id)
    bill_by_hand(made)


@dialog(later("Correct the bill"), width="medium", icon=":material/edit:", on_dismiss=close_dialog)
def correct_bill(bill: InvoiceRecord) -> None:
    """`bill` as it was when the dialog was opened: who changed it meanwhile is not overwritten."""
    name = f"correct_{bill.invoice_id}"
    form = form_key(name)
    kept = say("bill {number}, which keeps its number", number=plain(bill.number))
    st.markdown(f"**{plain(bill.patient)}** :small[:gray[{kept}]]")
    lines = typed_lines(form, bill.lines)
    if _button(say("Save"), form):
        with refusals_shown():
            act(name, billing.correct, bill.invoice_id, lines, seen=bill)
            close_dialog()
            flash(say("Bill {number} corrected", number=bill.number), icon="edit")


def _button(label: str, key: str, *, disabled: bool = False) -> bool:
    return st.button(label, key=key, type="primary", shortcut="Ctrl+Enter", width="stretch", disabled=disabled)
