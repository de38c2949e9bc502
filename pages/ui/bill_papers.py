"""Papers of money, from what the screen shows: invoice, receipt, and how they reach the printer."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from core import papers
from core.billing import (
    AdvanceRecord,
    CreditNoteRecord,
    InvoiceRecord,
    InvoiceState,
    LineRecord,
    PatientAdvance,
    PaymentMethod,
)
from core.papers import Bearer, Charge, Issuer, MoneyPaper, PriceListPaper, Sheet, Sum
from pages.ui import printing
from pages.ui.methods import word
from pages.ui.session import clinic
from pages.ui.show import figures, moment, money

STRIP, PAGE = "80mm", "A4"


def send(paper: MoneyPaper | PriceListPaper, size: str) -> None:
    """To the printer, in the next run of a page that calls `printing.waiting`."""
    printing.send_page(papers.as_html(paper, _sheet(paper, size), paper.number))


def download(label: str, paper: MoneyPaper | PriceListPaper, size: str) -> None:
    """A button that makes the PDF when it is clicked."""
    sheet, name = _sheet(paper, size), f"{paper.title} {paper.number}".lower().replace("/", "-").replace(" ", "-")
    st.download_button(
        label, lambda: papers.as_pdf(paper, sheet), f"{name}.pdf", "application/pdf",
        icon=":material/download:", type="tertiary", on_click="ignore", key=f"download_{name}_{size}",
    )  # fmt: skip


def invoice(bill: InvoiceRecord) -> MoneyPaper:
    """The bill with what was paid for it."""
    return _of_bill(bill, "Invoice")


def receipt(bill: InvoiceRecord) -> MoneyPaper:
    """The same, called what the patient calls it."""
    return _of_bill(bill, "Receipt" if bill.payments else "Bill")


def credit_note(bill: InvoiceRecord, note: CreditNoteRecord) -> MoneyPaper:
    """What was given back, line by line with its shares of discount and tax."""
    on_bill = {line.line_id: line for line in bill.lines}
    lines = [
        replace(on_bill[r.line_id], quantity=r.quantity, discount=r.discount, tax=r.tax, amount=r.amount, basis="")
        for r in note.lines
    ]
    kept = note.method is PaymentMethod.ADVANCE
    way = "Kept for the next bill" if kept else f"Given back, {word(note.method).lower()}"
    return MoneyPaper(
        issuer=issuer(),
        title="Credit note",
        number=note.number,
        bearer=_bearer(note, ("Of bill", bill.number), ("Date", moment(note.refunded_at)), ("By", note.refunded_by)),
        charges=tuple(map(_charge, lines)),
        sums=(Sum(f"{way} {note.reference}".strip(), money(note.amount), strong=True),),
        taxes=_taxes(lines),
        remark=f"Reason: {note.reason}",
    )


def advance(now: PatientAdvance, move: AdvanceRecord) -> MoneyPaper:
    """Money taken before there is a bill, or paid out again."""
    out = move.change < 0
    way = word(move.method) if move.method else ""
    return MoneyPaper(
        issuer=issuer(),
        title="Advance paid out" if out else "Receipt for an advance",
        number=f"No. {move.advance_id}",
        code=now.mrn,
        bearer=_bearer(now, ("Date", moment(move.moved_at)), ("By", move.moved_by)),
        sums=(Sum(f"{way} {move.reference}".strip(), money(abs(move.change)), strong=True),),
        moved=(Sum("With the clinic now", money(now.amount)),),
    )


def _of_bill(bill: InvoiceRecord, title: str) -> MoneyPaper:
    return MoneyPaper(
        issuer=issuer(),
        title=title,
        number=bill.number,
        bearer=_bearer(bill, ("Date", moment(bill.issued_at)), ("By", bill.issued_by)),
        charges=tuple(map(_charge, bill.lines)),
        sums=_sums(bill),
        taxes=_taxes(bill.lines),
        moved=_moved(bill),
        stamp="Partly paid" if bill.due and bill.paid else _STAMPS[bill.state],
        remark=f"Cancelled: {bill.cancel_reason}" if bill.cancel_reason else "",
    )


_STAMPS = {InvoiceState.ISSUED: "Not paid", InvoiceState.PAID: "Paid", InvoiceState.CANCELLED: "Cancelled"}


def _sheet(paper: MoneyPaper | PriceListPaper, size: str) -> Sheet:
    return Sheet(size, paper.code or paper.number, "Cancelled" if paper.stamp == "Cancelled" else "")


def issuer() -> Issuer:
    now = clinic()
    return Issuer(now.name, now.address, now.phone, now.tax_number)


def _bearer(of: InvoiceRecord | CreditNoteRecord | PatientAdvance, *facts: tuple[str, str]) -> Bearer:
    return Bearer(of.patient, (("MRN", of.mrn), *facts))


def steps(line: LineRecord) -> str:
    """ "2 × 150.00 − 20.00 (old patient) + 23.40 (18 % tax)"."""
    why = f" ({line.discount_reason})" if line.discount else ""
    return added_up(f"{line.quantity:,} × {figures(line.unit_price)}", line.discount, line.tax, why, rate(line))


def rate(line: LineRecord) -> str:
    return f" ({line.tax_percent.normalize():f}\N{NO-BREAK SPACE}% tax)"


def added_up(price: str, discount: Decimal, tax: Decimal, why: str = "", rate: str = "") -> str:
    parts = (price, f"− {figures(discount)}{why}" if discount else "", f"+ {figures(tax)}{rate}" if tax else "")
    return " ".join(filter(None, parts))


def _taxes(lines: Iterable[LineRecord]) -> tuple[tuple[str, str, str], ...]:
    """Per rate what it is reckoned on and what it comes to; nothing where nothing is taxed."""
    by_rate: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        on, tax = by_rate.get(line.tax_percent, (Decimal(0), Decimal(0)))
        by_rate[line.tax_percent] = (on + line.amount - line.tax, tax + line.tax)
    if not any(by_rate):
        return ()
    return tuple(
        (f"{percent.normalize():f} %", figures(on), figures(tax)) for percent, (on, tax) in sorted(by_rate.items())
    )


_USUAL = {"", "Price list", "Price by hand"}  # nothing that a patient would ask about


def _charge(line: LineRecord) -> Charge:
    return Charge(
        what=line.description,
        basis="" if line.basis in _USUAL else line.basis,
        discounted=f"Discount: {line.discount_reason}" if line.discount else "",
        quantity=f"{line.quantity:,}",
        price=figures(line.unit_price),
        discount=figures(line.discount) if line.discount else "",
        tax=f"{line.tax_percent.normalize():f} %  {figures(line.tax)}" if line.tax else "",
        amount=figures(line.amount),
        steps=steps(line),
    )


def _sums(bill: InvoiceRecord) -> tuple[Sum, ...]:
    before = [Sum("Before discount and tax", money(bill.subtotal))] if bill.discount or bill.tax else []
    off = [Sum("Discount", money(-bill.discount))] if bill.discount else []
    tax = [Sum("Tax", money(bill.tax))] if bill.tax else []
    return (*before, *off, *tax, Sum("Total", money(bill.total), strong=True))


def _moved(bill: InvoiceRecord) -> tuple[Sum, ...]:
    paid = [
        Sum(f"{word(p.method)} {p.reference}".strip(), money(p.amount), moment(p.received_at)) for p in bill.payments
    ]
    back = [
        Sum(f"Credit note {note.number}", money(-note.amount), moment(note.refunded_at)) for note in bill.credit_notes
    ]
    due = [Sum("Still to pay", money(bill.due), strong=True)] if bill.due else []
    return (*paid, *back, *due)
