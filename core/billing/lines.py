"""The lines of a bill: what each charge comes to, and what may be typed by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import fields
from core.errors import Invalid
from core.models import InvoiceLine, LineKind, Medicine, Service
from core.permissions import Actor, Permission, Role, require

# The most that each role may take off a line, in percent of it. A role that is not here gives no discount.
DISCOUNT_LIMITS: dict[Role, int] = {Role.ADMIN: 100, Role.RECEPTION: 10}
MOST_LINES, MOST_QUANTITY = 100, 10_000
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class LineDetails:
    """A charge by hand: a service, a medicine, or a description with a price. `discount` is money off the whole line.

    What is on the price list is charged at its price; less is a discount, with a reason.
    """

    description: str = ""
    service_id: int | None = None
    medicine_id: int | None = None
    quantity: int = 1
    unit_price: Decimal | None = None
    discount: Decimal = NOTHING
    discount_reason: str = ""


@dataclass(frozen=True)
class Charge:
    """What a line is for, and what one of it costs before tax (None as long as nobody has said)."""

    kind: LineKind
    description: str
    unit_price: Decimal | None
    tax_percent: Decimal = NOTHING
    service_id: int | None = None
    medicine_id: int | None = None
    prescription_item_id: int | None = None


def invoice_line(
    charge: Charge, quantity: int = 1, discount: Decimal = NOTHING, discount_reason: str = ""
) -> InvoiceLine:
    """The line with its tax and amount, rounded here and nowhere else."""
    assert charge.unit_price is not None
    net = quantity * charge.unit_price - discount
    tax = fields.to_cents(net * charge.tax_percent / 100)
    return InvoiceLine(
        kind=charge.kind,
        description=charge.description,
        service_id=charge.service_id,
        medicine_id=charge.medicine_id,
        prescription_item_id=charge.prescription_item_id,
        quantity=quantity,
        unit_price=charge.unit_price,
        discount=discount,
        discount_reason=discount_reason,
        tax_percent=charge.tax_percent,
        tax=tax,
        amount=net + tax,
    )


def lines_by_hand(session: Session, actor: Actor, wanted: Sequence[LineDetails]) -> list[InvoiceLine]:
    """Raises Invalid with everything that is wrong, line by line: `problems` has keys such as "line 2 discount"."""
    require(actor, Permission.BILL)
    listed = _price_list(session, wanted)
    charges = [_charge(line, listed) for line in wanted]
    problems = _bill_problems(wanted)
    for number, (line, charge) in enumerate(zip(wanted, charges, strict=True), 1):
        for field, sentence in _line_problems(actor, line, charge).items():
            if sentence:
                problems[f"line {number} {field}"] = f"Line {number}: {sentence}"
    if problems:
        raise Invalid(problems)
    return [
        invoice_line(charge, line.quantity, line.discount, fields.line(line.discount_reason))
        for line, charge in zip(wanted, charges, strict=True)
        if charge
    ]


def _price_list(session: Session, wanted: Sequence[LineDetails]) -> dict[tuple[LineKind, int | None], Charge]:
    """The services and medicines that are asked for and still offered."""
    services = select(Service).where(Service.id.in_({line.service_id for line in wanted} - {None}))
    medicines = select(Medicine).where(Medicine.id.in_({line.medicine_id for line in wanted} - {None}))
    charges = [
        Charge(LineKind.SERVICE, service.name, service.price, service.tax_percent, service_id=service.id)
        for service in session.scalars(services.where(Service.withdrawn_at.is_(None)))
    ] + [medicine_charge(medicine) for medicine in session.scalars(medicines.where(Medicine.withdrawn_at.is_(None)))]
    return {(charge.kind, charge.service_id or charge.medicine_id): charge for charge in charges}


def medicine_charge(medicine: Medicine, prescription_item_id: int | None = None) -> Charge:
    return Charge(
        LineKind.MEDICINE,
        medicine.name,
        medicine.price,
        medicine.tax_percent,
        medicine_id=medicine.id,
        prescription_item_id=prescription_item_id,
    )


def _charge(line: LineDetails, listed: dict[tuple[LineKind, int | None], Charge]) -> Charge | None:
    if line.medicine_id is not None:
        return listed.get((LineKind.MEDICINE, line.medicine_id))
    if line.service_id is not None:
        return listed.get((LineKind.SERVICE, line.service_id))
    return Charge(LineKind.OTHER, fields.line(line.description), line.unit_price)


def _bill_problems(wanted: Sequence[LineDetails]) -> dict[str, str]:
    medicines = [line.medicine_id for line in wanted if line.medicine_id is not None]
    problems = {}
    if not 1 <= len(wanted) <= MOST_LINES:
        problems["lines"] = "There is nothing on the bill." if not wanted else f"A bill has at most {MOST_LINES} lines."
    if len(set(medicines)) < len(medicines):
        problems["medicines"] = "The same medicine is on two lines: put it on one."
    return problems


def _line_problems(actor: Actor, line: LineDetails, charge: Charge | None) -> dict[str, str | None]:
    if charge is None:
        return {"item": "This is not on the price list."}
    problems = {
        "description": fields.required_problem(charge.description, "The description"),
        "unit_price": _price_problem(line, charge),
        "quantity": _quantity_problem(line.quantity),
        "discount": fields.money_problem(line.discount, "The discount"),
        "discount_reason": _reason_problem(line),
    }
    if not any(problems.values()) and charge.unit_price is not None:
        problems["discount"] = _limit_problem(actor, line.discount, line.quantity * charge.unit_price)
    return problems


def _price_problem(line: LineDetails, charge: Charge) -> str | None:
    if charge.unit_price is None:
        return "The price is missing."
    if line.unit_price is not None and line.unit_price != charge.unit_price:
        return f"The price of {charge.description} is {charge.unit_price}: give a discount instead."
    return fields.money_problem(charge.unit_price, "The price")


def _quantity_problem(quantity: int) -> str | None:
    return None if 1 <= quantity <= MOST_QUANTITY else f"The quantity must be between 1 and {MOST_QUANTITY:,}."


def _reason_problem(line: LineDetails) -> str | None:
    reason = fields.line(line.discount_reason)
    if line.discount == 0:
        return None
    return fields.required_problem(reason, "The reason for the discount")


def _limit_problem(actor: Actor, discount: Decimal, gross: Decimal) -> str | None:
    percent = DISCOUNT_LIMITS.get(actor.role, 0)
    most = fields.to_cents(gross * percent / 100)
    return f"{actor.name} may give at most {most} off ({percent} % of {gross})." if discount > most else None
