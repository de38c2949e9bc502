"""What the records of events are called, and the screen that shows them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.words import later

Key = tuple[str, int]  # the record's table and its id

_PATIENT = later("p.name || ' (' || p.mrn || ')'")
_OF_VISIT = f"""SELECT r.id, 'Visit of ' || {_PATIENT}, v.id FROM {{}} r
    JOIN visits v ON v.id = r.{{}} JOIN patients p ON p.id = v.patient_id"""
_NAMED = "SELECT r.id, r.name, r.id FROM {} r"
# By table: the screen, the part of its address that takes the key, and (id, name, key) of each record.
_NAMES: dict[str, tuple[str, str, str]] = {
    "patients": ("patients", "find", f"SELECT p.id, {_PATIENT}, p.mrn FROM patients p"),
    **{
        table: ("visit", "id", _OF_VISIT.format(table, column))
        for table, column in (("visits", "id"), *((t, "visit_id") for t in ("vitals", "diagnoses", "visit_notes")))
    },
    "prescriptions": (
        *("visit", "id"),
        f"""SELECT r.id, r.number || ' for ' || {_PATIENT}, r.visit_id FROM prescriptions r
            JOIN visits v ON v.id = r.visit_id JOIN patients p ON p.id = v.patient_id""",
    ),
    "documents": (
        *("visit", "id"),
        f"""SELECT r.id, 'Paper ' || r.id || ' of ' || {_PATIENT}, r.visit_id FROM documents r
            JOIN patients p ON p.id = r.patient_id""",
    ),
    "invoices": (
        *("cash", "find"),
        f"""SELECT r.id, 'Bill ' || r.number || ' of ' || {_PATIENT}, r.number FROM invoices r
            JOIN patients p ON p.id = r.patient_id""",
    ),
    "appointments": (
        *("patients", "find"),
        f"""SELECT r.id, 'Appointment of ' || {_PATIENT}, p.mrn FROM appointments r
            JOIN patients p ON p.id = r.patient_id""",
    ),
    "tokens": (
        *("patients", "find"),
        f"""SELECT r.id, 'Token ' || r.number || ' of ' || r.issued_on || ', ' || {_PATIENT}, p.mrn FROM tokens r
            JOIN patients p ON p.id = r.patient_id""",
    ),
    "waiting_list": (
        *("patients", "find"),
        f"SELECT r.id, {_PATIENT}, p.mrn FROM waiting_list r JOIN patients p ON p.id = r.patient_id",
    ),
    "batches": (
        *("stock", "medicine"),
        """SELECT r.id, 'Batch ' || r.number || ' of ' || m.name, m.id FROM batches r
            JOIN medicines m ON m.id = r.medicine_id""",
    ),
    "medicines": ("stock", "medicine", _NAMED.format("medicines")),
    "purchase_orders": ("stock", "order", "SELECT r.id, 'Order ' || r.number, r.id FROM purchase_orders r"),
    "stock_takes": ("stock", "take", "SELECT r.id, 'Stock-take ' || r.id, r.id FROM stock_takes r"),
    "day_closes": (
        *("drawers", "close"),
        "SELECT r.id, u.name || ', ' || r.closed_on, r.id FROM day_closes r JOIN users u ON u.id = r.cashier_id",
    ),
    "doctors": ("", "", "SELECT u.id, u.name, u.id FROM users u"),
    "clinics": ("", "", "SELECT r.id, 'The clinic', r.id FROM clinics r"),
    **{table: ("", "", _NAMED.format(table)) for table in ("users", "services", "suppliers")},
}


@dataclass(frozen=True)
class Named:
    """`screen` is the address of what shows it and `part` the name by which its address takes `key`; "" if none."""

    name: str
    screen: str = ""
    part: str = ""
    key: str = ""


def named(session: Session, keys: Iterable[Key]) -> dict[Key, Named]:
    """One statement for each table. What is gone, and what has no name, is called by table and number."""
    ids: dict[str, set[int]] = defaultdict(set)
    for table, record in keys:
        ids[table].add(record)
    found = {
        (table, one): Named(f"{table.replace('_', ' ').capitalize()} {one}") for table in ids for one in ids[table]
    }
    for table in ids.keys() & _NAMES.keys():
        screen, part, names = _NAMES[table]
        wanted = text(f"SELECT * FROM ({names}) AS known (id, name, key) WHERE id = ANY(:ids)")
        for record, name, key in session.execute(wanted, {"ids": list(ids[table])}):
            found[table, record] = Named(name, screen, part, str(key))
    return found
