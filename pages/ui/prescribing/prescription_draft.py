"""The prescription being written, kept with the open visit; after the signature, when one is amended, with the tab."""

from collections.abc import Iterable, Mapping

import streamlit as st
from pydantic import TypeAdapter

from core import inventory, prescriptions
from core.inventory import MedicineRecord
from core.prescriptions import ItemDetails, ItemRecord
from core.words import say
from pages.ui.room.drafts import recall, remember
from pages.ui.session import current_actor
from pages.ui.work import reading

Items = tuple[ItemDetails, ...]
_ITEMS = TypeAdapter(Items)


def begin(visit_id: int, *, signed: bool) -> None:
    """A signed visit keeps no draft: what is written lives as long as the tab."""
    st.session_state[f"rx_signed_{visit_id}"] = signed


def part(visit_id: int, name: str) -> str:
    if st.session_state.get(f"rx_signed_{visit_id}"):
        return str(st.session_state.get(f"rx_{name}_{visit_id}", ""))
    return recall(visit_id, name)


def keep_part(visit_id: int, name: str, typed: str) -> None:
    if st.session_state.get(f"rx_signed_{visit_id}"):
        st.session_state[f"rx_{name}_{visit_id}"] = typed
    else:
        remember(visit_id, name, typed)


def written(visit_id: int) -> Items:
    return _ITEMS.validate_json(part(visit_id, "items") or "[]")


def keep(visit_id: int, items: Items) -> None:
    keep_part(visit_id, "items", _ITEMS.dump_json(items).decode() if items else "")


def amended(visit_id: int) -> int:
    """The prescription whose new version is being written, or 0."""
    return int(part(visit_id, "amends") or 0)


def stop_writing(visit_id: int) -> None:
    for name in ("items", "amends", "amend_reason", "line"):
        keep_part(visit_id, name, "")


def add(visit_id: int, new: Iterable[ItemDetails], left_out: Iterable[str] = ()) -> None:
    """Put them under the rows there are, in an emptied box; say what was left out and why."""
    items = written(visit_id)
    there = {item.medicine_id for item in items}
    fresh = tuple(item for item in new if item.medicine_id not in there)
    keep(visit_id, (*items, *fresh))
    keep_part(visit_id, "line", "")
    st.session_state[f"rx_round_{visit_id}"] = st.session_state.get(f"rx_round_{visit_id}", 0) + 1
    st.session_state["room_focus"] = medicine_box(visit_id)
    said = [say("{name} is no longer used here and was left out.", name=name) for name in left_out]
    tell(visit_id, " ".join(said) or ("" if fresh else say("That is on the list already.")))


def medicine_box(visit_id: int) -> str:
    """The key of the box: a new one, and so empty, after each medicine."""
    return f"find_medicine_{visit_id}_{st.session_state.get(f'rx_round_{visit_id}', 0)}"


def tell(visit_id: int, sentence: str) -> None:
    """Told above the box in the next run."""
    st.session_state[f"rx_said_{visit_id}"] = sentence


def said(visit_id: int) -> str:
    return str(st.session_state.pop(f"rx_said_{visit_id}", ""))


def again(records: Iterable[ItemRecord]) -> tuple[list[ItemDetails], list[str]]:
    """Items to write once more, without their reasons, and the names of those withdrawn since."""
    records, actor = list(records), current_actor()
    with reading() as session:
        medicines = inventory.get_medicines(session, actor, [record.medicine_id for record in records])
    kept = [record for record in records if not medicines[record.medicine_id].withdrawn]
    return as_written(kept, medicines), [record.medicine for record in records if record not in kept]


def as_written(records: Iterable[ItemRecord], medicines: Mapping[int, MedicineRecord]) -> list[ItemDetails]:
    return [_details(record, medicines[record.medicine_id].pack_size) for record in records]


def _details(record: ItemRecord, pack_size: int) -> ItemDetails:
    """A quantity that was corrected by hand stays so."""
    told = record.directions
    computed = prescriptions.quantity(told.dose, told.frequency, told.duration_days, pack_size)
    quantity = None if record.quantity == computed else record.quantity
    how = (told.dose, told.frequency, told.duration_days, told.route, told.instructions)
    return ItemDetails(record.medicine_id, *how, quantity)
