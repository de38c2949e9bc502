"""The stock ledger of another program: what came in and went out of each batch. What is left of it is taken over.

One batch is all lines of one medicine with one batch number; it was received on the day of the first line that adds to
it. Rejected, by its first line: nothing left, expired, a medicine not in the list, dates that cannot be, or any line of
it that cannot be read, because its sum would be wrong. A file without movements lists each batch once: so a supplier's
delivery note reads, which whoever manages the stock brings in.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock, fields, inventory
from core.clock import years_between
from core.errors import listed
from core.imports import cells, sheet
from core.imports.reading import Collector, Item, Outcome, Reading, Tell, one_at_a_time, one_of, sort_out, untold, write
from core.imports.sheet import Finding, Line, Sheet, Unreadable
from core.inventory import Delivery
from core.inventory.shelf import MOST_UNITS
from core.models import Batch, Medicine, Supplier
from core.permissions import Actor, Permission, require
from core.words import date_in_words, later, say

ALIASES: sheet.Aliases = {
    "medicine": ("medicine", "medicine_name", "description", "name", "drug", "item", "product"),
    "number": ("batch_number", "batch", "batch_no", "lot", "lot_number", "lot_no"),
    "made_on": ("made_on", "manufactured_on", "mfg_date", "production_date", "prep_date"),
    "expires_on": ("expires_on", "expiry", "expiry_date", "exp_date", "exp", "due_date", "best_before"),
    "movement": ("movement", "movement_type", "transaction", "transaction_type", "type"),
    "quantity": ("quantity", "qty", "units", "on_hand", "stock"),
    "moved_on": ("moved_on", "received_on", "date", "movement_date", "moved_at", "received_at"),
    "cost": ("unit_cost", "cost", "purchase_price", "buying_price"),
    "supplier": ("supplier", "vendor", "supplier_name"),
    "note": ("delivery_note", "delivery_note_number", "invoice_number", "invoice_no", "challan"),
}
REQUIRED = {
    later("the medicine"): ("medicine",),
    later("the batch number"): ("number",),
    later("the day of expiry"): ("expires_on",),
    later("the quantity"): ("quantity",),
}
_IN = {"", "charge", "in", "received", "receipt", "purchase", "inventory+", "adjustment+", "opening"}
_OUT = {"discharge", "out", "issued", "issue", "dispensed", "sale", "inventory-", "adjustment-", "expired", "loss"}
_LONG_LIFE_YEARS = 5  # hardly any medicine is given longer


@dataclass(frozen=True)
class NamedDelivery:
    """A batch and the name of its medicine, which is looked up later."""

    medicine: str
    delivery: Delivery


@dataclass(frozen=True)
class _Known:
    """`batches` are the medicines, in small letters, by number and supplier of a batch; those of the file join them."""

    batches: dict[tuple[str, str], set[str]]
    withdrawn_suppliers: frozenset[str]


@dataclass(frozen=True)
class _Entry:
    """One line of the ledger; `change` is signed."""

    line: Line
    change: int | None
    moved_on: date | None
    made_on: date | None
    expires_on: date | None
    cost: Decimal | None


def preview(session: Session, actor: Actor, data: bytes) -> Reading[NamedDelivery]:
    """Read a ledger and see what is there already. Raises Invalid if the file as a whole cannot be read."""
    require(actor, Permission.MANAGE_STOCK)
    table = sheet.parse(data, ALIASES, REQUIRED)
    found = parse(table, clock.today())
    medicines = _medicines(session, found)
    return sort_out(found, partial(_verdict, medicines, _known(session, found), table.columns))


def save(session: Session, actor: Actor, data: bytes, *, tell: Tell = untold) -> Outcome:
    """Receive every batch of the ledger of which something usable is left and which is not there yet."""
    require(actor, Permission.MANAGE_STOCK)
    one_at_a_time(session)
    found = preview(session, actor, data)
    medicines = _medicines(session, found)

    def receive(item: Item[NamedDelivery]) -> None:
        medicine_id, _ = medicines[item.details.medicine.lower()]
        inventory.receive(session, actor, medicine_id, item.details.delivery)

    return write(found, receive, tell)


def parse(table: Sheet, today: date) -> Reading[NamedDelivery]:
    """The ledger summed up by batch."""
    collector: Collector[NamedDelivery] = Collector(table)
    read_day = _day_reader(table)
    batches: dict[tuple[str, ...], list[_Entry]] = {}
    for line in table.lines:
        entry = _entry(line, read_day)
        key = tuple(line.text(name).lower() for name in ("medicine", "number", "supplier"))
        batches.setdefault(key, []).append(entry)
    for key, entries in batches.items():
        _take(collector, key, entries, today)
    if "movement" in table.columns:
        collector.remarks.append(
            say(
                "A stock ledger: rows {lines:,}, batches in them {batches:,}.",
                lines=len(table.lines),
                batches=len(batches),
            )
        )
    if "cost" not in table.columns:
        collector.remarks.append(say("The file has no cost: the batches stand at a cost of 0."))
    return collector.reading()


def _medicines(session: Session, found: Reading[NamedDelivery]) -> dict[str, tuple[int, bool]]:
    """The medicines named in the ledger, by name in small letters, as (id, withdrawn)."""
    names = {item.details.medicine.lower() for item in found.accepted}
    rows = session.execute(
        select(func.lower(Medicine.name), Medicine.id, Medicine.withdrawn_at.is_not(None)).where(
            one_of(func.lower(Medicine.name), names)
        )
    )
    return {name: (medicine_id, withdrawn) for name, medicine_id, withdrawn in rows}


def _known(session: Session, found: Reading[NamedDelivery]) -> _Known:
    numbers = {item.details.delivery.number.lower() for item in found.accepted}
    rows = session.execute(
        select(func.lower(Batch.number), func.lower(func.coalesce(Supplier.name, "")), Medicine.name)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .outerjoin(Supplier, Supplier.id == Batch.supplier_id)
        .where(one_of(func.lower(Batch.number), numbers))
    )
    batches: dict[tuple[str, str], set[str]] = defaultdict(set)
    for number, supplier, medicine in rows:
        batches[number, supplier].add(medicine.lower())
    gone = session.scalars(select(func.lower(Supplier.name)).where(Supplier.withdrawn_at.is_not(None)))
    return _Known(batches, frozenset(gone))


def _verdict(
    medicines: dict[str, tuple[int, bool]], known: _Known, columns: Mapping[str, str], item: Item[NamedDelivery]
) -> Finding | bool:
    name, delivery = item.details.medicine, item.details.delivery
    if name.lower() not in medicines:
        reason = say("There is no such medicine in the list. Import or add the medicines first.")
        return Finding(item.line, columns["medicine"], reason, name)
    _, withdrawn = medicines[name.lower()]
    if withdrawn:
        return Finding(item.line, columns["medicine"], say("This medicine has been withdrawn."), name)
    if delivery.supplier.lower() in known.withdrawn_suppliers:
        return Finding(item.line, columns["supplier"], say("This supplier has been withdrawn."), delivery.supplier)
    others = known.batches[delivery.number.lower(), delivery.supplier.lower()]
    if name.lower() in others:
        return True
    if others and not delivery.shares_number:
        reason = say(
            "This supplier's batch is {medicines} already. Receive it by hand if it is both.",
            medicines=listed(sorted(others)),
        )
        return Finding(item.line, columns["number"], reason, delivery.number)
    others.add(name.lower())
    return False


def _day_reader(table: Sheet) -> Callable[[str], date]:
    days = [line.text(name) for line in table.lines for name in ("made_on", "expires_on", "moved_on")]
    return partial(cells.day, months_first=cells.months_first(days))


def _entry(line: Line, read_day: Callable[[str], date]) -> _Entry:
    for name, what in (
        ("medicine", say("The medicine")),
        ("number", say("The batch number")),
        ("expires_on", say("The expiry")),
    ):
        if not line.text(name):
            line.reject(name, say("{what} is missing.", what=what))
    line.checked("medicine", say("The medicine"))
    line.checked("number", say("The batch number"), 60)
    line.checked("supplier", say("The supplier"))
    line.checked("note", say("The number of the delivery note"), 60)
    return _Entry(
        line=line,
        change=_change(line),
        moved_on=line.read("moved_on", read_day),
        made_on=line.read("made_on", read_day),
        expires_on=line.read("expires_on", read_day),
        cost=line.read("cost", _money),
    )


def _change(line: Line) -> int | None:
    movement = line.text("movement").casefold().replace(" ", "")
    if movement not in _IN | _OUT:
        line.reject("movement", say("It is not clear whether this adds or takes away."))
        return None
    if not line.text("quantity"):
        line.reject("quantity", say("The quantity is missing."))
    quantity = line.read("quantity", partial(cells.whole, most=MOST_UNITS))
    return None if quantity is None else -quantity if movement in _OUT else quantity


def _take(collector: Collector[NamedDelivery], key: tuple[str, ...], entries: Sequence[_Entry], today: date) -> None:
    """One batch from its lines. Where one of them cannot be trusted, none is taken."""
    first = entries[0].line
    if len(entries) > 1 and "movement" not in collector.sheet.columns:
        entries[1].line.reject("number", say("This batch stands on line {number} already.", number=first.number))
    if not any(entry.line.rejected for entry in entries):
        collector.take(first, "|".join(key), NamedDelivery(first.text("medicine"), _delivery(entries, today)))
        return
    for entry in entries:
        collector.rejected.extend(entry.line.rejected)


def _delivery(entries: Sequence[_Entry], today: date) -> Delivery:
    """What is left of a batch; what is wrong with it is refused on its first line."""
    first = entries[0]
    line, expires_on, made_on = first.line, first.expires_on, first.made_on
    assert expires_on is not None  # a line without was refused
    total = sum(entry.change or 0 for entry in entries)
    received_on = min((e.moved_on for e in entries if e.moved_on and (e.change or 0) > 0), default=today)
    if reason := _sum_problem(total):
        line.reject("quantity", reason)
    if reason := _dates_problem(entries, received_on, today):
        line.reject("expires_on", reason)
    if made_on and years_between(made_on, expires_on) > _LONG_LIFE_YEARS:
        line.note(
            "expires_on",
            say(
                "more than {years} years after it was made: compare it with the pack",
                years=_LONG_LIFE_YEARS,
            ),
        )
    cost = next((entry.cost for entry in entries if entry.cost is not None), Decimal(0))
    # Where nobody is named, one number for two medicines says nothing: two makers may both begin with 1.
    supplier = line.text("supplier")
    printed = (line.text("number"), total, expires_on, cost, received_on)
    return Delivery(*printed, supplier, line.text("note"), shares_number=not supplier)


def _sum_problem(total: int) -> str | None:
    if total == 0:
        return say("Nothing is left of this batch.")
    if total < 0:
        return say("More went out of this batch than came in: {total:,} are left.", total=total)
    return (
        say("{total:,} is too large: at most {most:,}.", total=total, most=MOST_UNITS) if total > MOST_UNITS else None
    )


def _dates_problem(entries: Sequence[_Entry], received_on: date, today: date) -> str | None:
    expires_on = {entry.expires_on for entry in entries}
    day = min(filter(None, expires_on))
    received = date_in_words(received_on)
    made_on = max(filter(None, (entry.made_on for entry in entries)), default=None)
    if len(expires_on) > 1:
        return say("The lines of this batch give different days of expiry.")
    if received_on > today:
        return say("It would have been received on {received_on}, which is in the future.", received_on=received)
    if day < today:
        return say("Expired on {day}.", day=date_in_words(day))
    if made_on and made_on > received_on:
        return say(
            "Made on {made_on}, after it was received on {received_on}.",
            made_on=date_in_words(made_on),
            received_on=received,
        )
    return (
        say("Expired on {day}, before it was received on {received_on}.", day=date_in_words(day), received_on=received)
        if day < received_on
        else None
    )


def _money(text: str) -> Decimal:
    amount = cells.amount(text)
    if problem := fields.money_problem(amount, say("The cost")):
        raise Unreadable(problem)
    return fields.to_cents(amount)
