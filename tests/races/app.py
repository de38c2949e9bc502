"""One process of the app on a busy day: many people at once, each of whom looks, chooses and clicks, some twice.

Run with {"name", "clients", "seconds", "shift"} as its argument. It says "ready", begins when it is told, and answers
with what its people were told: a list of {key, verb, outcome, ms, answer, arguments}. `shift` is how far the clinic's
clock is from the machine's, in seconds. `outcome` is "done", the name of a refusal, or the traceback of a fault.
"""

import json
import sys
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Thread
from time import monotonic, perf_counter

from pydantic_core import to_jsonable_python
from redis.exceptions import RedisError
from sqlalchemy import select

from core import clock, db, patients, scheduling, token_queue, visits
from core.errors import ClinicError
from core.idempotency import once
from core.models import AppointmentState, Patient, SlotState, TokenState, User, Visit, VisitState
from core.patients import PatientDetails, Sex
from core.permissions import Actor, Role
from core.token_queue import Priority

CLICKS_AGAIN, CLICKS_TWICE_AT_ONCE = 0.08, 0.05
MOST_PEOPLE_LOOKED_AT = 8  # of a list: so they reach for the same few


class Client:
    """Somebody at a screen; what was clicked and answered is in `told`."""

    def __init__(self, name: str, actor: Actor, world: "World") -> None:
        self.name, self.actor, self.world = name, actor, world
        self.random = Random(name)
        self.told: list[dict[str, object]] = []

    def steps(self) -> dict[Callable[..., object], int]:
        return AS_DOCTOR if self.actor.role is Role.DOCTOR else AT_THE_DESK

    def work(self, until: float) -> None:
        steps, number = self.steps(), 0
        while monotonic() < until:
            number += 1
            (step,) = self.random.choices(list(steps), list(steps.values()))
            try:
                with db.reading() as session:
                    wanted = step(self, session)
            except ClinicError as refusal:
                self._tell(f"{self.name}-{number}", "looking", type(refusal).__name__, None, 0)
                continue
            if wanted is not None:
                self._click(f"{self.name}-{number}", *wanted)

    def _click(self, key: str, verb: Callable[..., object], *arguments: object) -> None:
        if self.random.random() < CLICKS_TWICE_AT_ONCE:
            again = Thread(target=self.act, args=[key, verb, *arguments])
            again.start()
            self.act(key, verb, *arguments)
            again.join()
        else:
            self.act(key, verb, *arguments)
        if self.random.random() < CLICKS_AGAIN:
            self.act(key, verb, *arguments)

    def act(self, key: str, verb: Callable[..., object], *arguments: object) -> str:
        """As `ui.act` does it. Returns the outcome."""
        started, answer = perf_counter(), None
        try:
            with db.transaction() as session:
                answer = once(key, verb)(session, self.actor, *arguments)
            outcome = "done"
        except ClinicError as refusal:
            outcome = type(refusal).__name__
        except Exception:
            outcome = traceback.format_exc()
        self._tell(key, verb.__name__, outcome, answer, 1000 * (perf_counter() - started), arguments)
        return outcome

    def _tell(
        self, key: str, verb: str, outcome: str, answer: object, ms: float, arguments: Sequence[object] = ()
    ) -> None:
        said = {"answer": to_jsonable_python(answer), "arguments": to_jsonable_python(arguments)}
        self.told.append({"key": key, "verb": verb, "outcome": outcome, "ms": ms, **said})

    def one_of(self, found):
        return self.random.choice(found[:MOST_PEOPLE_LOOKED_AT]) if found else None

    def a_doctor(self):
        return self.actor.user_id if self.actor.role is Role.DOCTOR else self.random.choice(self.world.doctors).user_id

    def a_doctor_or_anyone(self):
        return self.random.choice([None, *(doctor.user_id for doctor in self.world.doctors)])


class World:
    def __init__(self) -> None:
        with db.reading() as session:
            users = session.scalars(select(User).order_by(User.id)).all()
            self.doctors = [_actor(user) for user in users if user.role is Role.DOCTOR]
            self.desk = [_actor(user) for user in users if user.role is Role.RECEPTION]
            self.patients = list(session.scalars(select(Patient.id).order_by(Patient.id)))


def _actor(user: User) -> Actor:
    return Actor(user.id, user.name, user.role)


def walking_in(me, session):
    return (
        token_queue.walk_in,
        me.random.choice(me.world.patients),
        me.a_doctor_or_anyone(),
        me.random.choice([*Priority]),
    )


def newcomer(me, session):
    details = PatientDetails(f"New {me.random.randrange(10**9)}", Sex.UNKNOWN)
    return token_queue.register_and_walk_in, details, me.a_doctor_or_anyone()


def booking(me, session):
    free = [slot for slot in _slots(me, session) if slot.state is SlotState.FREE]
    slot = me.one_of(free[:4])
    return slot and (scheduling.book, slot.slot_id, me.random.choice(me.world.patients))


def checking_in(me, session):
    booked = me.one_of(_booked(me, session))
    return booked and (token_queue.check_in, booked.appointment_id)


def cancelling(me, session):
    booked = me.one_of(_booked(me, session))
    return booked and (scheduling.cancel, booked.appointment_id, "Cannot come")


def moving(me, session):
    booked = me.one_of(_booked(me, session))
    slot = me.one_of([slot for slot in _slots(me, session) if slot.state is SlotState.FREE])
    return booked and slot and (scheduling.reschedule, booked.appointment_id, slot.slot_id)


def merging(me, session):
    return patients.merge, *me.random.sample(me.world.patients, 2)


def blocking(me, session):
    slot = me.one_of(_slots(me, session))
    verb = me.random.choice([scheduling.block, scheduling.unblock])
    return slot and (verb, slot.doctor_id, slot.starts_at, slot.ends_at)


def calling_next(me, session):
    return token_queue.call_next, me.a_doctor()


def calling(me, session):
    card = me.one_of(_tokens(me, session, TokenState.WAITING, TokenState.SKIPPED))
    return card and (token_queue.call, card.token_id, card.doctor_id or me.a_doctor())


def prioritising(me, session):
    card = me.one_of(_tokens(me, session, TokenState.WAITING))
    return card and (token_queue.set_priority, card.token_id, me.random.choice([*Priority]))


def transferring(me, session):
    card = me.one_of(_tokens(me, session, *TokenState))
    return card and (token_queue.transfer, card.token_id, me.a_doctor_or_anyone())


def noting(me, session):
    visit_id = _open_visit(me, session)
    return visit_id and (visits.add_note, visit_id, "Seen.")


def signing(me, session):
    visit_id = _open_visit(me, session)
    return visit_id and (visits.complete, visit_id)


def _open_visit(me, session):
    mine = select(Visit.id).where(Visit.doctor_id == me.actor.user_id, Visit.state == VisitState.OPEN)
    return session.scalar(mine.order_by(Visit.id))


def with_token(verb, *states):
    def step(me, session):
        card = me.one_of(_tokens(me, session, *states))
        return card and (verb, card.token_id)

    return step


def _slots(me, session):
    return scheduling.list_slots(session, me.actor, clock.today())


def _booked(me, session):
    found = scheduling.list_appointments(session, me.actor, clock.today())
    return [appointment for appointment in found if appointment.state is AppointmentState.BOOKED]


def _tokens(me, session, *states):
    """Doctors look at their own queue, and now and then at a stranger's."""
    cards = [card for card in token_queue.board(session, me.actor) if card.state in states]
    own = [card for card in cards if card.doctor_id in (me.actor.user_id, None)]
    return own if me.actor.role is Role.DOCTOR and own and me.random.random() < 0.9 else cards


CALLED, WAITING, SKIPPED = TokenState.CALLED, TokenState.WAITING, TokenState.SKIPPED
# How often each is done. More are called than come, so that doctors reach for the same few who wait.
BOTH = {
    calling: 4,
    prioritising: 2,
    transferring: 3,
    with_token(token_queue.put_back, CALLED): 3,
    with_token(token_queue.skip, CALLED, WAITING): 3,
    with_token(token_queue.bring_back, SKIPPED): 3,
    with_token(token_queue.recall, CALLED): 1,
    with_token(token_queue.mark_no_show, SKIPPED, CALLED): 1,
}
AT_THE_DESK = BOTH | {
    merging: 1,
    blocking: 1,
    walking_in: 14,
    newcomer: 3,
    booking: 8,
    checking_in: 6,
    cancelling: 2,
    moving: 2,
    calling_next: 3,
}
AS_DOCTOR = BOTH | {calling_next: 12, with_token(token_queue.finish, CALLED): 6}
AS_DOCTOR |= {with_token(visits.start, CALLED): 8, noting: 4, signing: 4}


def keep_line(stopping: Event) -> None:
    """As the app's background does it."""
    while not stopping.wait(1):
        try:
            with db.reading() as session:
                token_queue.reconcile(session)
        except RedisError:
            pass


def twins(world: World, until: float) -> list[dict[str, object]]:
    """The same forms sent to both processes, as by a browser that lost its connection and tries again."""
    me = Client("twin", world.desk[0], world)
    number = 0
    while monotonic() < until:
        number += 1
        me.act(f"twin-{number}", token_queue.register_and_walk_in, PatientDetails(f"Twin {number}", Sex.UNKNOWN))
    return me.told


def main(name: str, clients: int, seconds: float, shift: float) -> list[dict[str, object]]:
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=shift)
    world, stopping = World(), Event()
    actors = [pool[n % len(pool)] for n in range(clients - 1) for pool in [(world.doctors, world.desk)[n % 2]]]
    people = [Client(f"{name}-{n}", actor, world) for n, actor in enumerate(actors)]
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    Thread(target=keep_line, args=[stopping], daemon=True).start()
    until = monotonic() + seconds
    with ThreadPoolExecutor(clients) as pool:
        same = pool.submit(twins, world, until)
        for done in [pool.submit(person.work, until) for person in people]:
            done.result()
    stopping.set()
    return [*same.result(), *(told for person in people for told in person.told)]


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))), flush=True)  # noqa: T201
