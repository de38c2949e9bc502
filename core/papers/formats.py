"""A paper as a file, and as what a browser prints without a viewer of its own."""

import re
from base64 import b64encode
from dataclasses import asdict
from html import escape
from typing import Any

from core.papers import typesetting
from core.papers.day_close import DayClosePaper
from core.papers.drug_register import RegisterPaper
from core.papers.label import Labels
from core.papers.money import MoneyPaper
from core.papers.prescription import PrescriptionPaper
from core.papers.price_list import PriceListPaper
from core.papers.recall import RecallLetters
from core.papers.sheet import Sheet
from core.papers.sick_note import SickNotePaper
from core.papers.visit_summary import VisitSummaryPaper

Paper = (
    PrescriptionPaper
    | VisitSummaryPaper
    | SickNotePaper
    | MoneyPaper
    | PriceListPaper
    | DayClosePaper
    | Labels
    | RecallLetters
    | RegisterPaper
)

_PRINTED = """<!doctype html><html><meta charset="utf-8"><title>{title}</title>
<style>
  @page {{ size: {size}; margin: 0 }} body {{ margin: 0 }}
  img {{ display: block; width: 100%; break-after: page }} img:last-child {{ break-after: auto }}
</style>
{pages}</html>"""


def as_pdf(paper: Paper, sheet: Sheet) -> bytes:
    """Of as many pages as it takes."""
    return typesetting.pdf(paper.TEMPLATE, _data(paper, sheet), sheet.language)


def as_html(paper: Paper, sheet: Sheet, title: str) -> str:
    """The same pages as pictures: a viewer of PDFs cannot be made to print in every browser, this can."""
    pages = typesetting.svg_pages(paper.TEMPLATE, _data(paper, sheet), sheet.language)
    images = (f'<img alt="" src="data:image/svg+xml;base64,{b64encode(page).decode()}">' for page in pages)
    return _PRINTED.format(title=escape(title), size=_page_size(sheet, pages[0]), pages="".join(images))


def _page_size(sheet: Sheet, first: bytes) -> str:
    """A strip from a roll is as long as its one page."""
    height = re.search(rb'height="([\d.]+)pt"', first)
    return sheet.size if height is None or not sheet.size.endswith("mm") else f"{sheet.size} {height[1].decode()}pt"


def _data(paper: Paper, sheet: Sheet) -> dict[str, Any]:
    return {**asdict(paper), "sheet": sheet.data}
