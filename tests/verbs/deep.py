"""A clinic that grows, and whose records hold more each time: what shows a query in a loop.

It lives through every example of the catalogue, so that a new verb fills it, too. Then it lives through them again,
with `times` as much in whatever can hold several: items, lines, batches, measurements, rows of a file.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import text

from core import billing, clock, dispensing, documents, scheduling, visits
from core.billing import PaymentMethod
from core.visits import Measurements
from tests.statements import heard
from tests.verbs.calling import build, undone
from tests.verbs.found import VERBS
from tests.verbs.given import fresh
from tests.verbs.world import World

CODES = ("E11.9", "I10", "K21.9", "M54.5", "R51", "L20.9", "H10.9", "B35.4")
# What cannot be done twice in one clinic, or ends what the others need: taken back at once.
ONCE = {
    "day_end.end_day": "nobody would wait any more",
    "visits.templates.add_usual_templates": "it adds nothing a second time",
    "users.keys.change_password": "the next example signs in with the old one",
    "patients.merging.merge": "done to the patient who has been here for years",
    "patients.registering.archive": "done to the patient who has been here for years",
}


class Deep(World):
    """The first patient whom a reading example asks for is the regular one, who was here on every day of the past."""

    def __init__(self, session):
        super().__init__(session)
        self.regular = self.patient(phone="98765 43210")
        self._comes = None

    def patient(self, **details):
        comes, self._comes = getattr(self, "_comes", None), None
        return comes if comes and not details else super().patient(**details)

    @contextmanager
    def regular_comes(self):
        self._comes = self.regular
        yield
        self._comes = None

    def visit(self):
        visit_id = super().visit()
        for code in CODES[: self.times]:
            visits.add_diagnosis(self.session, self.doctor, visit_id, code)
            visits.record_vitals(self.session, self.doctor, visit_id, Measurements(pulse_bpm=72, weight_kg=Decimal(60)))
            visits.add_note(self.session, self.doctor, visit_id, "As before")
        return visit_id

    def bill(self, *medicines, **kwargs):
        others = self.several(self.on_shelf if medicines else self.medicine)[1:]
        return super().bill(*medicines, *others, **kwargs)

    def on_shelf(self, **details):
        """First come batches of one unit, so that three units leave three of them."""
        medicine_id = self.medicine(**details)
        for before in range(1, self.times):
            self.batch(medicine_id, quantity=1, received_on=self.day(-30 - before))
        self.batch(medicine_id)
        return medicine_id

    def item(self, **details):
        """Of something that nobody warns of: a warning that is answered is one more statement."""
        medicine_id = details.pop("medicine_id", None) or self.on_shelf(name=fresh("Tonic").replace(" ", ""))
        return super().item(medicine_id=medicine_id, **details)

    def past_day(self):
        """The regular patient comes, is seen, gets a bill and pays it, and leaves some money there."""
        session, doctor = self.session, self.doctor
        with self.regular_comes():
            bill = self.billed_visit()
        billing.pay(session, self.admin, bill.invoice_id, bill.due, PaymentMethod.CASH)
        dispensing.dispense(session, self.pharmacist, bill.invoice_id)
        billing.receive_advance(session, self.admin, self.regular, Decimal(50), PaymentMethod.CASH)
        documents.sick_note(session, doctor, bill.visit_id, self.today, self.today)


@dataclass(frozen=True)
class Cost:
    """What a verb sent to PostgreSQL, the most rows that one statement brought, and whether it changed anything but
    the trail."""

    statements: int
    rows: int
    writes: bool


def live(world, patch, days):
    """Some days of the past, then every example, kept: {verb: Cost}."""
    now = clock.now()
    for ago in days:
        patch.setattr(clock, "now", lambda ago=ago: now - timedelta(days=ago))
        world.past_day()
    patch.setattr(clock, "now", lambda: now)
    world.several(lambda: scheduling.book(world.session, world.admin, world.slot(), world.regular))
    # What earlier tests left may tell PostgreSQL that all tables are empty; then it joins them row by row, for minutes.
    world.session.execute(text("ANALYZE"))
    return {name: ask(world, name) if name in ONCE else _done(world, name) for name in VERBS}


def ask(world, name):
    """The Cost of a verb, of the regular patient where it is about one; nothing stays."""
    with undone(world.session), world.regular_comes():
        return _done(world, name)


def _done(world, name):
    built = build(world, VERBS[name])
    world.session.expire_all()
    with _answers(world.session) as sent:
        built.call()
    most = max((rows for statement, rows in sent if statement.startswith(("SELECT", "WITH"))), default=0)
    return Cost(len(sent), most, any(_changes(statement) for statement, _ in sent))


@contextmanager
def _answers(session):
    """(statement, rows) of what is sent meanwhile; without what `sums_hold` adds."""
    sent = []

    def note(statement, _parameters, cursor):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET CONSTRAINTS")):
            sent.append((statement, max(cursor.rowcount, 0)))

    with heard(session, note, "after_cursor_execute"):
        yield sent


def _changes(statement):
    changed = re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", statement)
    return bool(changed) and changed[1] not in {"audit_events", "outside_openings"}
