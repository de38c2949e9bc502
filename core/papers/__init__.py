"""Papers as PDF: records in, bytes out. Nothing is asked and nothing is stored here.

What people typed reaches the typesetter as data, never as markup. Fonts for Latin, Cyrillic, Greek, Devanagari,
Bengali, Tamil, Telugu and Arabic come with Qure; other scripts are set with the fonts of the machine, and a letter
that no font has shows as a box. `pip install fontpkg-noto-sans-thai` adds one.
"""

from core.papers.day_close import DayClosePaper
from core.papers.drug_register import RegisterPaper
from core.papers.formats import Paper, as_html, as_pdf
from core.papers.label import Label, Labels
from core.papers.list_paper import Column, ListPaper, list_paper
from core.papers.money import Charge, Issuer, MoneyPaper, Sum
from core.papers.prescription import Line, PrescriptionPaper
from core.papers.price_list import PriceListPaper, Section
from core.papers.purchase_order import PurchaseOrderPaper, purchase_order
from core.papers.recall import RecallLetter, RecallLetters
from core.papers.sheet import Bearer, Letterhead, Sheet
from core.papers.sick_note import SickNotePaper
from core.papers.token_slip import TokenSlip, token_slip
from core.papers.visit_summary import Note, VisitSummaryPaper

__all__ = [
    "Bearer",
    "Charge",
    "Column",
    "DayClosePaper",
    "Issuer",
    "Label",
    "Labels",
    "Letterhead",
    "Line",
    "ListPaper",
    "MoneyPaper",
    "Note",
    "Paper",
    "PrescriptionPaper",
    "PriceListPaper",
    "PurchaseOrderPaper",
    "RecallLetter",
    "RecallLetters",
    "RegisterPaper",
    "Section",
    "Sheet",
    "SickNotePaper",
    "Sum",
    "TokenSlip",
    "VisitSummaryPaper",
    "as_html",
    "as_pdf",
    "list_paper",
    "purchase_order",
    "token_slip",
]
