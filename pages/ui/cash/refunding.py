"""Give money back for lines of a bill: what and how many, how it goes, and why."""

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from core import billing
from core.billing import CreditNoteRecord, InvoiceRecord, LineKind, PaymentMethod, Refundable, RefundableLine
from core.permissions import Permission, allowed
from core.words import later, say
from pages.ui.cash.methods import METHODS, word
from pages.ui.dialog import close_dialog, dialog
from pages.ui.focus import begin_in
from pages.ui.numbers import units_box, whole
from pages.ui.session import current_actor
from pages.ui.show import figures, money, plain
from pages.ui.work import act, form_key, reading, refusals_shown

KEPT = later("Keep for the next bill")


def may_refund(bill: InvoiceRecord) -> bool:
    return bill.paid > bill.refunded and allowed(current_actor(), Permission.REFUND)


@dialog(later("Give money back"), icon=":material/undo:", on_dismiss=close_dialog)
def refund_bill(bill: InvoiceRecord, refunded: Callable[[CreditNoteRecord], None]) -> None:
    """`refunded` is called with the credit note."""
    name = f"refund_{bill.invoice_id}"
    form = form_key(name)
    with reading() as session:
        possible = billing.refundable(session, current_actor(), bill.invoice_id)
    paid = say("bill {number}, {amount} paid", number=plain(bill.number), amount=plain(money(possible.most)))
    st.markdown(f"**{plain(bill.patient)}** :small[:gray[{paid}]]")
    wanted = {line_id: units for line_id, units in _chosen_units(possible, form).items() if units}
    amounts = (_amount(line, wanted.get(line.line.line_id, 0)) for line in possible.lines)
    amount = sum(filter(None, amounts), Decimal(0))
    method = how_it_goes(f"{form}_method", bill)
    reason = st.text_input(say("Reason"), placeholder=say("Not done, brought back …"), key=f"{form}_reason")
    begin_in(f"{form}_reason")
    label = _label(method, amount)
    if st.button(label, key=form, type="primary", shortcut="Ctrl+Enter", width="stretch", icon=":material/undo:"):
        with refusals_shown():
            note = act(name, billing.refund, bill.invoice_id, wanted, method, reason)
            close_dialog()
            refunded(note)


def _label(method: PaymentMethod, amount: Decimal) -> str:
    if method is PaymentMethod.ADVANCE:
        return say("Keep {amount}", amount=plain(money(amount))) if amount else say("Keep")
    return say("Give back {amount}", amount=plain(money(amount))) if amount else say("Give back")


def how_it_goes(key: str, bill: InvoiceRecord) -> PaymentMethod:
    """As it came, unless somebody chooses otherwise."""
    came = bill.payments[-1].method if bill.payments else PaymentMethod.CASH
    return st.pills(
        say("How"), METHODS, default=came, required=True, key=key,
        format_func=lambda method: say(KEPT) if method is PaymentMethod.ADVANCE else word(method),
    )  # fmt: skip


def _chosen_units(possible: Refundable, form: str) -> dict[int, int]:
    """By line. With one line there is nothing to choose; with several, all of them are one click."""
    several = sum(1 for line in possible.lines if line.units) > 1
    if several and st.checkbox(f"**{say('Everything')}**", key=f"{form}_all"):
        return {line.line.line_id: line.units for line in possible.lines}
    return {line.line.line_id: _units(line, form, alone=not several) for line in possible.lines}


def _units(of: RefundableLine, form: str, *, alone: bool) -> int:
    """What came back, or will not be handed over, is chosen already; and a line that is the only one."""
    line, key = of.line, f"{form}_{of.line.line_id}"
    back = line.returned + line.called_off - line.refunded if line.kind is LineKind.MEDICINE else 0
    said, box, sum_ = st.columns([6, 3, 2], vertical_alignment="center")
    with said:
        ticked = st.checkbox(plain(billing.in_words(line)), back > 0 or alone, key=key, disabled=not of.units)
        if why := _why_not_all(of):
            st.caption(plain(why))
    if not of.units:
        return 0
    units = of.units
    if ticked and of.units > 1:
        label, first = say("Units of {item}", item=billing.in_words(line)), min(back, of.units) or of.units
        with box:
            units = whole(units_box(label, first, key=f"{key}_units", label_visibility="collapsed"))
    amount = _amount(of, units)
    shown = "–" if amount is None else plain(figures(amount))
    sum_.markdown(shown if ticked else f":gray[{shown}]", text_alignment="right")
    return units if ticked else 0


def _amount(of: RefundableLine, units: int) -> Decimal | None:
    """None for what will be refused."""
    return of.share(units).amount if units in range(1, of.units + 1) else None


def _why_not_all(of: RefundableLine) -> str:
    line = of.line
    kept = later("{kept:,} of {quantity:,} with the patient: the counter takes them back first")
    parts = [say(kept, kept=of.kept, quantity=line.quantity)] if of.kept else []
    parts += [say("{count:,} given back already", count=line.refunded)] if line.refunded else []
    return "; ".join(parts)
