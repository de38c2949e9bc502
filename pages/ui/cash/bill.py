"""A bill with every amount explained, what was paid for it, and its cancellation."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st

from core import billing
from core.billing import CreditNoteRecord, InvoiceRecord, InvoiceState, PaymentMethod, Section
from core.dispensing import Owed
from core.words import later, say
from pages.ui.cash import bill_papers
from pages.ui.cash.bill_papers import added_up, steps
from pages.ui.cash.methods import ICONS, word
from pages.ui.cash.refunding import may_refund
from pages.ui.cash.settling import may_swap
from pages.ui.counter.counter_lines import there
from pages.ui.dialog import close_dialog, dialog, open_dialog
from pages.ui.messages import flash
from pages.ui.session import current_actor
from pages.ui.show import badge, figures, moment, money, plain, units
from pages.ui.work import act, form_key, reading, refusals_shown


def show_bill(bill: InvoiceRecord) -> None:
    """Head, lines with how each amount comes about, and what was paid."""
    named = say("bill {number}", number=bill.number)
    made = say("{at} by {person}", at=moment(bill.issued_at), person=bill.issued_by)
    facts = plain(f"{bill.mrn} · {named} · {made}")
    st.markdown(f"**{plain(bill.patient)}** {badge(bill.state)}  \n:small[:gray[{facts}]]")
    st.markdown(lines_table(bill))
    for payment in bill.payments:
        said = ", ".join(filter(None, (word(payment.method), payment.reference)))
        when = say("{at} by {person}", at=moment(payment.received_at), person=payment.received_by)
        _money(ICONS[payment.method], "green", said, payment.amount, when)
    for note in bill.credit_notes:
        at, person = moment(note.refunded_at), note.refunded_by
        when = say("{at} by {person}: {reason}", at=at, person=person, reason=note.reason)
        _money("undo", "orange", _given_back(note), note.amount, when)
    if bill.cancel_reason:
        st.caption(say("Cancelled: {cancel_reason}", cancel_reason=plain(bill.cancel_reason)))


def _given_back(note: CreditNoteRecord) -> str:
    if note.method is PaymentMethod.ADVANCE:
        return say("Given back ({number}), kept for the next bill", number=note.number)
    return say("Given back ({number}), {method}", number=note.number, method=word(note.method))


def not_there(short: Sequence[Owed]) -> None:
    """Medicines that the counter could not hand over, told before they are paid for."""
    for line in short:
        medicine, wanted = plain(line.medicine), units(line.quantity, plain(line.unit))
        st.markdown(f":orange-badge[:material/warning: {there(line)}] {medicine}, {wanted}")


def goes_with(bill: InvoiceRecord, open_bill: Callable[[int], None]) -> None:
    """The way to the bill it supplements, and to the one that supplements it."""
    with reading() as session:
        others = billing.beside(session, current_actor(), bill.invoice_id)
    for other in others:
        number, before = plain(other.number), other.invoice_id == bill.supplements_id
        told = (
            say("Goes with bill {number}", number=number)
            if before
            else say("Bill {number} goes with it", number=number)
        )
        key = f"beside_{other.invoice_id}"
        st.button(told, key=key, icon=":material/link:", type="tertiary", on_click=open_bill, args=[other.invoice_id])


def lines_table(bill: InvoiceRecord) -> str:
    """Item, how its amount comes about, amount: as a markdown table."""
    rows = [(plain(billing.in_words(line)), plain(steps(line)), figures(line.amount)) for line in bill.lines]
    changed = bill.discount or bill.tax
    together = plain(added_up(figures(bill.subtotal), bill.discount, bill.tax)) if changed else ""
    rows.append((f"**{say('Total')}**", together, f"**{plain(money(bill.total))}**"))
    head = f"| {say('Item')} | {say('Quantity × price')} | {say('Amount')} |\n|:---|:---|---:|\n"
    return head + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _money(icon: str, colour: str, said: str, amount: Decimal, when: str) -> None:
    """A line of what came or went."""
    sum_ = plain(money(amount))
    st.markdown(f":{colour}[:material/{icon}:] {plain(said)}: **{sum_}** :small[:gray[{plain(when)}]]")


def explained(bill: InvoiceRecord) -> None:
    """Where every amount comes from, for whoever asks: reckoned only when it is opened."""
    folded = st.expander(
        say("How was this computed"), icon=":material/calculate:", on_change="rerun", key=f"explained_{bill.invoice_id}"
    )
    if not folded.open:
        return
    with reading() as session:
        told = billing.explain(session, current_actor(), bill.invoice_id)
    with folded:
        if told.supplements:
            st.caption(
                say("Goes with bill {supplements}, whose medicines became others.", supplements=plain(told.supplements))
            )
        sections = (*told.lines, told.total, told.paid, *told.refunds, told.due)
        head = f"| {say('Where it comes from')} | {say('Amount')} |\n|:---|---:|\n"
        st.markdown(head + "\n".join(map(_section, sections)))


def _section(section: Section) -> str:
    """Its title, the steps, and in bold what they come to; as rows of a table."""
    *steps, last = [(plain(step.words), figures(step.amount)) for step in section.steps]
    title = [] if section.title == section.steps[-1].words else [(f"**{plain(section.title)}**", "")]
    rows = [*title, *steps, (f"**{last[0]}**" if not title else last[0], f"**{last[1]}**")]
    return "\n".join(f"| {words} | {sum_} |" for words, sum_ in rows)


def jobs(bill: InvoiceRecord, advance: Decimal) -> None:
    """What can be done with it beside paying; papers first, rare things behind one click."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if bill.payments and st.button(say("Print receipt"), icon=":material/print:"):
            bill_papers.send(bill_papers.receipt(bill), bill_papers.STRIP)
        papers_menu(bill)
        if may_refund(bill):
            _job(say("Give back"), "undo", "cash.refund", bill)
        if advance:
            _job(say("Advance"), "savings", "cash.advance", bill.patient_id)
        if may_correct(bill):
            _job(say("Correct"), "edit", "cash.correct", bill)
        if may_swap(bill):
            _job(say("Swap"), "swap_horiz", "cash.swap", bill)
        if may_cancel(bill):
            _job(say("Cancel bill"), "cancel", "cash.cancel", bill)


def papers_menu(bill: InvoiceRecord) -> None:
    menu = st.popover(say("Invoice"), icon=":material/description:", type="tertiary", key=f"menu_{bill.invoice_id}")
    with menu, st.container(gap="xsmall"):
        invoice = bill_papers.invoice(bill)
        if st.button(say("Print on A4"), icon=":material/print:", type="tertiary"):
            bill_papers.send(invoice, bill_papers.PAGE)
        bill_papers.download(say("Invoice, A4"), invoice, bill_papers.PAGE)
        bill_papers.download(say("Receipt, 80 mm"), bill_papers.receipt(bill), bill_papers.STRIP)
        for note in bill.credit_notes:
            paper, number = bill_papers.credit_note(bill, note), plain(note.number)
            if st.button(
                say("Print credit note {number}", number=number),
                icon=":material/print:",
                type="tertiary",
                key=f"print_{note.credit_note_id}",
            ):
                bill_papers.send(paper, bill_papers.STRIP)
            bill_papers.download(say("Credit note {number}, A4", number=number), paper, bill_papers.PAGE)


def _job(label: str, icon: str, opens: str, of: object) -> None:
    st.button(label, icon=f":material/{icon}:", type="tertiary", on_click=open_dialog, args=(opens, of))


@dialog(later("Cancel bill"), icon=":material/cancel:", on_dismiss=close_dialog)
def cancel_bill(bill: InvoiceRecord) -> None:
    name = f"cancel_bill_{bill.invoice_id}"
    st.markdown(
        say(
            "Bill {number} for **{patient}**, {total}. Its number stays used.",
            number=plain(bill.number),
            patient=plain(bill.patient),
            total=plain(money(bill.total)),
        )
    )
    with st.form(form_key(name), border=False):
        reason = st.text_input(say("Reason"), placeholder=say("Wrong patient, made twice …"))
        sent = st.form_submit_button(say("Cancel this bill"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, billing.cancel, bill.invoice_id, reason)
            close_dialog()
            flash(say("Bill {number} cancelled", number=bill.number), icon="cancel")


def may_correct(bill: InvoiceRecord) -> bool:
    return bill.state is InvoiceState.ISSUED and not any(line.dispensed for line in bill.lines) and not bill.refunded


def may_cancel(bill: InvoiceRecord) -> bool:
    return bill.state is InvoiceState.ISSUED and bill.paid == 0
