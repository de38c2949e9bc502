"""What the records of events are called, and the screen that shows them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clinic
from core.words import later, say

Key = tuple[str, int]  # the record's table and its id

_OF = "p.name || ' (' || p.mrn || ')' AS of"
_PATIENT = "JOIN patients p ON p.id = r.patient_id"
_VISIT = "JOIN visits v ON v.id = r.{} JOIN patients p ON p.id = v.patient_id"
_BY_NAME = "{of}"


@dataclass(frozen=True)
class _How:
    """`words` take {number}, {of} and {day}, as the select of (id, key) gives them. `screen` and `part`: see Named."""

    words: str
    select: str
    screen: str = ""
    part: str = ""


def _of_visit(words: str, table: str, column: str = "visit_id", number: str = "NULL") -> _How:
    select = f"SELECT r.id, v.id AS key, {number} AS number, {_OF} FROM {table} r {_VISIT.format(column)}"
    return _How(words, select, "visit", "id")


def _of_patient(
    words: str, table: str, extra: str = "", screen: str = "patients", part: str = "find", key: str = "p.mrn"
) -> _How:
    return _How(words, f"SELECT r.id, {key} AS key, {_OF}{extra} FROM {table} r {_PATIENT}", screen, part)


def _numbered(words: str, table: str, part: str, number: str) -> _How:
    return _How(words, f"SELECT r.id, r.id AS key, {number} AS number FROM {table} r", "stock", part)


def _with_name(table: str, screen: str = "", part: str = "") -> _How:
    return _How(_BY_NAME, f"SELECT r.id, r.id AS key, r.name AS of FROM {table} r", screen, part)


_NAMES: dict[str, _How] = {
    "patients": _How(_BY_NAME, f"SELECT p.id, p.mrn AS key, {_OF} FROM patients p", "patients", "find"),
    "visits": _of_visit(later("Visit of {of}"), "visits", "id"),
    **{table: _of_visit(later("Visit of {of}"), table) for table in ("vitals", "diagnoses", "visit_notes")},
    "prescriptions": _of_visit(later("{number} for {of}"), "prescriptions", number="r.number"),
    "documents": _of_patient(
        later("Paper {number} of {of}"), "documents", ", r.id AS number", "visit", "id", key="r.visit_id"
    ),
    "invoices": _of_patient(
        later("Bill {number} of {of}"), "invoices", ", r.number AS number", "cash", "find", key="r.number"
    ),
    "appointments": _of_patient(later("Appointment of {of}"), "appointments"),
    "tokens": _of_patient(later("Token {number} of {day}, {of}"), "tokens", ", r.number AS number, r.issued_on AS day"),
    "waiting_list": _of_patient(_BY_NAME, "waiting_list"),
    "batches": _How(
        later("Batch {number} of {of}"),
        "SELECT r.id, m.id AS key, r.number, m.name AS of FROM batches r JOIN medicines m ON m.id = r.medicine_id",
        *("stock", "medicine"),
    ),
    "medicines": _with_name("medicines", "stock", "medicine"),
    "purchase_orders": _numbered(later("Order {number}"), "purchase_orders", "order", "r.number"),
    "stock_takes": _numbered(later("Stock-take {number}"), "stock_takes", "take", "r.id"),
    "day_closes": _How(
        "{of}, {day}",
        """SELECT r.id, r.id AS key, u.name AS of, r.closed_on AS day
            FROM day_closes r JOIN users u ON u.id = r.cashier_id""",
        *("drawers", "close"),
    ),
    "doctors": _with_name("users"),
    "clinics": _How(later("The clinic"), "SELECT r.id, r.id AS key FROM clinics r"),
    **{table: _with_name(table) for table in ("users", "services", "suppliers")},
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
        how = _NAMES[table]
        written = clinic.profile(session).day if "{day}" in how.words else str
        wanted = text(f"SELECT * FROM ({how.select}) AS known WHERE id = ANY(:ids)")
        for row in session.execute(wanted, {"ids": list(ids[table])}).mappings():
            parts = {part: row[part] for part in ("number", "of") if part in row}
            day = {"day": written(row["day"])} if "day" in row else {}
            found[table, row["id"]] = Named(say(how.words, **parts, **day), how.screen, how.part, str(row["key"]))
    return found
