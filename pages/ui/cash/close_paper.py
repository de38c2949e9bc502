"""The paper of a closed drawer, from what the screen shows."""

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st
from babel.numbers import format_decimal

from core import drawers, papers
from core.drawers import Close, Drawer, Kind, PaymentMethod
from core.fields import CENT
from core.papers import Bearer, DayClosePaper, Issuer, Sheet, Sum
from core.words import later, say, written
from pages.ui import printing
from pages.ui.cash.methods import word
from pages.ui.session import clinic
from pages.ui.show import full_day, moment, money

STRIP, PAGE = "80mm", "A4"
KINDS = {
    Kind.PAYMENT: later("Payments"),
    Kind.ADVANCE: later("Advances"),
    Kind.REFUND: later("Given back for bills"),
    Kind.ADVANCE_PAID_OUT: later("Advances paid out"),
}


def send(drawer: Drawer, close: Close, size: str) -> None:
    """To the printer, when the page next calls `printing.waiting`."""
    printing.send_page(
        papers.as_html(paper(drawer, close), _sheet(close, size), say("Closed drawer {cashier}", cashier=close.cashier))
    )


def download(drawer: Drawer, close: Close, size: str) -> None:
    """A button that makes the PDF when it is clicked."""
    made, sheet = paper(drawer, close), _sheet(close, size)
    name, key = f"day-close-{close.day}-{close.close_id}.pdf", f"close_pdf_{close.close_id}_{size}"
    st.download_button(
        say("PDF, {size}", size=size), lambda: papers.as_pdf(made, sheet), name, "application/pdf",
        icon=":material/download:", type="tertiary", on_click="ignore", key=key,
    )  # fmt: skip


def paper(drawer: Drawer, close: Close) -> DayClosePaper:
    now = clinic()
    closed = say("{at} by {person}", at=moment(close.closed_at), person=close.closed_by)
    return DayClosePaper(
        issuer=Issuer(now.name, now.address, now.phone, ""),
        bearer=Bearer(close.cashier, ((say("Day"), full_day(close.day)), (say("Closed"), closed))),
        cash=cash(drawer),
        pieces=tuple(pieces(close)),
        result=result(close),
        other=tuple(other(close.other_methods)),
        explanation=close.explanation,
        chain_length=say("{count:,} entries, the last of them marked", count=close.audit_length)
        if close.audit_head
        else say("No entry yet"),
        chain_head=close.audit_head,
    )


def cash(drawer: Drawer) -> tuple[Sum, ...]:
    """From what the drawer opened with to what is expected in it."""
    moved = [row for row in drawer.moved if row.method is PaymentMethod.CASH]
    return (
        Sum(say("Opened with"), money(drawer.opened_with)),
        *(Sum(say(KINDS[row.kind]), money(row.amount), f"{written(row.count)}×") for row in moved),
        Sum(say("Expected"), money(drawer.expected), strong=True),
    )


def result(close: Close) -> tuple[Sum, ...]:
    return (
        Sum(say("Counted"), money(close.counted), strong=True),
        Sum(say("Difference"), money(close.difference), strong=bool(close.difference)),
        Sum(say("Stays in the drawer"), money(close.left_in_drawer)),
        Sum(say("Handed in"), money(close.handed_in)),
    )


def other(by_method: Mapping[PaymentMethod, Decimal]) -> list[Sum]:
    return [Sum(word(method), money(amount)) for method, amount in by_method.items()]


def pieces(close: Close) -> list[tuple[str, str, str]]:
    """Value, how many, amount."""
    has_rest = drawers.has_rest(clinic().currency)
    return [
        (say("Rest"), "", money(value * count))
        if value == CENT and has_rest
        else (denomination(value), written(count), money(value * count))
        for value, count in close.pieces
    ]


def denomination(value: Decimal) -> str:
    """A note or coin, as it is called: "500", "0.5"."""
    return format_decimal(value, locale=clinic().locale)


def _sheet(close: Close, size: str) -> Sheet:
    """The code says what a scan shall find in the chain."""
    return Sheet(size, f"{close.audit_length} {close.audit_head}")
