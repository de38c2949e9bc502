"""Lists of what is still to be done read what is still to be done, not the years behind it.

The years are copies of one day's records, written past the workflows: PostgreSQL plans by how much there is.
"""

import pytest
from sqlalchemy import text

from core import billing, clock, day_end, dispensing, drug_register, exports, scheduling
from core.billing import PaymentMethod
from core.models import Appointment
from tests.statements import heard
from tests.verbs.world import World

ROWS = 8_000
AS_IT_ONCE_WAS = """SELECT id FROM visits WHERE state = 'COMPLETED' AND NOT EXISTS
    (SELECT FROM invoices WHERE visit_id = visits.id AND state <> 'CANCELLED')"""
# Of each table, what differs from copy to copy.
COPIES = {
    "visits": {"token_id": "token_id + 1000000 + n", "started_at": "started_at - n * interval '3 hours'"},
    "prescriptions": {
        "visit_id": "visit_id + n",
        "number": "'R' || n",
        "issued_at": "issued_at - n * interval '3 hours'",
    },
    "prescription_items": {"prescription_id": "prescription_id + n"},
    "invoices": {
        "visit_id": "visit_id + n",
        "number": "'2001/' || n",
        "sequence": "sequence + 100000 + n",
        "issued_on": "issued_on - n / 8",
        "issued_at": "issued_at - n * interval '3 hours'",
    },
    "invoice_lines": {"invoice_id": "invoice_id + n", "prescription_item_id": "prescription_item_id + n"},
    "dispensings": {
        "invoice_id": "invoice_id + n",
        "dispensed_at": "dispensed_at - n * interval '3 hours'",
        "dispensed_on": "dispensed_on - n / 8",
    },
    "dispensing_items": {"dispensing_id": "dispensing_id + n", "invoice_line_id": "invoice_line_id + n"},
    "stock_movements": {"batch_id": "batch_id + n", "moved_at": "moved_at - n * interval '3 hours'"},
    "slots": {
        "starts_at": "starts_at - n * interval '3 hours'",
        "ends_at": "ends_at - n * interval '3 hours'",
    },
    "appointments": {"slot_id": "slot_id + n", "state": "'COMPLETED'"},
    "patients": {"mrn": "'P' || n", "search_grams": "'{}'"},
}


@pytest.fixture
def world(session):
    """With years behind it, and one of everything that is still to be done."""
    world = World(session)
    bill = world.billed_visit()
    billing.pay(session, world.admin, bill.invoice_id, bill.due, PaymentMethod.CASH)
    given = dispensing.dispense(session, world.pharmacist, bill.invoice_id)
    appointment = session.get_one(Appointment, world.booked().appointment_id)
    first = {"slots": appointment.slot_id, "appointments": appointment.id, "invoices": bill.invoice_id}
    first |= {"visits": bill.visit_id, "dispensings": given.dispensing_id}
    session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger is in the way
    for table, differing in COPIES.items():
        _copy(session, table, first.get(table), differing)
    session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
    world.signed(), world.owed(), world.bill(), world.outdated(), world.outdated(paid=True), world.handed_over()
    session.execute(text("SELECT gin_clean_pending_list('ix_patients_search_grams')"))  # as autovacuum does
    session.execute(text("ANALYZE"))
    return world


def _copy(session, table, first, differing):
    """The row of this id, or else the newest, so many times more."""
    of = f"(SELECT * FROM {table} WHERE id = coalesce(:first, (SELECT max(id) FROM {table}))) AS one"
    names = session.scalars(
        text("SELECT column_name FROM information_schema.columns WHERE table_name = :table"), {"table": table}
    ).all()
    values = [differing.get(name, "id + n" if name == "id" else name) for name in names]
    session.execute(
        text(
            f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE"
            f" SELECT {', '.join(values)} FROM {of}, generate_series(1, {ROWS}) AS n"
        ),
        {"first": first},
    )
    session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))


def read_whole(session, work):
    """The tables that grow with the years and of which `work()` reads every row, by the plans of its statements."""
    sent, found = [], set()

    def note(statement, parameters, _cursor):
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    with heard(session, note):
        work()
    with session.connection().connection.driver_connection.cursor() as cursor:
        for statement, parameters in sent:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            found |= {
                node["Relation Name"] for node in _nodes(cursor.fetchone()[0][0]["Plan"]) if "Seq" in node["Node Type"]
            }
    return found & COPIES.keys()


def _nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def test_nothing_reads_the_years(session, world):
    admin, name = world.admin, "asha"
    tomorrow = clock.day_bounds(world.day(1))
    drug = world.on_shelf(is_controlled=True)
    lists = {
        "to bill": lambda: billing.list_unbilled(session, admin),
        "to pay": lambda: billing.find_unpaid(session, admin),
        "to pay, of one": lambda: billing.find_unpaid(session, admin, name),
        "changed since": lambda: billing.list_changed(session, admin),
        "waiting for medicines": lambda: dispensing.list_waiting(session, admin),
        "owing medicines": lambda: dispensing.find_owing(session, admin, until=world.today),
        "handed over": lambda: dispensing.find_handed_over(session, admin, ""),
        "handed over to one": lambda: dispensing.find_handed_over(session, admin, name),
        "a code": lambda: dispensing.bills_of_code(session, admin, "R17"),
        "forgotten days": lambda: day_end.forgotten_days(session, admin),
        "slots of a range": lambda: scheduling.list_touched(session, admin, world.doctor.user_id, *tomorrow),
        "register": lambda: drug_register.register(session, admin, drug, world.day(-30), world.today),
        "export": lambda: exports.look(session, admin, "bills", world.day(-30), world.today),
    }

    assert {what: whole for what, work in lists.items() if (whole := read_whole(session, work))} == {}
    assert read_whole(session, lambda: session.execute(text(AS_IT_ONCE_WAS))) == {"visits", "invoices"}  # is seen
