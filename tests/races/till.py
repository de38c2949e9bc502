"""One process of the app in which cashiers and pharmacists are at work on the same few bills and medicines.

Run with {"name", "clients", "seconds", "shift"}, as app.py. Whoever hears that too many are at work tries again.
"""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic

from sqlalchemy import select

from core import billing, clock, db, dispensing, drawers, fields, inventory, patients
from core.billing import LineDetails
from core.inventory import Delivery, stock_takes
from core.models import Batch, DispensingItem, Invoice, InvoiceLine, Medicine, Patient, PaymentMethod, User
from core.permissions import Actor, Role
from tests.races.app import Client

TRIES = 6
BATCHES = 20  # the latest are worked on
BILLS = 6  # so many of the oldest and of the newest are worked on
MONEY = [PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.UPI]
AMOUNTS = [Decimal(amount) for amount in ("0.01", "1", "7.35", "40", "333.33", "2000")]


class Worker(Client):
    def steps(self):
        return BY_ROLE[self.actor.role]

    def act(self, key, verb, *arguments) -> str:
        for _ in range(TRIES):
            outcome = super().act(key, verb, *arguments)
            if outcome != "StoreUnavailable":
                break
        return outcome


class World:
    goes_home_at = 0.0

    def __init__(self) -> None:
        with db.reading() as session:
            users = session.scalars(select(User).where(User.role.in_(BY_ROLE)).order_by(User.id))
            users = users.all()
            self.cashiers = [user.id for user in users if user.role is Role.RECEPTION]
            self.actors = [Actor(user.id, user.name, user.role) for user in users]
            self.patients = list(session.scalars(select(Patient.id).order_by(Patient.id)))
            self.medicines = list(session.scalars(select(Medicine.id).order_by(Medicine.id)))


# What is clicked: verbs that a form calls with names get their arguments in order here.


def hand_over(session, actor, invoice_id: int, partly: bool) -> dispensing.DispensingRecord:
    return dispensing.dispense(session, actor, invoice_id, partly=partly)


def take_back(session, actor, item_id: int, quantity: int, usable: bool) -> dispensing.ReturnRecord:
    return dispensing.take_back(session, actor, item_id, quantity, usable=usable, reason="Too many")


def correct(session, actor, invoice_id: int, lines, seen: billing.InvoiceRecord) -> billing.InvoiceRecord:
    return billing.correct(session, actor, invoice_id, lines, seen=seen)


# What somebody wants next


def billing_somebody(me, session):
    lines = [LineDetails("Dressing", unit_price=Decimal("99.99"), quantity=me.random.randint(1, 3))]
    for medicine_id in me.random.sample(me.world.medicines, 2):
        lines.append(LineDetails(medicine_id=medicine_id, quantity=me.random.randint(1, 5)))
    return billing.invoice_by_hand, me.random.choice(me.world.patients), lines


def paying(me, session):
    bill = a_bill(me, session)
    amount = me.random.choice([*AMOUNTS, max(bill.total - bill.paid, Decimal(0))])
    return billing.pay, bill.id, amount, me.random.choice(MONEY)


def paying_from_advance(me, session):
    bill = a_bill(me, session)
    return billing.pay, bill.id, me.random.choice(AMOUNTS), PaymentMethod.ADVANCE


def refunding(me, session):
    """A unit or two of one line or of several."""
    lines = select(InvoiceLine.id).where(InvoiceLine.invoice_id == a_bill(me, session).id).order_by(InvoiceLine.id)
    ids = session.scalars(lines).all()
    chosen = me.random.sample(ids, me.random.randint(1, len(ids)))
    method = me.random.choice([*MONEY, PaymentMethod.ADVANCE])
    quantities = {line_id: me.random.randint(1, 2) for line_id in chosen}
    return billing.refund, a_bill_of(session, chosen[0]), quantities, method, "Too many"


def correcting(me, session):
    bill = billing.get(session, me.actor, a_bill(me, session).id)
    lines = [LineDetails(line_id=line.line_id, quantity=me.random.randint(1, 5)) for line in bill.lines]
    return correct, bill.invoice_id, lines[: me.random.randint(1, 3)], bill


def moving_advance(me, session):
    verb = me.random.choice([billing.receive_advance, billing.pay_out_advance])
    return verb, me.random.choice(me.world.patients), me.random.choice(AMOUNTS), me.random.choice(MONEY)


def merging(me, session):
    return patients.merge, *me.random.sample(me.world.patients, 2)


def parting(me, session):
    merges = [merge.merge_id for merge in patients.list_merges(session, me.actor) if merge.undone_at is None]
    return (patients.undo_merge, me.one_of(merges)) if merges else None


def cancelling(me, session):
    return billing.cancel, a_bill(me, session).id, "Left"


def handing_over(me, session):
    return hand_over, a_bill(me, session).id, me.random.random() < 0.8


def taking_back(me, session):
    given = session.scalars(select(DispensingItem.id).order_by(DispensingItem.id.desc()).limit(BATCHES)).all()
    item_id = me.one_of(given)
    return item_id and (take_back, item_id, me.random.randint(1, 3), me.random.random() < 0.7)


def calling_off(me, session):
    ids = select(InvoiceLine.id).where(InvoiceLine.invoice_id == a_bill(me, session).id, InvoiceLine.owed > 0)
    line_id = me.one_of(session.scalars(ids.where(InvoiceLine.medicine_id.is_not(None))).all())
    return line_id and (dispensing.call_off, line_id, me.random.randint(1, 3), "Has some at home")


def swapping(me, session):
    """The first two medicines have one generic, and two prices."""
    line = select(InvoiceLine).where(InvoiceLine.invoice_id == a_bill(me, session).id, InvoiceLine.owed > 0)
    one, other = me.random.sample(me.world.medicines[:2], 2)
    line = session.scalar(line.where(InvoiceLine.medicine_id == one))
    return line and (billing.swap, line.invoice_id, line.id, other)


def counting_stock(me, session):
    going_on = stock_takes.open_one(session, me.actor)
    if going_on is None:
        return stock_takes.start, "everything"
    take_id = going_on.summary.stock_take_id
    batch_id = a_batch(me, session)
    if going_on.summary.counted > 5 or batch_id is None:
        return me.random.choice([stock_takes.post, stock_takes.post, stock_takes.cancel]), take_id
    return stock_takes.count, take_id, batch_id, me.random.randint(0, 40), "Miscounted"


def closing(me, session):
    """One cashier goes home early, and counts what was expected a moment ago."""
    if me.actor.user_id != me.world.cashiers[0] or monotonic() < me.world.goes_home_at:
        return None
    return count_and_close(session, me.actor)


def count_and_close(session, actor):
    expected = drawers.drawer(session, actor, actor.user_id, clock.today()).expected
    rest = drawers.Count({fields.CENT: int(expected * 100)}, Decimal(0), expected)
    return drawers.close, actor.user_id, clock.today(), rest


def receiving(me, session):
    """Often the same paper as a colleague's: a batch is received once."""
    number = f"N{me.random.randrange(400)}"
    delivery = Delivery(
        *(number, me.random.randint(5, 30), clock.today() + timedelta(30), Decimal("1.25")),
        supplier="Sun Pharma",
        shares_number=True,
    )
    return inventory.receive, me.random.choice(me.world.medicines), delivery


def leaving(verb, *note):
    def step(me, session):
        batch_id = a_batch(me, session)
        return batch_id and (verb, batch_id, me.random.randint(1, 4), *note)

    return step


def adjusting(me, session):
    batch_id = a_batch(me, session)
    return batch_id and (inventory.adjust, batch_id, me.random.choice([-9, -3, -1, 1, 4]), "Counted")


def writing_off(me, session):
    batch_id = a_batch(me, session)
    return batch_id and (inventory.write_off_expired, batch_id)


def blocking(me, session):
    batch_id = a_batch(me, session)
    return batch_id and (inventory.block, batch_id, "Recalled")


def unblocking(me, session):
    blocked = session.scalars(select(Batch.id).where(Batch.blocked_at.is_not(None)).order_by(Batch.id)).all()
    return (inventory.unblock, me.random.choice(blocked)) if blocked else None


def a_bill(me, session):
    ids = session.scalars(select(Invoice.id).order_by(Invoice.id)).all()
    return session.get_one(Invoice, me.random.choice([*ids[:BILLS], *ids[-BILLS:]]))


def a_bill_of(session, line_id):
    return session.get_one(InvoiceLine, line_id).invoice_id


def a_batch(me, session):
    latest = session.scalars(select(Batch.id).order_by(Batch.id.desc()).limit(BATCHES)).all()
    return me.random.choice(latest) if latest else None


BY_ROLE: dict[Role, dict[Callable[..., object], int]] = {
    Role.RECEPTION: {
        billing_somebody: 3,
        paying: 12,
        paying_from_advance: 4,
        refunding: 8,
        moving_advance: 4,
        correcting: 4,
        swapping: 4,
        cancelling: 1,
        closing: 2,
        merging: 1,
        parting: 1,
    },
    Role.PHARMACIST: {
        handing_over: 12,
        taking_back: 6,
        calling_off: 2,
        counting_stock: 4,
        receiving: 4,
        adjusting: 3,
        writing_off: 1,
        leaving(inventory.write_off, "Broken"): 1,
        leaving(inventory.transfer_out, "Branch"): 1,
        leaving(inventory.send_back, "Recalled"): 1,
        blocking: 2,
        unblocking: 3,
    },
}


def main(name: str, clients: int, seconds: float, shift: float) -> list[dict[str, object]]:
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=shift)
    world = World()
    people = [Worker(f"{name}-{n}", world.actors[n % len(world.actors)], world) for n in range(clients)]
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    until = monotonic() + seconds
    world.goes_home_at = until - seconds / 2
    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(person.work, until) for person in people]:
            done.result()
    return [told for person in people for told in person.told]


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))), flush=True)  # noqa: T201
