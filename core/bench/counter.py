"""The floor of handing over: one round trip locks and reads, one writes. FIFO is chosen between them."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from core import clock
from core.bench import bare
from core.bench.bare import Statement
from core.bench.clinic import Clinic
from core.bench.measuring import Job

_VISIT = "SELECT id FROM visits WHERE id = (SELECT visit_id FROM invoices WHERE id = %s) FOR UPDATE"
_BILL = """
SELECT v.number, v.state, v.issued_on, v.visit_id, p.name, p.mrn FROM invoices v JOIN patients p ON p.id = v.patient_id
WHERE v.id = %s FOR UPDATE OF v
"""
_LINES = """
SELECT l.id, l.medicine_id, l.quantity - l.dispensed - l.called_off, m.name, m.unit, m.is_controlled, i.id, x.state
FROM invoice_lines l JOIN medicines m ON m.id = l.medicine_id
LEFT JOIN prescription_items i ON i.id = l.prescription_item_id LEFT JOIN prescriptions x ON x.id = i.prescription_id
WHERE l.invoice_id = %s AND l.dispensed + l.called_off < l.quantity ORDER BY l.id
"""
_BATCHES = """
SELECT id, medicine_id, number, received_on, expires_on, on_hand FROM batches
WHERE medicine_id IN (SELECT medicine_id FROM invoice_lines WHERE invoice_id = %s)
  AND expires_on >= %s AND blocked_at IS NULL AND on_hand > 0
ORDER BY id FOR UPDATE
"""
_LESS = """
UPDATE batches SET on_hand = on_hand - taken.units
FROM unnest(%s::bigint[], %s::bigint[]) AS taken (id, units) WHERE batches.id = taken.id
"""
_GIVEN = """
UPDATE invoice_lines SET dispensed = dispensed + given.units
FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, units) WHERE invoice_lines.id = given.id
"""
_MOVED = """
INSERT INTO stock_movements (batch_id, change, on_hand_after, reason, note, reference, moved_at, moved_by_id)
SELECT id, -units, left_over, 'DISPENSED', '', %s, now(), %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS taken (id, units, left_over)
"""
_DISPENSING = """
INSERT INTO dispensings (invoice_id, dispensed_by_id, dispensed_at, dispensed_on) VALUES (%s, %s, now(), %s)
"""
_ITEMS = """
INSERT INTO dispensing_items (dispensing_id, invoice_line_id, batch_id, quantity, returned)
SELECT currval('dispensings_id_seq'), line_id, batch_id, units, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS taken (line_id, batch_id, units)
"""


def dispense(clinic: Clinic, invoice_id: int) -> Job:
    key = secrets.token_hex(16)

    def dispense() -> None:
        with clinic.bare.pipeline(), clinic.bare.transaction():
            first = bare.claim(clinic.pharmacist, key, "core.dispensing.handing.dispense")
            _, bill, lines, batches = bare.asked(
                clinic.bare,
                first,
                Statement(_VISIT, [invoice_id]),
                Statement(_BILL, [invoice_id]),
                Statement(_LINES, [invoice_id]),
                Statement(_BATCHES, [invoice_id, clock.today()]),
            )
            taken = list(_fifo(lines, batches))
            bare.asked(clinic.bare, *_written(clinic, invoice_id, bill[0], lines, taken), bare.answered(key, taken))

    return dispense


def _fifo(lines: Sequence[Sequence[Any]], batches: Sequence[Sequence[Any]]) -> Iterable[tuple[int, int, int, int]]:
    """Line, batch, units, and what is left of the batch."""
    shelf = sorted(batches, key=lambda batch: (batch[3], batch[4], batch[0]))
    for line_id, medicine_id, owed, *_ in lines:
        for batch_id, of, _, _, _, on_hand in shelf:
            if of == medicine_id and owed:
                units = min(owed, on_hand)
                owed -= units
                yield line_id, batch_id, units, on_hand - units


def _written(
    clinic: Clinic, invoice_id: int, bill: Sequence[Any], lines: Sequence[Sequence[Any]], taken: Sequence[Any]
) -> list[Statement]:
    line_ids, batch_ids, units, left_over = map(list, zip(*taken, strict=True))
    who, told = clinic.pharmacist, [{"batch_id": batch, "quantity": count} for _, batch, count, _ in taken]
    return [
        Statement(_LESS, [batch_ids, units]),
        Statement(_GIVEN, [[line[0] for line in lines], [line[2] for line in lines]]),
        Statement(_MOVED, [bill[0], who.user_id, batch_ids, units, left_over]),
        Statement(_DISPENSING, [invoice_id, who.user_id, clock.today()]),
        Statement(_ITEMS, [line_ids, batch_ids, units]),
        bare.event(who, "UPDATE", "invoice.dispensed", "invoices", invoice_id, {"items": [None, told]}),
    ]
