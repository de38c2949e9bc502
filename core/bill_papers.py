"""Papers of money, as the clinic's country writes them: invoice, receipt, credit note, receipt for an advance."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from core import billing, clinic, papers
from core.billing import (
    AdvanceRecord,
    CreditNoteRecord,
    InvoiceRecord,
    InvoiceState,
    LineRecord,
    PatientAdvance,
    PaymentMethod,
)
from core.called import called
from core.clinic import Profile
from core.papers import Bearer, Charge, Issuer, MoneyPaper, PriceListPaper, Sheet, Sum
from core.permissions import Actor, Permission, require
from core.words import later, say

_TITLES = (
    *(later("Invoice"), later("Receipt"), later("Bill"), later("Credit note"), later("Price list")),
    *(later("Receipt for an advance"), later("Advance paid out")),
)


@dataclass(frozen=True)
class Printable:
    """A paper ready to be set, which takes a moment: outside of any transaction."""

    paper: MoneyPaper
    sheet: Sheet

    @property
    def name(self) -> str:
        return file_name(self.paper)

    def pdf(self) -> bytes:
        return papers.as_pdf(self.paper, self.sheet)


def of_bill(session: Session, actor: Actor, invoice_id: int, size: str) -> Printable:
    """A bill with what was paid for it. Raises NotFound."""
    require(actor, Permission.SEE_BILLS)
    paper = invoice(clinic.profile(session), billing.get(session, actor, invoice_id))
    return Printable(paper, sheet(paper, size))


def sheet(paper: MoneyPaper | PriceListPaper, size: str) -> Sheet:
    return Sheet(size, paper.code or paper.number, paper.stamp if paper.stamp == say("Cancelled") else "")


def file_name(paper: MoneyPaper | PriceListPaper) -> str:
    """In English, whoever prints it."""
    title = next((title for title in _TITLES if say(title) == paper.title), paper.title)
    return f"{title} {paper.number}".lower().replace("/", "-").replace(" ", "-")


def word(method: PaymentMethod) -> str:
    return called(method)


def invoice(profile: Profile, bill: InvoiceRecord) -> MoneyPaper:
    """The bill with what was paid for it."""
    return _of_bill(profile, bill, say("Invoice"))


def receipt(profile: Profile, bill: InvoiceRecord) -> MoneyPaper:
    """The same, called what the patient calls it."""
    return _of_bill(profile, bill, say("Receipt") if bill.payments else say("Bill"))


def credit_note(profile: Profile, bill: InvoiceRecord, note: CreditNoteRecord) -> MoneyPaper:
    """What was given back, line by line with its shares of discount and tax."""
    on_bill = {line.line_id: line for line in bill.lines}
    lines = [
        replace(on_bill[r.line_id], quantity=r.quantity, discount=r.discount, tax=r.tax, amount=r.amount, basis="")
        for r in note.lines
    ]
    kept = note.method is PaymentMethod.ADVANCE
    way = say("Kept for the next bill") if kept else say("Given back, {method}", method=word(note.method))
    return MoneyPaper(
        issuer=issuer(profile),
        title=say("Credit note"),
        number=note.number,
        bearer=_bearer(
            note,
            (say("Of bill"), bill.number),
            (say("Date"), profile.moment(note.refunded_at)),
            (say("By"), note.refunded_by),
        ),
        charges=tuple(_charge(profile, line) for line in lines),
        sums=(Sum(f"{way} {note.reference}".strip(), profile.money(note.amount), strong=True),),
        taxes=_taxes(profile, lines),
        remark=say("Reason: {reason}", reason=note.reason),
    )


def advance(profile: Profile, now: PatientAdvance, move: AdvanceRecord) -> MoneyPaper:
    """Money taken before there is a bill, or paid out again."""
    out = move.change < 0
    way = word(move.method) if move.method else ""
    return MoneyPaper(
        issuer=issuer(profile),
        title=say("Advance paid out") if out else say("Receipt for an advance"),
        number=say("No. {advance_id}", advance_id=move.advance_id),
        code=now.mrn,
        bearer=_bearer(now, (say("Date"), profile.moment(move.moved_at)), (say("By"), move.moved_by)),
        sums=(Sum(f"{way} {move.reference}".strip(), profile.money(abs(move.change)), strong=True),),
        moved=(Sum(say("With the clinic now"), profile.money(now.amount)),),
    )


def _of_bill(profile: Profile, bill: InvoiceRecord, title: str) -> MoneyPaper:
    return MoneyPaper(
        issuer=issuer(profile),
        title=title,
        number=bill.number,
        bearer=_bearer(bill, (say("Date"), profile.moment(bill.issued_at)), (say("By"), bill.issued_by)),
        charges=tuple(_charge(profile, line) for line in bill.lines),
        sums=_sums(profile, bill),
        taxes=_taxes(profile, bill.lines),
        moved=_moved(profile, bill),
        stamp=say("Partly paid") if bill.due and bill.paid else say(_STAMPS[bill.state]),
        remark=say("Cancelled: {cancel_reason}", cancel_reason=bill.cancel_reason) if bill.cancel_reason else "",
    )


_STAMPS = {
    InvoiceState.ISSUED: later("Not paid"),
    InvoiceState.PAID: later("Paid"),
    InvoiceState.CANCELLED: later("Cancelled"),
}


def issuer(profile: Profile) -> Issuer:
    return Issuer(profile.name, profile.address, profile.phone, profile.tax_number)


def _bearer(of: InvoiceRecord | CreditNoteRecord | PatientAdvance, *facts: tuple[str, str]) -> Bearer:
    return Bearer(of.patient, (("MRN", of.mrn), *facts))


def steps(profile: Profile, line: LineRecord) -> str:
    """ "2 × 150.00 − 20.00 (old patient) + 23.40 (18 % tax)"."""
    why = f" ({line.discount_reason})" if line.discount else ""
    price = f"{line.quantity:,} × {profile.figures(line.unit_price)}"
    return added_up(profile, price, line.discount, line.tax, why, f" ({rate(line)})")


def rate(line: LineRecord) -> str:
    return say("{percent:f} % tax", percent=line.tax_percent.normalize())


def added_up(profile: Profile, price: str, discount: Decimal, tax: Decimal, why: str = "", rate: str = "") -> str:
    parts = (
        price,
        f"− {profile.figures(discount)}{why}" if discount else "",
        f"+ {profile.figures(tax)}{rate}" if tax else "",
    )
    return " ".join(filter(None, parts))


def _taxes(profile: Profile, lines: Iterable[LineRecord]) -> tuple[tuple[str, str, str], ...]:
    """Per rate what it is reckoned on and what it comes to; nothing where nothing is taxed."""
    by_rate: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        on, tax = by_rate.get(line.tax_percent, (Decimal(0), Decimal(0)))
        by_rate[line.tax_percent] = (on + line.amount - line.tax, tax + line.tax)
    if not any(by_rate):
        return ()
    return tuple(
        (f"{percent.normalize():f} %", profile.figures(on), profile.figures(tax))
        for percent, (on, tax) in sorted(by_rate.items())
    )


_USUAL = {"", billing.PRICE_LIST, billing.BY_HAND}  # nothing that a patient would ask about


def _charge(profile: Profile, line: LineRecord) -> Charge:
    return Charge(
        what=billing.in_words(line),
        basis="" if line.basis in _USUAL else line.basis,
        discounted=say("Discount: {discount_reason}", discount_reason=line.discount_reason) if line.discount else "",
        quantity=f"{line.quantity:,}",
        price=profile.figures(line.unit_price),
        discount=profile.figures(line.discount) if line.discount else "",
        tax=f"{line.tax_percent.normalize():f} %  {profile.figures(line.tax)}" if line.tax else "",
        amount=profile.figures(line.amount),
        steps=steps(profile, line),
    )


def _sums(profile: Profile, bill: InvoiceRecord) -> tuple[Sum, ...]:
    before = [Sum(say("Before discount and tax"), profile.money(bill.subtotal))] if bill.discount or bill.tax else []
    off = [Sum(say("Discount"), profile.money(-bill.discount))] if bill.discount else []
    tax = [Sum(say("Tax"), profile.money(bill.tax))] if bill.tax else []
    return (*before, *off, *tax, Sum(say("Total"), profile.money(bill.total), strong=True))


def _moved(profile: Profile, bill: InvoiceRecord) -> tuple[Sum, ...]:
    paid = [
        Sum(f"{word(p.method)} {p.reference}".strip(), profile.money(p.amount), profile.moment(p.received_at))
        for p in bill.payments
    ]
    back = [
        Sum(
            say("Credit note {number}", number=note.number),
            profile.money(-note.amount),
            profile.moment(note.refunded_at),
        )
        for note in bill.credit_notes
    ]
    due = [Sum(say("Still to pay"), profile.money(bill.due), strong=True)] if bill.due else []
    return (*paid, *back, *due)
