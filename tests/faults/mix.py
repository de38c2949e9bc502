"""What people of a storm click: steps that look at little, so that a hundred thousand clicks are as quick as ten."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import billing, clock, inventory, patients, token_queue
from core.billing import LineDetails
from core.inventory import Delivery
from core.models import Batch, DispensingItem, Invoice, InvoiceLine, InvoiceState, PaymentMethod, TokenState
from core.patients import PatientDetails, Sex
from core.permissions import Role
from core.token_queue import Priority
from tests.races import till

MONEY = [PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.UPI]
NEAREST = 50  # of the newest records are reached for
MOST_WAITING = 12


def registering(me, session):
    return patients.register, PatientDetails(f"New {me.random.randrange(10**12)}", Sex.UNKNOWN)


def coming_in(me, session):
    """Nobody new comes while the room is full."""
    if sum(card.state is TokenState.WAITING for card in token_queue.board(session, me.actor)) > MOST_WAITING:
        return None
    doctor_id = me.random.choice([None, *me.world.doctors])
    details = PatientDetails(f"New {me.random.randrange(10**12)}", Sex.UNKNOWN)
    return token_queue.register_and_walk_in, details, doctor_id, me.random.choice([*Priority])


def billing_somebody(me, session):
    lines = [LineDetails("Dressing", unit_price=Decimal("99.99"), quantity=me.random.randint(1, 3))]
    lines.append(LineDetails(medicine_id=me.random.choice(me.world.medicines), quantity=me.random.randint(1, 5)))
    return billing.invoice_by_hand, me.random.choice(me.world.patients), lines


def paying(me, session):
    bill = near(me, session, Invoice)
    if bill is None or bill.total <= bill.paid:
        return None
    due = bill.total - bill.paid
    return billing.pay, bill.id, me.random.choice([due, due, min(Decimal("7.35"), due)]), me.random.choice(MONEY)


def refunding(me, session):
    bill = near(me, session, Invoice)
    if bill is None or bill.state is not InvoiceState.PAID:
        return None
    lines = session.scalars(select(InvoiceLine.id).where(InvoiceLine.invoice_id == bill.id).order_by(InvoiceLine.id))
    line_id = me.random.choice(lines.all())
    return billing.refund, bill.id, {line_id: 1}, me.random.choice([*MONEY, PaymentMethod.ADVANCE]), "Too many"


def moving_advance(me, session):
    verb = me.random.choice([billing.receive_advance, billing.pay_out_advance])
    return verb, me.random.choice(me.world.patients), me.random.choice(till.AMOUNTS), me.random.choice(MONEY)


def receiving(me, session):
    number = f"N{me.random.randrange(10**9)}"
    delivery = Delivery(number, me.random.randint(50, 200), clock.today() + timedelta(300), Decimal("1.25"))
    return inventory.receive, me.random.choice(me.world.medicines), delivery


def adjusting(me, session):
    batch = near(me, session, Batch)
    return batch and (inventory.adjust, batch.id, me.random.choice([-3, -1, 1, 4]), "Counted")


def handing_over(me, session):
    bill = near(me, session, Invoice)
    return bill and bill.state is InvoiceState.PAID and (till.hand_over, bill.id, True)


def taking_back(me, session):
    given = near(me, session, DispensingItem)
    return given and (till.take_back, given.id, 1, me.random.random() < 0.7)


def calling(me, session):
    return token_queue.call_next, me.actor.user_id


def finishing(me, session):
    board = token_queue.board(session, me.actor)
    mine = [card for card in board if card.state is TokenState.CALLED and card.doctor_id == me.actor.user_id]
    return mine and (token_queue.finish, mine[0].token_id)


def near(me, session, kind):
    """One of the newest."""
    newest = session.scalar(select(func.max(kind.id)))
    return newest and session.get(kind, max(1, newest - me.random.randrange(NEAREST)))


BY_ROLE = {
    Role.RECEPTION: {
        registering: 4,
        coming_in: 2,
        billing_somebody: 6,
        paying: 12,
        refunding: 3,
        moving_advance: 4,
    },
    Role.PHARMACIST: {receiving: 2, adjusting: 6, handing_over: 8, taking_back: 3},
    Role.DOCTOR: {calling: 1, finishing: 1},
}
