"""Bills, prices, advances, money given back, and the cashiers' drawers."""

from decimal import Decimal

from core import bill_papers, billing, clock, drawers, exchange, samples
from core.billing import LineDetails, PaymentMethod, ServiceDetails, Wanted
from core.fields import CENT
from core.permissions import Role
from tests.verbs.given import WHY, fresh, given

CASH, CARD = PaymentMethod.CASH, PaymentMethod.CARD


def with_bills(world):
    patient_id = world.patient()
    world.several(lambda: world.bill(patient_id=patient_id))
    return patient_id


def corrected(world):
    bill = world.bill(world.on_shelf())
    keep, medicine, *_ = bill.lines
    lines = [LineDetails(line_id=keep.line_id), LineDetails(line_id=medicine.line_id, quantity=2)]
    return given(bill.invoice_id, lines, seen=bill)


def to_swap(world):
    one, other, *_ = world.alike()
    bill = world.bill(one)
    line = next(line for line in bill.lines if line.medicine_id == one)
    return bill.invoice_id, line.line_id, other


def credited(world):
    bill = world.bill(*world.several(world.medicine)[1:], paid=True)
    every = {line.line_id: 1 for line in bill.lines}
    return billing.refund(world.session, world.admin, bill.invoice_id, every, CASH, WHY)


def given_back(world):
    bill = world.bill(*world.several(world.medicine)[1:], paid=True)
    return given(bill.invoice_id, {line.line_id: 1 for line in bill.lines}, CARD, WHY, "Card 1234")


def own_drawer(world):
    """A cashier, newly come, and a count of the ten that came into the drawer today."""
    cashier = world.another(Role.RECEPTION)
    billing.receive_advance(world.session, cashier, world.patient(), Decimal(10), CASH)
    return cashier, drawers.Count({CENT: 1000}, Decimal(0), Decimal(10))


def to_close(world):
    cashier, count = own_drawer(world)
    return given(cashier.user_id, world.today, count, by=cashier)


def closed(world):
    cashier, count = own_drawer(world)
    close = drawers.close(world.session, cashier, cashier.user_id, world.today, count)
    return given(close.close_id, by=cashier)


def lines(world):
    by_hand = LineDetails("A certificate", unit_price=Decimal(300), discount=Decimal(10), discount_reason=WHY)
    medicines = world.several(lambda: LineDetails(medicine_id=world.medicine(), quantity=2))
    return [by_hand, *world.several(lambda: LineDetails(service_id=world.service())), *medicines]


EXAMPLES = {
    billing.advance_of: lambda w: given(w.with_advance()),
    billing.list_advances: lambda w: given(w.with_advance()),
    billing.receive_advance: lambda w: given(w.patient(), Decimal(50), CARD, "Card 1234"),
    billing.pay_out_advance: lambda w: given(w.with_advance(), Decimal(20), CASH),
    billing.list_changed: lambda w: given() if w.several(w.outdated) else None,
    billing.bill_anew: lambda w: given(w.outdated()),
    billing.correct: corrected,
    billing.dues: lambda w: given(),
    billing.explain: lambda w: given(w.bill().invoice_id),
    billing.consultation_fee: lambda w: given(w.patient(), w.doctor.user_id, clock.now()),
    billing.find: lambda w: given("asha"),
    billing.invoice_visit: lambda w: given(w.signed()),
    billing.invoice_by_hand: lambda w: given(w.patient(), lines(w)),
    billing.beside: lambda w: given(w.bill().invoice_id),
    billing.cancel: lambda w: given(w.bill().invoice_id, WHY),
    billing.get: lambda w: given(w.bill().invoice_id),
    exchange.list_bills: lambda w: given(exchange.Wanted(record_id=w.bill().invoice_id)),
    billing.list_unbilled: lambda w: given(),
    billing.find_unpaid: lambda w: given("asha"),
    billing.list_day: lambda w: given(w.today),
    billing.list_of_patient: lambda w: given(w.patient()),
    billing.list_some: lambda w: given(Wanted(w.today, with_bills(w))),
    billing.owed_by: lambda w: given(w.patient()),
    billing.taken_on: lambda w: given(w.today),
    billing.pay: lambda w: given(w.bill().invoice_id, Decimal(100), CARD, "Card 1234"),
    billing.list_services: lambda w: given(),
    billing.search_prices: lambda w: given("dressing"),
    billing.price_list: lambda w: given(),
    samples.take_services: lambda w: given(w.several(lambda: ServiceDetails(fresh("Dressing"), Decimal(100)))),
    billing.add_service: lambda w: given(ServiceDetails(fresh("Dressing"), Decimal(100), Decimal(5))),
    billing.change_service: lambda w: given(w.service(), ServiceDetails(fresh("Dressing"), Decimal(120), Decimal(5))),
    billing.withdraw_service: lambda w: given(w.service()),
    billing.refundable: lambda w: given(w.bill(paid=True).invoice_id),
    billing.refund: given_back,
    billing.credit_note: lambda w: given(credited(w).credit_note_id),
    billing.settle_change: lambda w: given(w.outdated(paid=True), CASH),
    billing.alternatives: lambda w: given(to_swap(w)[0]),
    billing.swap: lambda w: given(*to_swap(w)),
    bill_papers.of_bill: lambda w: given(w.bill().invoice_id, "A4"),
    drawers.close: to_close,
    drawers.drawer: lambda w: given(w.cashier.user_id, w.today),
    drawers.open_days: lambda w: given(w.cashier.user_id),
    drawers.closes: lambda w: given(w.day(-30), w.today, by=Role.ADMIN) if w.several(lambda: closed(w)) else None,
    drawers.get_close: closed,
}
