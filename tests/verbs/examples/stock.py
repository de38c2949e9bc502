"""Medicines, batches, orders, stock-takes, what is handed over, and recalls."""

import uuid
from datetime import timedelta
from decimal import Decimal

from core import buying, clock, dispensing, drug_register, inventory, recall, samples
from core.buying import OrderLine, SupplierDetails
from core.inventory import MedicineDetails, stock_takes
from core.inventory.stock_takes import Counted
from core.models import MedicineForm
from tests.verbs.given import WHY, fresh, given


def a_barcode():
    """An EAN of thirteen digits that no pack had before."""
    digits = f"2{uuid.uuid4().int % 10**11:011}"
    weighted = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def details(world):
    return MedicineDetails(
        *(fresh("Aspirin"), MedicineForm.TABLET, "tablet", Decimal("2.50")),
        **{"generic": "Aspirin", "strength": "300 mg", "tax_percent": Decimal(5), "reorder_level": 20},
    )


def withdrawn(world):
    medicine_id = world.medicine()
    inventory.withdraw(world.session, world.admin, medicine_id)
    return medicine_id


def blocked(world):
    batch_id = world.batch()
    inventory.block(world.session, world.admin, batch_id, WHY)
    return batch_id


def moved(world):
    batch_id = world.batch()
    world.several(lambda: inventory.adjust(world.session, world.admin, batch_id, -1, WHY))
    return batch_id


def of_one_number(world):
    number = fresh("B")
    world.several(lambda: world.batch(number=number, shares_number=True))
    return number


def withdrawn_supplier(world):
    supplier_id = world.supplier()
    buying.withdraw_supplier(world.session, world.admin, supplier_id)
    return supplier_id


def lines(world):
    more = world.several(lambda: OrderLine(world.medicine(), 5, Decimal("2.50")))
    return [OrderLine(world.medicine(), 10, Decimal(3)), *more]


def several_counted(world):
    return [Counted(world.batch(), 100), *world.several(lambda: Counted(world.batch(), 98, WHY))]


def explained(world):
    stock_take_id, _ = world.counted(-2)
    there = stock_takes.get(world.session, world.admin, stock_take_id)
    return given(stock_take_id, {line.batch.batch_id: "Broken" for line in there.lines if line.difference})


def owed_line(world, medicine_id=None):
    bill = world.bill(medicine_id or world.on_shelf(), paid=True)
    return next(line.line_id for line in bill.lines if line.medicine_id)


def scanned(world):
    medicine_id = world.on_shelf()
    *_, batch = inventory.batches(world.session, world.admin, medicine_id)
    bill = world.bill(medicine_id, paid=True)
    waiting = dispensing.list_waiting(world.session, world.pharmacist)
    return next(one.medicines for one in waiting if one.invoice_id == bill.invoice_id), batch


def by_hand(world):
    owed, batch = scanned(world)
    return owed, {}, {owed[0].line_id: batch.batch_id}


def item_given(world):
    number = world.handed_over().number
    return dispensing.find_handed_over(world.session, world.pharmacist, number)[0].items[0].item_id


def batch_given(world):
    owed, batch = scanned(world)
    waiting = dispensing.list_waiting(world.session, world.pharmacist)
    bill = next(one for one in waiting if one.medicines == owed)
    dispensing.dispense(world.session, world.pharmacist, bill.invoice_id)
    return batch.batch_id


def batches_given(world):
    return world.several(lambda: batch_given(world))


def controlled(world):
    return world.on_shelf(is_controlled=True)


def a_period(world):
    return world.day(-30), world.today


INVENTORY = {
    inventory.bin_card: lambda w: given(w.on_shelf(), *a_period(w)),
    inventory.block: lambda w: given(w.batch(), WHY),
    inventory.unblock: lambda w: given(blocked(w)),
    inventory.adjust: lambda w: given(w.batch(), -2, WHY),
    inventory.write_off: lambda w: given(w.batch(), 2, WHY),
    inventory.write_off_expired: lambda w: given(w.expired()),
    inventory.write_off_all_expired: lambda w: given() if w.expired() else None,
    inventory.transfer_out: lambda w: given(w.batch(), 2, "The ward", WHY),
    inventory.send_back: lambda w: given(w.batch(supplier=fresh("Cipla")), 2, WHY),
    inventory.movements: lambda w: given(batch_id=moved(w), first=w.day(-30), last=w.today),
    inventory.stock_on_hand: lambda w: given(),
    inventory.low_stock: lambda w: given(),
    inventory.expiring: lambda w: given(90),
    inventory.list_medicines: lambda w: given(withdrawn=bool(w.several(lambda: withdrawn(w)))),
    inventory.medicine_details: lambda w: given(w.medicine()),
    inventory.medicines_after: lambda w: given(0, 10, withdrawn=True),
    inventory.search_medicines: lambda w: given("amox"),
    inventory.get_medicine: lambda w: given(w.medicine()),
    inventory.get_medicines: lambda w: given(w.several(w.medicine)),
    samples.take_medicines: lambda w: given(w.several(lambda: details(w))),
    inventory.add_medicine: lambda w: given(details(w)),
    inventory.change_medicine: lambda w: given(w.medicine(), details(w)),
    inventory.withdraw: lambda w: given(w.medicine()),
    inventory.reinstate: lambda w: given(withdrawn(w)),
    inventory.receive: lambda w: given(w.medicine(), w.delivery(supplier=fresh("Cipla"), delivery_note="D 17")),
    inventory.scanned: lambda w: given(of_one_number(w)),
    inventory.give_barcode: lambda w: given(w.medicine(), a_barcode()),
    inventory.batches: lambda w: given(w.on_shelf()),
    inventory.valuation: lambda w: given(clock.now() - timedelta(days=1)),
}

STOCK_TAKES = {
    stock_takes.start: lambda w: given(WHY) if _none_open(w) else None,
    stock_takes.count: lambda w: given(w.stock_take(), w.batch(), 98, WHY),
    stock_takes.count_several: lambda w: given(w.stock_take(), several_counted(w)),
    stock_takes.explain: explained,
    stock_takes.take_out: lambda w: given(*w.counted()),
    stock_takes.cancel: lambda w: given(w.stock_take()),
    stock_takes.post: lambda w: given(w.counted(-2)[0]),
    stock_takes.list_: lambda w: given(),
    stock_takes.open_one: lambda w: given(),
    stock_takes.get: lambda w: given(w.stock_take()),
}

BUYING = {
    buying.receive: lambda w: given(w.ordered().lines[0].line_id, w.delivery(quantity=10)),
    buying.order: lambda w: given(w.supplier(), lines(w), w.day(3), WHY),
    buying.change: lambda w: given(w.ordered().order_id, lines(w), w.day(4), WHY),
    buying.cancel: lambda w: given(w.ordered().order_id, WHY),
    buying.close_short: lambda w: given(w.partly_came().order_id, WHY),
    buying.get: lambda w: given(w.ordered().order_id),
    buying.list_orders: lambda w: given(is_open=False),
    buying.suggest: lambda w: given(),
    buying.list_suppliers: lambda w: given(withdrawn=bool(w.several(lambda: withdrawn_supplier(w)))),
    buying.get_supplier: lambda w: given(w.supplier()),
    buying.add_supplier: lambda w: given(SupplierDetails(fresh("Cipla"), "98765 43210", "a@b.in", "Pune", "27A", 4)),
    buying.change_supplier: lambda w: given(w.supplier(), SupplierDetails(fresh("Cipla"), lead_days=5)),
    buying.withdraw_supplier: lambda w: given(w.supplier()),
    buying.reinstate_supplier: lambda w: given(withdrawn_supplier(w)),
}

DISPENSING = {
    dispensing.call_off: lambda w: given(owed_line(w), 1, WHY),
    dispensing.substitutes: lambda w: given(owed_line(w, w.alike()[0])),
    dispensing.planned: lambda w: given(*by_hand(w)),
    dispensing.find_handed_over: lambda w: given(w.handed_over().number),
    dispensing.bills_of_code: lambda w: given(w.owed().number),
    dispensing.dispense: lambda w: given(w.owed().invoice_id),
    dispensing.labels: lambda w: given(w.handed_over().dispensing_id),
    dispensing.pack: lambda w: given((found := scanned(w))[0], found[1].number),
    dispensing.shelf_of: lambda w: given(w.on_shelf()),
    dispensing.out_of_turn: lambda w: given(*by_hand(w)),
    dispensing.take_back: lambda w: given(item_given(w), 1, usable=True, reason=WHY),
    dispensing.list_waiting: lambda w: given(),
    dispensing.find_owing: lambda w: given(until=w.today),
    dispensing.short_of: lambda w: given(w.bill(w.medicine()).invoice_id),
    dispensing.receipt: lambda w: given(w.handed_over().dispensing_id),
}

RECALL = {
    recall.take: lambda w: given(batches_given(w), ".csv"),
    recall.letters: lambda w: given(batches_given(w), "Please bring it back."),
    recall.find: lambda w: given("amox"),
    recall.traced: lambda w: given(w.several(w.batch)),
    recall.recipients: lambda w: given(batches_given(w)),
    drug_register.controlled: lambda w: given() if w.several(lambda: controlled(w)) else None,
    drug_register.register: lambda w: given(controlled(w), *a_period(w)),
    drug_register.take: lambda w: given(controlled(w), *a_period(w), ".csv"),
}


def _none_open(world):
    stock_takes.cancel(world.session, world.admin, world.stock_take())
    return True


EXAMPLES = INVENTORY | STOCK_TAKES | BUYING | DISPENSING | RECALL
