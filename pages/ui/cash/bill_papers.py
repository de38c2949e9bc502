"""Papers of money, from what the screen shows: invoice, receipt, and how they reach the printer."""

from decimal import Decimal

import streamlit as st

from core import bill_papers, papers
from core.billing import AdvanceRecord, CreditNoteRecord, InvoiceRecord, LineRecord, PatientAdvance
from core.papers import Issuer, MoneyPaper, PriceListPaper
from pages.ui import printing
from pages.ui.session import clinic

STRIP, PAGE = "80mm", "A4"


def send(paper: MoneyPaper | PriceListPaper, size: str) -> None:
    """To the printer, when the page next calls `printing.waiting`."""
    printing.send_page(papers.as_html(paper, bill_papers.sheet(paper, size), paper.number))


def download(label: str, paper: MoneyPaper | PriceListPaper, size: str) -> None:
    """A button that makes the PDF when it is clicked."""
    sheet, name = bill_papers.sheet(paper, size), bill_papers.file_name(paper)
    st.download_button(
        label, lambda: papers.as_pdf(paper, sheet), f"{name}.pdf", "application/pdf",
        icon=":material/download:", type="tertiary", on_click="ignore", key=f"download_{name}_{size}",
    )  # fmt: skip


def invoice(bill: InvoiceRecord) -> MoneyPaper:
    return bill_papers.invoice(clinic(), bill)


def receipt(bill: InvoiceRecord) -> MoneyPaper:
    return bill_papers.receipt(clinic(), bill)


def credit_note(bill: InvoiceRecord, note: CreditNoteRecord) -> MoneyPaper:
    return bill_papers.credit_note(clinic(), bill, note)


def advance(now: PatientAdvance, move: AdvanceRecord) -> MoneyPaper:
    return bill_papers.advance(clinic(), now, move)


def issuer() -> Issuer:
    return bill_papers.issuer(clinic())


def steps(line: LineRecord) -> str:
    return bill_papers.steps(clinic(), line)


def added_up(price: str, discount: Decimal, tax: Decimal) -> str:
    return bill_papers.added_up(clinic(), price, discount, tax)
