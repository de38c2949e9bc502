"""The left side of the cash desk: visits without a bill, bills to be paid, and the day so far."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from core import billing, clock
from core.billing import ChangedBill, InvoiceCard, InvoiceRecord, InvoiceState, Piled, Unbilled
from core.permissions import Actor
from core.words import say, say_count
from pages.ui.cash import settling
from pages.ui.cash.bill_paying import takings
from pages.ui.keys import CASH
from pages.ui.live import live
from pages.ui.show import badge, clock_time, empty, money, plain
from pages.ui.work import Session, act, form_key, reading, refusals_shown

MOST_SHOWN = 20
B = TypeVar("B", InvoiceCard, Unbilled)


def matching(found: Sequence[B], term: str) -> list[B]:
    """Those of whose patient, MRN or number every word is part."""
    words = term.lower().split()
    return [one for one in found if all(word in _words(one) for word in words)]


def typed_bill(session: Session, actor: Actor, term: str) -> int | None:
    """The bill that a search opens by itself: of this number, however it is written, else the newest, unpaid first."""
    found = billing.find(session, actor, term)
    exact = [card for card in found if "/" in term or _sequence(card.number) == _sequence(term)]
    unpaid = billing.find_unpaid(session, actor, term, limit=1).newest if term else ()
    best = exact[:1] or list(unpaid) or found[:1]
    return best[0].invoice_id if best else None


def _sequence(number: str) -> str:
    return number.rpartition("/")[-1].lstrip("0")


@live(seconds=2)
def bill_lists(actor: Actor, term: str, made: Callable[[InvoiceRecord], None], choose: Callable[[int], None]) -> None:
    """`made` is called with a new bill, `choose` with the id of one to open."""
    with reading() as session:
        unbilled = matching(billing.list_unbilled(session, actor), term)
        unpaid = billing.find_unpaid(session, actor, term, limit=MOST_SHOWN)
        day = matching(billing.list_day(session, actor, clock.today()), term)
        taken = billing.taken_on(session, actor, clock.today())
        found = billing.find(session, actor, term)
        changed = [bill for bill in billing.list_changed(session, actor) if matching([bill.card], term)]
    _changed_bills(changed, made, choose)
    _to_bill(unbilled, term, made)
    _to_pay(unpaid, term, choose)
    if others := [card for card in found if card.state is not InvoiceState.ISSUED]:
        st.subheader(say("Other bills"), anchor=False)
        _bill_rows(others, "found", choose)
    with st.container(border=True):
        takings(taken)
    with st.expander(say("Bills made today ({count:,})", count=len(day)), icon=":material/history:"):
        _bill_rows(day[: -MOST_SHOWN - 1 : -1], "day", choose)
        _more(len(day))


def _to_bill(unbilled: Sequence[Unbilled], term: str, made: Callable[[InvoiceRecord], None]) -> None:
    st.subheader(say("To bill"), anchor=False)
    for number, visit in enumerate(unbilled[:MOST_SHOWN]):
        _visit_row(visit, made, shortcut=None if number else CASH["make_bill"].keys)
    _more(len(unbilled))
    if not unbilled:
        empty(say("No such visit without a bill.") if term else say("Every completed visit has its bill."), "check")


def _to_pay(unpaid: Piled, term: str, choose: Callable[[int], None]) -> None:
    """The newest first: who stands at the desk came last."""
    st.subheader(say("To pay"), anchor=False)
    _bill_rows(unpaid.newest, "unpaid", choose)
    if older := unpaid.count - len(unpaid.newest):
        st.caption(
            say_count(
                older,
                "And {count:,} older one: type a name, or look under Dues.",
                "And {count:,} older ones: type a name, or look under Dues.",
            )
        )
    if not unpaid.count:
        empty(say("No such bill to be paid.") if term else say("Nobody owes anything."), "check")


def _changed_bills(
    changed: Sequence[ChangedBill], made: Callable[[InvoiceRecord], None], choose: Callable[[int], None]
) -> None:
    """Bills of prescriptions that the doctor has changed since: made anew with one click, or paid already."""
    if not changed:
        return
    st.subheader(say("Prescription changed since"), anchor=False)
    for bill in changed[:MOST_SHOWN]:
        card = bill.card
        told = f"{bill.taken_back}. {say('Paid already.') if bill.is_paid else say('Not paid yet.')}"
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f"**{plain(card.patient)}** {plain(card.number)}  \n:small[:orange[{plain(told)}]]")
            st.space("stretch")
            key, icon = f"changed_{card.invoice_id}", ":material/chevron_right:"
            if st.button(say("Open"), key=key, icon=icon, type="tertiary"):
                choose(card.invoice_id)
                st.rerun()
            settling.settle_button(bill, made)


def _visit_row(visit: Unbilled, made: Callable[[InvoiceRecord], None], shortcut: str | None) -> None:
    name = f"bill_{visit.visit_id}"
    late = say("prescribed after bill {number} was made", number=visit.billed) if visit.billed else ""
    facts = plain(" · ".join(filter(None, (visit.doctor, clock_time(visit.completed_at), late))))
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(visit.patient)}**  \n:small[:gray[{facts}]]")
        st.space("stretch")
        if st.button(say("Make bill"), key=form_key(name), icon=":material/receipt_long:", shortcut=shortcut):
            with refusals_shown():
                made(act(name, billing.invoice_visit, visit.visit_id))


def _bill_rows(cards: Sequence[InvoiceCard], where: str, choose: Callable[[int], None]) -> None:
    """What is to be paid, or what the bill came to and what became of it."""
    for card in cards:
        mark, sum_ = ("", card.due) if where == "unpaid" else (f" {badge(card.state)}", card.total)
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f"**{plain(card.patient)}**{mark}  \n:small[:gray[{card.number}]]")
            st.space("stretch")
            key, icon = f"{where}_{card.invoice_id}", ":material/chevron_right:"
            if st.button(plain(money(sum_)), key=key, icon=icon, icon_position="right"):
                choose(card.invoice_id)
                st.rerun()


def _more(count: int) -> None:
    if count > MOST_SHOWN:
        st.caption(say("And {count:,} more: type a name.", count=count - MOST_SHOWN))


def _words(one: InvoiceCard | Unbilled) -> str:
    return f"{one.patient} {one.mrn} {one.number if isinstance(one, InvoiceCard) else ''}".lower()
