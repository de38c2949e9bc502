"""What everything costs, to look at and to print: consultations by doctor, services, medicines."""

from collections.abc import Sequence

import streamlit as st

from core import billing, clock, fields
from core.billing import LineKind, Price
from core.papers import PriceListPaper, Section
from core.permissions import Actor
from core.words import later, say
from pages.ui.cash import bill_papers
from pages.ui.show import clinic_day, empty, figures, table
from pages.ui.work import reading

SECTIONS = {
    LineKind.CONSULTATION: later("Consultations"),
    LineKind.SERVICE: later("Services"),
    LineKind.MEDICINE: later("Medicines"),
}

COLUMNS = (later("Item"), later("Price"), later("Tax"), later("With tax"))


def price_view(actor: Actor) -> None:
    with reading() as session:
        prices = billing.price_list(session, actor)
    box, printed, taken = st.columns([6, 2, 2], vertical_alignment="bottom")
    term = box.text_input(
        say("Find a price"),
        key="find_price",
        live=True,
        icon=":material/search:",
        placeholder=say("Doctor, service or medicine"),
    )
    found = [price for price in prices if all(word in price.name.lower() for word in term.lower().split())]
    if not found:
        empty(say("Nothing of this name on the price list.") if term else say("Nothing on the price list yet."), "sell")
        return
    paper = _paper(found)
    if printed.button(say("Print"), icon=":material/print:", width="stretch"):
        bill_papers.send(paper, bill_papers.PAGE)
    with taken:
        bill_papers.download(say("As PDF"), paper, bill_papers.PAGE)
    for kind, title in SECTIONS.items():
        if rows := [_row(price) for price in found if price.kind is kind]:
            st.subheader(say(title), anchor=False)
            table([dict(zip(map(say, COLUMNS), row, strict=True)) for row in rows], "", columns=_widths())


def _widths() -> dict[str, object]:
    """The same in every table, so that one can be read down the page."""
    item, *amounts = map(say, COLUMNS)
    numbers = {name: st.column_config.TextColumn(alignment="right", width=110) for name in amounts}
    return {item: st.column_config.TextColumn(width="large"), **numbers}


def _paper(found: Sequence[Price]) -> PriceListPaper:
    sections = [
        Section(say(title), tuple(_row(p) for p in found if p.kind is kind)) for kind, title in SECTIONS.items()
    ]
    return PriceListPaper(bill_papers.issuer(), clinic_day(clock.today()), tuple(sections), say("Price list"))


def _row(price: Price) -> tuple[str, str, str, str]:
    tax = fields.to_cents(price.price * price.tax_percent / 100)
    percent = f"{price.tax_percent.normalize():f} %" if price.tax_percent else ""
    return price.name, figures(price.price), percent, figures(price.price + tax)
