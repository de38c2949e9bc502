"""What the printer gets."""

from decimal import Decimal
from html import escape

from core.billing import InvoiceRecord, LineRecord
from core.clinic import Profile
from core.token_queue import TokenCard
from pages.ui.bill import METHODS
from pages.ui.show import moment, money, room_name
from pages.ui.waits import expected_wait

_SLIP = """<!doctype html><meta charset="utf-8"><title>Token {number}</title>
<style>
  @page {{ size: 80mm 90mm; margin: 4mm }}
  body {{ font-family: system-ui, sans-serif; text-align: center; margin: 0 }}
  h1 {{ font-size: 64px; line-height: 1; margin: 4mm 0 }} p {{ margin: 1mm 0; font-size: 14px }}
</style>
<p>{clinic}</p><h1>{number}</h1><p><b>{doctor}</b></p><p>{room}</p><p>{wait}</p><p>{moment}</p>"""


def token_slip(card: TokenCard, clinic: str, moment: str) -> str:
    """An 80 mm slip: number, doctor, room and what wait to expect, no patient's name."""
    doctor = card.doctor_name or "First free doctor"
    wait = f"Expected wait: {expected_wait(card.said)}" if card.said else ""
    texts = {"clinic": clinic, "doctor": doctor, "room": room_name(card.room), "wait": wait, "moment": moment}
    return _SLIP.format(number=card.number, **{name: escape(text) for name, text in texts.items()})


_RECEIPT = """<!doctype html><meta charset="utf-8"><title>Bill {number}</title>
<style>
  @page {{ size: 80mm auto; margin: 4mm }}
  body {{ font-family: system-ui, sans-serif; font-size: 12px; margin: 0 }}
  header {{ text-align: center; margin-bottom: 3mm }} h1 {{ font-size: 16px; margin: 0 }} p {{ margin: .5mm 0 }}
  table {{ width: 100%; border-collapse: collapse; margin: 2mm 0; border-top: 1px dashed; border-bottom: 1px dashed }}
  td {{ padding: .8mm 0; vertical-align: top }} td + td {{ text-align: right; white-space: nowrap; padding-left: 2mm }}
  table + table {{ border-top: 0; margin-top: 0 }} small {{ color: #444 }}
  .sum td {{ font-weight: bold; font-size: 14px }}
</style>
<header><h1>{clinic}</h1><p>{address}</p><p>{phone}</p></header>
<p><b>{patient}</b> · {mrn}</p><p>Bill {number} · {issued}</p>
<table>{lines}</table><table>{sums}</table><table>{payments}</table>"""


def receipt(bill: InvoiceRecord, clinic: Profile) -> str:
    """80 mm, as long as it needs to be: every line with how its amount comes about, what was paid and is still due."""
    sums = [("Before discount and tax", bill.subtotal)] if bill.discount or bill.tax else []
    sums += [("Discount", -bill.discount)] if bill.discount else []
    sums += [("Tax", bill.tax)] if bill.tax else []
    payments = [(" ".join((METHODS[p.method][0], p.reference, moment(p.received_at))), p.amount) for p in bill.payments]
    payments += [("Still to pay", bill.due)] if bill.due else []
    texts = {
        **{"clinic": clinic.name, "address": clinic.address, "phone": clinic.phone, "patient": bill.patient},
        **{"mrn": bill.mrn, "number": bill.number, "issued": moment(bill.issued_at)},
    }
    return _RECEIPT.format(
        **{name: escape(text) for name, text in texts.items()},
        lines="".join(_charge(line) for line in bill.lines),
        sums="".join(_row(*row) for row in sums) + f'<tr class="sum">{_row("Total", bill.total)[4:]}',
        payments="".join(_row(*row) for row in payments),
    )


def _charge(line: LineRecord) -> str:
    steps = f"{line.quantity:,} × {line.unit_price:,}"
    steps += f" − {line.discount:,} ({line.discount_reason})" if line.discount else ""
    steps += f" + {line.tax:,} tax ({line.tax_percent.normalize():f} %)" if line.tax else ""
    return f"<tr><td>{escape(line.description)}<br><small>{escape(steps)}</small></td><td>{line.amount:,}</td></tr>"


def _row(word: str, amount: Decimal) -> str:
    return f"<tr><td>{escape(word)}</td><td>{escape(money(amount))}</td></tr>"
