"""What a patient has with the clinic: money taken before there is a bill, and given back."""

from dataclasses import replace
from decimal import Decimal

import streamlit as st

from core import billing
from core.billing import AdvanceReason, AdvanceRecord, PatientAdvance
from core.permissions import Permission, allowed
from core.words import later, say
from pages.ui.cash import bill_papers
from pages.ui.cash.methods import MONEY, word
from pages.ui.dialog import close_dialog, dialog
from pages.ui.messages import flash
from pages.ui.numbers import amount
from pages.ui.patients import patient_box
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, money, plain
from pages.ui.work import act, form_key, reading, refusals_shown

REASONS = {
    AdvanceReason.RECEIVED: later("Paid in"),
    AdvanceReason.APPLIED: later("Paid a bill"),
    AdvanceReason.CREDITED: later("Given back for a bill"),
    AdvanceReason.PAID_OUT: later("Paid out"),
}


@dialog(later("Advance"), icon=":material/savings:", on_dismiss=close_dialog)
def advance_dialog(patient_id: int | None = None) -> None:
    """Of somebody known already, or of whoever is chosen."""
    if patient_id is None:
        patient = patient_box.chosen(form_key("advance"))
        patient_id = patient.patient_id if patient else None
    if patient_id is None:
        return
    actor = current_actor()
    with reading() as session:
        now = billing.list_advances(session, actor, patient_id)
    if now.amount:
        has = say(
            "**{patient}** has **{amount}** with the clinic.",
            patient=plain(now.patient),
            amount=plain(money(now.amount)),
        )
    else:
        has = say("**{patient}** has nothing with the clinic.", patient=plain(now.patient))
    st.markdown(has)
    _money_form(now, may_pay_out=now.amount > 0 and allowed(actor, Permission.REFUND))
    if now.moves:
        with st.expander(say("How it came about"), icon=":material/history:"):
            for move in reversed(now.moves):
                _move(now, move)


def _money_form(now: PatientAdvance, *, may_pay_out: bool) -> None:
    name = f"advance_{now.patient_id}"
    with st.form(form_key(name), border=False):
        left, right = st.columns(2)
        sum_ = left.number_input(say("Amount"), 0.0, None, None, step=100.0, format="%.2f")
        method = right.selectbox(say("Method"), MONEY, format_func=word)
        reference = st.text_input(say("Reference"), placeholder=say("Card slip or transfer number"))
        taken = st.form_submit_button(
            say("Take the advance"), type="primary", shortcut="Ctrl+Enter", width="stretch", icon=":material/savings:"
        )
        given = may_pay_out and st.form_submit_button(say("Pay it out"), width="stretch", icon=":material/undo:")
    verb = billing.receive_advance if taken else billing.pay_out_advance if given else None
    if verb:
        with refusals_shown():
            after = act(name, verb, now.patient_id, amount(sum_), method, reference)
            close_dialog()
            bill_papers.send(bill_papers.advance(after, after.moves[-1]), bill_papers.STRIP)
            flash(
                say("{patient} has {amount} with the clinic now", patient=after.patient, amount=money(after.amount)),
                "savings",
            )


def _move(now: PatientAdvance, move: AdvanceRecord) -> None:
    """Money that came or went by itself has a paper of its own, to be printed again."""
    what = " ".join(filter(None, (say(REASONS[move.reason]), move.paper)))
    how = f"{what}, {word(move.method)}" if move.method else what
    facts = say("{day} by {person}", day=clinic_day(move.moved_on), person=move.moved_by)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        told = f"{plain(how)}: **{plain(money(move.change))}**  \n:small[:gray[{plain(facts)}]]"
        st.markdown(told, width="stretch")
        key = f"print_advance_{move.advance_id}"
        if move.method and st.button("", key=key, icon=":material/print:", type="tertiary", help=say("Print receipt")):
            bill_papers.send(bill_papers.advance(_as_of(now, move), move), bill_papers.STRIP)
            st.rerun()


def _as_of(now: PatientAdvance, move: AdvanceRecord) -> PatientAdvance:
    """What the paper said when the money moved."""
    moves = now.moves[: now.moves.index(move) + 1]
    return replace(now, amount=sum((one.change for one in moves), Decimal(0)), moves=moves)
