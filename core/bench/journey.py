"""From the desk to the counter in seven commits: registered with a token, called, the visit begun, what was found and
prescribed signed, billed, paid, handed over."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import billing, clock, db, dispensing, inventory, prescriptions, token_queue, visits
from core.bench import bare_journey, people, shelves
from core.bench.clinic import Clinic
from core.bench.doing import act
from core.bench.measuring import Job, Operation
from core.models import PaymentMethod, Priority, Sex, Token, TokenState
from core.patients import PatientDetails
from core.permissions import Actor, Permission, require
from core.prescriptions import ItemDetails

DIAGNOSIS = "J06.9"
_ENOUGH = 100


def operations(clinic: Clinic) -> Iterator[Operation]:
    yield Operation("whole journey, 7 commits", 4, partial(_journey, clinic), partial(_bare_journey, clinic))


def _journey(clinic: Clinic) -> Job:
    _empty_room(clinic)
    details, items = new_patient(clinic), ordered(clinic)

    def journey() -> None:
        at_desk = (details, clinic.doctor.user_id, Priority.EMERGENCY)  # to be the next, whoever waits
        act(clinic.desk, token_queue.register_and_walk_in, *at_desk, anyway=True)
        called = act(clinic.doctor, token_queue.call_next, clinic.doctor.user_id)
        assert called is not None
        visit = act(clinic.doctor, visits.start, called.token_id)
        act(clinic.doctor, _treat, visit.visit_id, items)
        bill = act(clinic.desk, billing.invoice_visit, visit.visit_id)
        act(clinic.desk, billing.pay, bill.invoice_id, bill.due, PaymentMethod.CASH)
        act(clinic.pharmacist, dispensing.dispense, bill.invoice_id)

    return journey


def _bare_journey(clinic: Clinic) -> Job:
    _empty_room(clinic)
    return bare_journey.journey(clinic, new_patient(clinic), ordered(clinic), DIAGNOSIS)


def _treat(session: Session, actor: Actor, visit_id: int, items: tuple[ItemDetails, ...]) -> None:
    """As the doctor's room does it in three clicks."""
    require(actor, Permission.CONSULT)
    visits.add_diagnosis(session, actor, visit_id, DIAGNOSIS)
    prescriptions.prescribe(session, actor, visit_id, items)
    visits.complete(session, actor, visit_id)


def _empty_room(clinic: Clinic) -> None:
    """Whoever was called last has been seen."""
    with db.transaction() as session:
        with_doctor = (Token.doctor_id == clinic.doctor.user_id, Token.state == TokenState.CALLED)
        for token_id in session.scalars(select(Token.id).where(Token.issued_on == clock.today(), *with_doctor)).all():
            token_queue.finish(session, clinic.doctor, token_id)


def new_patient(clinic: Clinic) -> PatientDetails:
    name, phone = f"{people.rare(clinic.rng)} {people.rare(clinic.rng)}", f"98{clinic.rng.randrange(10**8):08d}"
    return PatientDetails(name, Sex.FEMALE, phone, age_years=clinic.rng.randint(20, 80))


def ordered(clinic: Clinic) -> tuple[ItemDetails, ...]:
    """Ten units of each, of medicines that are there."""
    with db.reading() as session:
        medicines = [medicine.id for medicine in shelves.made_up(session)]
        shelf = inventory.usable_batches(session, medicines, clock.today())
    enough = [medicine_id for medicine_id, batches in shelf.items() if sum(b.on_hand for b in batches) > _ENOUGH]
    chosen = clinic.rng.sample(enough, shelves.ITEMS)
    return tuple(ItemDetails(medicine_id, Decimal(1), "BD", 5, quantity=10) for medicine_id in chosen)
