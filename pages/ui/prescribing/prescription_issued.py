"""The prescription that stands: in words, amended or cancelled until something of it was handed over."""

from dataclasses import replace

import streamlit as st

from core import inventory, prescriptions
from core.prescriptions import PrescriptionRecord
from core.words import later, say, say_count
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.prescribing.prescription_draft import as_written, keep, keep_part
from pages.ui.session import current_actor
from pages.ui.show import plain, units
from pages.ui.work import act, form_key, reading, refusals_shown


def issued(visit_id: int, standing: PrescriptionRecord) -> None:
    with st.container(border=True, gap="small"):
        word = say("Issued")
        st.markdown(f":green-badge[:material/check: {word}] **{plain(standing.number)}**")
        for item in standing.items:
            reason = f"  \n:small[:orange[{plain(item.override_reason)}]]" if item.override_reason else ""
            quantity = plain(units(item.quantity, item.directions.unit))
            st.markdown(f"**{plain(item.medicine)}** · {plain(item.in_words)} → **{quantity}**{reason}")
        with st.container(horizontal=True):
            if st.button(say("Amend"), key=f"amend_rx_{visit_id}", icon=":material/edit:"):
                _amend(visit_id, standing)
                st.rerun()
            st.button(
                say("Cancel prescription"), key=f"cancel_rx_{visit_id}", type="tertiary", icon=":material/cancel:",
                on_click=open_dialog, args=("room.cancel_prescription", standing.prescription_id),
            )  # fmt: skip
    if opened("room.cancel_prescription") == standing.prescription_id:
        cancel(standing)


def _amend(visit_id: int, standing: PrescriptionRecord) -> None:
    """The rows with their reasons, to be changed: the same visit, the same answers."""
    actor = current_actor()
    with reading() as session:
        medicines = inventory.get_medicines(session, actor, [item.medicine_id for item in standing.items])
    items = as_written(standing.items, medicines)
    reasons = [item.override_reason for item in standing.items]
    keep(visit_id, tuple(replace(i, override_reason=why) for i, why in zip(items, reasons, strict=True)))
    keep_part(visit_id, "amends", str(standing.prescription_id))


@dialog(later("Cancel the prescription?"), icon=":material/cancel:", on_dismiss=close_dialog)
def cancel(standing: PrescriptionRecord) -> None:
    st.markdown(
        say_count(
            len(standing.items),
            "{number} with {count} medicine will not be handed over.",
            "{number} with {count} medicines will not be handed over.",
            number=plain(standing.number),
        )
    )
    name = f"cancel_rx_{standing.prescription_id}"
    with st.form(form_key(name), border=False):
        reason = st.text_input(say("Reason"), placeholder=say("Wrong patient, rash, not needed any more …"))
        sent = st.form_submit_button(
            say("Cancel this prescription"), type="primary", width="stretch", shortcut="Ctrl+Enter"
        )
    if sent:
        with refusals_shown():
            act(name, prescriptions.cancel, standing.prescription_id, reason or "")
            close_dialog()
            flash(say("Prescription {number} cancelled", number=standing.number), "cancel")
