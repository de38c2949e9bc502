"""Records that break a rule, as somebody finds them again: what they are called, and the number their screen knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission, require

# By what rules call their records: (what a rule tells of one, its name, what its screen knows it by). Nobody's name is
# told, for whoever checks the books may not see patients. What is missing here is called by what the rule tells.
_NAMES = {
    "batches": """SELECT b.id, 'Batch ' || b.number || ' of ' || m.name, m.id
        FROM batches b JOIN medicines m ON m.id = b.medicine_id""",
    "orders": "SELECT number, 'Order ' || number, id FROM purchase_orders",
    "stock-takes": "SELECT id, 'Stock-take ' || id, id FROM stock_takes",
    "bills": "SELECT number, 'Bill ' || number, number FROM invoices",
    "lines of bills": """SELECT l.id, l.description || ' on bill ' || i.number, i.number
        FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id""",
    "payments": """SELECT p.id, p.amount || ' for bill ' || i.number, i.number
        FROM payments p JOIN invoices i ON i.id = p.invoice_id""",
    "credit notes": """SELECT n.number, n.number || ' for bill ' || i.number, i.number
        FROM credit_notes n JOIN invoices i ON i.id = n.invoice_id""",
    "closed drawers": """SELECT c.id, u.name || ', ' || c.closed_on, c.id
        FROM day_closes c JOIN users u ON u.id = c.cashier_id""",
    "patients": "SELECT mrn, mrn, mrn FROM patients",
    "records": "SELECT id, mrn, mrn FROM patients",
    "prescriptions": "SELECT number, number, visit_id FROM prescriptions",
    "visits": """SELECT v.id, 'Visit ' || v.id || ' with ' || u.name, v.id
        FROM visits v JOIN users u ON u.id = v.doctor_id""",
    "papers": "SELECT id, 'Paper ' || id || ' of visit ' || visit_id, visit_id FROM documents",
    "tokens": "SELECT id, 'Token ' || number || ' of ' || issued_on, id FROM tokens",
    "slots": """SELECT s.id, u.name || ', ' || s.starts_at, s.id
        FROM slots s JOIN users u ON u.id = s.doctor_id""",
}


@dataclass(frozen=True)
class Named:
    """`key` is what the screen of such records finds it by; empty where there is none."""

    name: str
    key: str = ""


def named(session: Session, actor: Actor, what: str, records: Iterable[str]) -> list[Named]:
    """In the order given; one that is gone meanwhile is called by what the rule told of it."""
    require(actor, Permission.CHECK_BOOKS)
    records = list(records)
    if what not in _NAMES:
        return [Named(record) for record in records]
    wanted = text(f"SELECT * FROM ({_NAMES[what]}) AS known (id, name, key) WHERE id::text = ANY(:records)")
    known = {str(id_): Named(name, str(key)) for id_, name, key in session.execute(wanted, {"records": records})}
    return [known.get(record, Named(record)) for record in records]
