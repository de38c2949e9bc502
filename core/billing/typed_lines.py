"""What may be typed on a bill by hand, on a new one or on one that is corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clinic, fields
from core.billing.lines import (
    BY_HAND,
    NO_DISCOUNT,
    PRICE_LIST,
    Charge,
    Discount,
    invoice_line,
    medicine_charge,
)
from core.errors import Invalid
from core.fields import NOTHING
from core.models import InvoiceLine, LineKind, Medicine, Service
from core.permissions import Actor, Permission, require
from core.words import say

MOST_LINES = 100


@dataclass(frozen=True)
class LineDetails:
    """A charge by hand: a service, a medicine, or a description with a price. `discount` is money off the whole line.

    What is on the price list is charged at its price; less is a discount, with a reason. With a `line_id` it is a line
    of the bill that is corrected: it stays what it is, its quantity and discount may change.
    """

    description: str = ""
    service_id: int | None = None
    medicine_id: int | None = None
    quantity: int = 1
    unit_price: Decimal | None = None
    discount: Decimal = NOTHING
    discount_reason: str = ""
    line_id: int | None = None


def lines_by_hand(session: Session, actor: Actor, wanted: Sequence[LineDetails]) -> list[InvoiceLine]:
    """Raises Invalid with everything that is wrong, line by line: `problems` has keys such as "line 2 discount"."""
    require(actor, Permission.BILL)
    charges = priced(session, actor, wanted)
    return [
        invoice_line(charge, line.quantity, discount(actor, line, charge))
        for line, charge in zip(wanted, charges, strict=True)
    ]


def discount(actor: Actor, line: LineDetails, charge: Charge) -> Discount:
    """One that is on the bill already, or was more, was given by whoever gave it."""
    require(actor, Permission.BILL)
    if not line.discount:
        return NO_DISCOUNT
    given_before = charge.was is not None and line.discount <= charge.was.discount
    by_id = charge.was.discount_by_id if charge.was and given_before else actor.user_id
    return Discount(line.discount, fields.line(line.discount_reason), by_id)


def priced(
    session: Session, actor: Actor, wanted: Sequence[LineDetails], on_bill: Mapping[int | None, Charge] | None = None
) -> list[Charge]:
    """What is charged for each line; `on_bill`, by their ids, for the lines there are. Raises Invalid as
    `lines_by_hand` does."""
    require(actor, Permission.BILL)
    listed = _price_list(session, wanted)
    charges = [_charge(line, listed, on_bill or {}) for line in wanted]
    percent = clinic.profile(session).discount_limit(actor.role)
    problems = _bill_problems(wanted, charges)
    for number, (line, charge) in enumerate(zip(wanted, charges, strict=True), 1):
        found = _line_problems(line, charge)
        if charge and not any(found.values()):
            found["discount"] = _limit_problem(actor, percent, line, charge)
        problems |= {
            f"line {number} {field}": say("Line {number}: {problem}", number=number, problem=problem)
            for field, problem in found.items()
            if problem
        }
    if problems:
        raise Invalid(problems)
    return [charge for charge in charges if charge]


def _price_list(session: Session, wanted: Sequence[LineDetails]) -> dict[tuple[LineKind, int | None], Charge]:
    """The services and medicines that are asked for and still offered."""
    services = select(Service).where(Service.id.in_({line.service_id for line in wanted} - {None}))
    medicines = select(Medicine).where(Medicine.id.in_({line.medicine_id for line in wanted} - {None}))
    charges = [
        Charge(LineKind.SERVICE, s.name, s.price, s.tax_percent, service_id=s.id, basis=PRICE_LIST)
        for s in session.scalars(services.where(Service.withdrawn_at.is_(None)))
    ] + [medicine_charge(medicine) for medicine in session.scalars(medicines.where(Medicine.withdrawn_at.is_(None)))]
    return {(charge.kind, charge.service_id or charge.medicine_id): charge for charge in charges}


def _charge(
    line: LineDetails, listed: Mapping[tuple[LineKind, int | None], Charge], on_bill: Mapping[int | None, Charge]
) -> Charge | None:
    if line.line_id is not None:
        return on_bill.get(line.line_id)
    if line.medicine_id is not None:
        return listed.get((LineKind.MEDICINE, line.medicine_id))
    if line.service_id is not None:
        return listed.get((LineKind.SERVICE, line.service_id))
    return Charge(LineKind.OTHER, fields.line(line.description), line.unit_price, basis=BY_HAND)


def _bill_problems(wanted: Sequence[LineDetails], charges: Sequence[Charge | None]) -> dict[str, str]:
    medicines = [charge.medicine_id for charge in charges if charge and charge.medicine_id is not None]
    kept = [line.line_id for line in wanted if line.line_id is not None]
    problems = {}
    if not 1 <= len(wanted) <= MOST_LINES:
        problems["lines"] = (
            say("There is nothing on the bill.")
            if not wanted
            else say("A bill has at most {most} lines.", most=MOST_LINES)
        )
    if len(set(medicines)) < len(medicines) or len(set(kept)) < len(kept):
        problems["medicines"] = say("The same medicine is on two lines: put it on one.")
    return problems


def _line_problems(line: LineDetails, charge: Charge | None) -> dict[str, str | None]:
    if charge is None:
        on_list = say("This is not on the price list.")
        return {"item": on_list if line.line_id is None else say("This line is not on the bill any more.")}
    return {
        "description": fields.required_problem(charge.description, say("The description")),
        "unit_price": _price_problem(line, charge),
        "quantity": _quantity_problem(line, charge),
        "discount": fields.money_problem(line.discount, say("The discount")),
        "discount_reason": _reason_problem(line),
    }


def _price_problem(line: LineDetails, charge: Charge) -> str | None:
    if charge.unit_price is None:
        return say("The price is missing.")
    if line.unit_price is not None and line.unit_price != charge.unit_price:
        return say(
            "The price of {description} is {unit_price}: give a discount instead.",
            description=charge.description,
            unit_price=charge.unit_price,
        )
    return fields.money_problem(charge.unit_price, say("The price"))


def _quantity_problem(line: LineDetails, charge: Charge) -> str | None:
    if type(line.quantity) is not int:
        return say("The quantity must be a whole number.")
    if charge.prescription_item_id is not None and line.quantity > charge.most:
        return say(
            "{most:,} of {description} are prescribed: no more can be billed.",
            most=charge.most,
            description=charge.description,
        )
    return (
        None
        if 1 <= line.quantity <= charge.most
        else say("The quantity must be between 1 and {most:,}.", most=charge.most)
    )


def _reason_problem(line: LineDetails) -> str | None:
    if line.discount == 0:
        return None
    return fields.required_problem(fields.line(line.discount_reason), say("The reason for the discount"))


def _limit_problem(actor: Actor, percent: int, line: LineDetails, charge: Charge) -> str | None:
    """What somebody else gave may stay, and may become less."""
    assert charge.unit_price is not None
    gross, was = line.quantity * charge.unit_price, charge.was
    if line.discount > gross:
        return say(
            "A discount of {discount:,} is more than the line comes to ({gross:,}).",
            discount=line.discount,
            gross=gross,
        )
    most = fields.to_cents(gross * percent / 100)
    stays = was is not None and line.discount <= was.discount and line.quantity >= was.quantity
    if line.discount <= most or stays:
        return None
    return say(
        "{name} may give at most {most:,} off ({percent} % of {gross:,}).",
        name=actor.name,
        most=most,
        percent=percent,
        gross=gross,
    )
