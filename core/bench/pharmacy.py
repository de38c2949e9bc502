"""The pharmacy: medicines handed over, what is on hand, and what those who wait would be short of."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select, text

from core import clock, db, dispensing, inventory
from core.bench import counter, shelves
from core.bench.clinic import Clinic
from core.bench.doing import act, look
from core.bench.measuring import Job, Operation
from core.inventory.pace import DAYS
from core.models import Medicine

_UNITS = 10
_OF_THOSE = 20  # medicines with the least in their first batch, one of which is taken
# By medicine, what the batch that leaves first holds, where there is enough of all: the least first.
_FIRST_BATCHES = text("""
SELECT medicine_id, held FROM (
  SELECT DISTINCT ON (medicine_id) medicine_id, on_hand AS held, sum(on_hand) OVER (PARTITION BY medicine_id) AS in_all
  FROM batches WHERE on_hand > 0 AND blocked_at IS NULL AND expires_on >= :today
  ORDER BY medicine_id, received_on, expires_on, id
) AS first WHERE in_all > held + :units ORDER BY held
""")
_LEVELS = """
SELECT m.id, m.name, m.form, m.unit, m.reorder_level, coalesce(s.usable, 0), coalesce(s.expired, 0),
  coalesce(s.blocked, 0), coalesce(s.value, 0), coalesce(u.used, 0), d.first_on, p.lead_days
FROM medicines m
LEFT JOIN (
  SELECT medicine_id, sum(on_hand) FILTER (WHERE expires_on >= %(today)s AND blocked_at IS NULL)::bigint AS usable,
    sum(on_hand) FILTER (WHERE expires_on < %(today)s)::bigint AS expired,
    sum(on_hand) FILTER (WHERE expires_on >= %(today)s AND blocked_at IS NOT NULL)::bigint AS blocked,
    sum(on_hand * unit_cost) FILTER (WHERE expires_on >= %(today)s AND blocked_at IS NULL) AS value
  FROM batches WHERE on_hand > 0 GROUP BY medicine_id
) AS s ON s.medicine_id = m.id
LEFT JOIN (
  SELECT b.medicine_id, -sum(v.change)::bigint AS used FROM stock_movements v JOIN batches b ON b.id = v.batch_id
  WHERE v.moved_at >= %(since)s AND v.reason IN ('DISPENSED', 'RETURNED') GROUP BY b.medicine_id
) AS u ON u.medicine_id = m.id
LEFT JOIN (
  SELECT medicine_id, min(received_on) AS first_on,
    (array_agg(supplier_id ORDER BY received_on DESC, id DESC) FILTER (WHERE supplier_id IS NOT NULL))[1] AS supplier_id
  FROM batches GROUP BY medicine_id
) AS d ON d.medicine_id = m.id
LEFT JOIN suppliers p ON p.id = coalesce(m.supplier_id, d.supplier_id)
WHERE m.withdrawn_at IS NULL OR s.medicine_id IS NOT NULL
ORDER BY lower(m.name)
"""
_OWED = """
SELECT l.id, m.id, m.name, m.unit, l.quantity - l.dispensed - l.called_off, l.dispensed, coalesce(s.on_hand, 0),
  m.is_controlled AND i.id IS NULL, i.dose, m.form, i.route, i.frequency, i.duration_days, i.instructions,
  v.id, v.number, v.state, p.name, p.mrn, v.issued_at, x.number,
  CASE WHEN x.state = 'CANCELLED' THEN
    (SELECT y.number FROM prescriptions y WHERE y.visit_id = x.visit_id AND y.state = 'ISSUED') END
FROM invoice_lines l
JOIN invoices v ON v.id = l.invoice_id AND v.state = 'PAID'
JOIN medicines m ON m.id = l.medicine_id
JOIN patients p ON p.id = v.patient_id
LEFT JOIN prescription_items i ON i.id = l.prescription_item_id
LEFT JOIN prescriptions x ON x.id = i.prescription_id AND x.state = 'CANCELLED'
LEFT JOIN (
  SELECT medicine_id, sum(on_hand)::bigint AS on_hand FROM batches
  WHERE on_hand > 0 AND blocked_at IS NULL AND expires_on >= %s GROUP BY medicine_id
) AS s ON s.medicine_id = m.id
WHERE l.medicine_id IS NOT NULL AND l.dispensed + l.called_off < l.quantity AND l.invoice_id = ANY(ARRAY(
  SELECT invoice_id FROM invoice_lines WHERE medicine_id IS NOT NULL AND dispensed + called_off < quantity
  EXCEPT SELECT id FROM invoices WHERE state <> 'PAID'
))
ORDER BY v.id, l.id
"""


def operations(clinic: Clinic) -> Iterator[Operation]:
    yield Operation("dispense 3 items", 4, partial(_dispense, clinic), partial(_bare_dispense, clinic))
    yield Operation("stock on hand", 2, partial(_on_hand, clinic), partial(_bare_on_hand, clinic))
    yield Operation("shortage check", 2, partial(_owed, clinic), partial(_bare_owed, clinic))


def _dispense(clinic: Clinic) -> Job:
    """One of the three comes from two batches."""
    invoice_id = paid_bill(clinic)
    return lambda: act(clinic.pharmacist, dispensing.dispense, invoice_id)


def _bare_dispense(clinic: Clinic) -> Job:
    return counter.dispense(clinic, paid_bill(clinic))


def paid_bill(clinic: Clinic) -> int:
    """A bill of three medicines that nobody has handed over yet, one of them from two batches."""
    with db.transaction() as session:
        held = [*session.execute(_FIRST_BATCHES, {"units": _UNITS, "today": clock.today()})]
        two, units = clinic.rng.choice(held[:_OF_THOSE])
        enough = [medicine_id for medicine_id, first in held if first >= _UNITS and medicine_id != two]
        chosen = {two: units + 1} | dict.fromkeys(clinic.rng.sample(enough, shelves.ITEMS - 1), _UNITS)
        medicines = session.scalars(select(Medicine).where(Medicine.id.in_(chosen)))
        wanted = [(medicine, chosen[medicine.id]) for medicine in medicines]
        bills = shelves.wait(session, clinic.desk, clinic.doctor, [(clinic.somebody(), wanted)])
        return bills[0].id


def _on_hand(clinic: Clinic) -> Job:
    return look(lambda session: inventory.stock_on_hand(session, clinic.manager))


def _bare_on_hand(clinic: Clinic) -> Job:
    today = clock.today()
    given = {"today": today, "since": clock.day_bounds(clock.days_after(today, 1 - DAYS))[0]}
    return lambda: clinic.bare.execute(_LEVELS, given, prepare=True).fetchall()


def _owed(clinic: Clinic) -> Job:
    """What each of those who wait gets, and of what there is not enough."""
    return look(lambda session: dispensing.list_waiting(session, clinic.pharmacist))


def _bare_owed(clinic: Clinic) -> Job:
    return lambda: clinic.bare.execute(_OWED, [clock.today()], prepare=True).fetchall()
