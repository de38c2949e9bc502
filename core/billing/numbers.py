"""Numbers without a gap: one series of bills and one of credit notes for each financial year."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clinic
from core.models import CreditNote, CreditNoteCounter, Invoice, InvoiceCounter


def give_number(session: Session, paper: Invoice | CreditNote, day: date) -> None:
    """The next of the financial year. Its counter stays locked until commit: what is rolled back leaves no gap."""
    counter, before = (InvoiceCounter, "") if isinstance(paper, Invoice) else (CreditNoteCounter, "CN-")
    profile = clinic.profile(session)
    year = profile.financial_year(day)
    first = insert(counter).values(financial_year=year, last_number=1)
    sequence = session.scalar(
        first.on_conflict_do_update(
            index_elements=[counter.financial_year], set_={"last_number": counter.last_number + 1}
        ).returning(counter.last_number)
    )
    assert sequence is not None
    paper.financial_year, paper.sequence = year, sequence
    paper.number = before + written_number(profile, year, sequence)


def written_number(profile: clinic.Profile, financial_year: int, sequence: int) -> str:
    """As it stands on the bill: "2025-26/000017", or "2025/000017" where the year begins in January."""
    following = "" if profile.financial_year_month == 1 else f"-{(financial_year + 1) % 100:02d}"
    return f"{financial_year}{following}/{sequence:06d}"
