"""Medicines and other stock of another program.

Rejected: no name, no price or one that is none, a negative number, a name that stands twice. What the other program
does not call a drug (laboratory, surgery, supplies …) is stock too, counted in pieces and of no form. Of a drug the
description tells form, unit and strength where the file has no column for them; where it does not, a note says so.
"""

from decimal import Decimal
from functools import partial
from statistics import median

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core import fields, inventory
from core.called import called
from core.imports import cells, descriptions, sheet
from core.imports.reading import (
    SOURCE,
    Collector,
    Item,
    Outcome,
    Reading,
    Tell,
    key_of,
    one_at_a_time,
    one_of,
    sort_out,
    untold,
    write,
)
from core.imports.sheet import Finding, Line, Sheet, Unreadable
from core.inventory import MedicineDetails
from core.inventory.shelf import MOST_UNITS
from core.models import Medicine, MedicineForm
from core.permissions import Actor, Permission, require
from core.words import later, say

ALIASES: sheet.Aliases = {
    "number": ("old_code", "old_id", "code", "id", "item_code", "medicine_id", "sku"),
    "name": ("description", "name", "medicine", "medicine_name", "drug", "drug_name", "item", "item_name", "product"),
    "type": ("type", "category", "item_type", "group", "class"),
    "form": ("form", "dosage_form"),
    "strength": ("strength", "dose", "dosage"),
    "generic": ("generic", "generic_name", "substance", "inn"),
    "unit": ("unit", "dispensing_unit", "uom"),
    "pack": ("pieces_per_pack", "pack", "pack_size", "units_per_pack"),
    "price": ("price", "unit_price", "price_per_unit", "selling_price", "sale_price", "mrp", "rate"),
    "pack_price": ("pack_price", "price_per_pack"),
    "reorder_level": ("reorder_level", "min_stock", "minimum_stock", "reorder", "critical_level", "min_level"),
    "tax": ("tax_percent", "tax", "gst", "vat", "tax_rate"),
    "controlled": ("is_controlled", "controlled", "narcotic"),
}
REQUIRED = {later("the name"): ("name",), later("the price"): ("price", "pack_price")}
_MEDICINES = {"", "drug", "drugs", "medicine", "medicines", "medication", "pharmaceutical", "pharmacy"}
_YES = {"y", "yes", "true", "1", "x"}
_FAR_ABOVE = 15  # times the usual price: a slip of the keyboard more often than a price


def preview(session: Session, actor: Actor, data: bytes, source: str = SOURCE) -> Reading[MedicineDetails]:
    """Read a file and see what is there already. Raises Invalid if the file as a whole cannot be read."""
    require(actor, Permission.IMPORT)
    table = sheet.parse(data, ALIASES, REQUIRED)
    found = parse(table, source)
    keys = [item.key for item in found.accepted]
    names = [item.details.name.lower() for item in found.accepted]
    rows = session.execute(
        select(Medicine.import_key, Medicine.name).where(
            or_(one_of(Medicine.import_key, keys), one_of(func.lower(Medicine.name), names))
        )
    ).all()
    by_key = {key: name for key, name in rows if key}
    there = {name.lower() for _, name in rows}
    return sort_out(found, partial(_verdict, by_key, there, table.columns.get("number", "")))


def save(session: Session, actor: Actor, data: bytes, source: str = SOURCE, *, tell: Tell = untold) -> Outcome:
    """Add every medicine of the file that can be taken and is not there yet."""
    require(actor, Permission.IMPORT)
    one_at_a_time(session)
    found = preview(session, actor, data, source)
    return write(found, lambda item: inventory.add_medicine(session, actor, item.details, item.key), tell)


def parse(table: Sheet, source: str = SOURCE) -> Reading[MedicineDetails]:
    """The rows as what the pharmacist would have typed."""
    collector: Collector[MedicineDetails] = Collector(table)
    if "price" in table.columns and "pack" in table.columns:
        pack = table.columns["pack"]
        collector.remarks.append(
            say("Prices were taken as those of one unit, not of a pack; {pack} was not used.", pack=pack)
        )
    seen: dict[str, int] = {}
    for line in table.lines:
        details = _details(line)
        number = line.checked("number", say("The code"), 100)
        for field, mark in (("name", f"name {details.name.lower()}"), ("number", f"number {number}" if number else "")):
            if mark and (first := seen.setdefault(mark, line.number)) != line.number:
                line.reject(field, say("This stands on line {first} too.", first=first))
        collector.take(line, key_of(source, number, details.name), details)
    _note_prices(collector)
    return collector.reading()


def _verdict(by_key: dict[str, str], there: set[str], column: str, item: Item[MedicineDetails]) -> Finding | bool:
    """There already by its old number, or by its name: whoever typed it in by hand meant the same medicine."""
    if item.details.name.lower() in there:
        return True
    if item.key not in by_key:
        return False
    reason = say(
        "An earlier import used this code for {name}. If this file is of another program, name its source.",
        name=by_key[item.key],
    )
    return Finding(item.line, column, reason, item.details.name)


def _details(line: Line) -> MedicineDetails:
    name = line.checked("name", say("The name"))
    if not any(letter.isalpha() for letter in name):
        line.reject("name", say("The name is missing."))
    known = descriptions.read(name) if line.text("type").casefold() in _MEDICINES else descriptions.NO_MEDICINE
    form = _form(line, known)
    return MedicineDetails(
        name=name,
        form=form,
        unit=line.checked("unit", say("The unit"), 40) or known.unit,
        price=_price(line),
        generic=line.checked("generic", say("The generic name")) or known.generic,
        strength=line.checked("strength", say("The strength"), 60) or known.strength,
        pack_size=known.pack_size,
        reorder_level=line.read("reorder_level", partial(cells.whole, most=MOST_UNITS)) or 0,
        tax_percent=line.read("tax", _percent) or Decimal(0),
        is_controlled=line.text("controlled").casefold() in _YES,
    )


def _form(line: Line, known: descriptions.Described) -> MedicineForm:
    if text := line.text("form"):
        stated = descriptions.read(text).form or _named(text)
        if stated is None:
            line.note("form", say("not understood: kept as {form}", form=called(MedicineForm.OTHER)))
        return stated or MedicineForm.OTHER
    if known.form is None:
        other = called(MedicineForm.OTHER)
        line.note("name", say("no form is named: kept as {form}, counted in pieces", form=other))
    return known.form or MedicineForm.OTHER


def _named(text: str) -> MedicineForm | None:
    return MedicineForm(text.upper()) if text.upper() in MedicineForm.__members__ else None


def _price(line: Line) -> Decimal:
    """Of one unit. What is wrong with it was refused; then the value is of no matter."""
    price = line.read("price", _money)
    if price is not None or line.rejected:
        return price or Decimal(0)
    pack_price, pieces = line.read("pack_price", _money), line.read("pack", partial(cells.whole, least=1))
    if pack_price is not None and pieces:
        return fields.to_cents(pack_price / pieces)
    if not line.rejected:
        line.reject("price" if "price" in line.cells else "pack_price", say("The price is missing."))
    return Decimal(0)


def _money(text: str) -> Decimal:
    amount = cells.amount(text)
    if problem := fields.money_problem(amount, say("The price")):
        raise Unreadable(problem)
    return fields.to_cents(amount)


def _percent(text: str) -> Decimal:
    percent = cells.amount(text.rstrip("% "))
    if problem := inventory.tax_problem(percent):
        raise Unreadable(problem)
    return percent


def _note_prices(collector: Collector[MedicineDetails]) -> None:
    prices = [item.details.price for item in collector.items]
    usual = median(prices) if prices else Decimal(0)
    column = collector.sheet.columns.get("price", "")
    for item in collector.items:
        price = item.details.price
        if price == 0:
            collector.notes.append(Finding(item.line, column, say("the price is 0"), item.details.name))
        elif price > _FAR_ABOVE * usual > 0:
            reason = say("more than {times} times the usual price of this file: worth a look", times=_FAR_ABOVE)
            collector.notes.append(Finding(item.line, column, reason, f"{price}"))
