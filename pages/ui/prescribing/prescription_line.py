"""The line box: "para 500 1-0-1 5d pc" and Enter adds a medicine as typed, the name of a set and Enter all of it.

Enter is heard by an element of its own, with the text as it stands in the box at that moment: Streamlit tells of a
typed text only a pause later, and the first hit of half a word may be another medicine.
"""

from dataclasses import dataclass

import streamlit as st

from core import inventory, prescriptions
from core.inventory import MedicineRecord
from core.prescriptions import ItemDetails, SetRecord, as_typed, typed_line
from core.words import say
from pages.ui.keys import ROOM
from pages.ui.prescribing.prescription_draft import Items, add, keep_part, medicine_box, part, tell
from pages.ui.prescribing.prescription_rows import blocked, in_words, stock
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import reading

HITS = 6
_ENTER = st.components.v2.component(
    "qure_line",
    js="""
function listen() {
  document.addEventListener("keydown", (event) => {
    const { box, send } = window.__qureLine
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
    if (!box || !event.target.closest?.(`.st-key-${box}`) || !event.target.value.trim()) return
    send("typed", event.target.value)
  }, true)
}

export default function ({ data, setTriggerValue }) {
  const first = !window.__qureLine
  window.__qureLine = { box: data.box, send: setTriggerValue }
  if (first) listen()
  return () => { window.__qureLine = { box: "" } }
}
""",
)


@dataclass(frozen=True)
class Found:
    """What a text means: sets by their name, medicines with how they would be prescribed; units that are `blocked`."""

    sets: list[SetRecord]
    medicines: list[MedicineRecord]
    items: dict[int, ItemDetails]
    blocked: dict[int, int]


def find(visit_id: int, text: str) -> Found:
    actor, line, name = current_actor(), typed_line(text), text.strip().casefold()
    with reading() as session:
        sets = [one for one in prescriptions.list_sets(session, actor) if one.name.casefold().startswith(name)]
        hits = inventory.search_medicines(session, actor, line.words, HITS) if line.words else []
        hits = hits or inventory.search_medicines(session, actor, text, HITS)
        usual = prescriptions.usual(session, actor, visit_id, [hit.medicine_id for hit in hits])
        put_aside = blocked(session, actor, hits)
    sets.sort(key=lambda one: one.name.casefold() != name)
    return Found(sets, hits, {medicine_id: as_typed(line, item) for medicine_id, item in usual.items()}, put_aside)


def entered(visit_id: int) -> None:
    """Take what Enter was pressed on, if it was in this run."""
    result = _ENTER(key="qure_line", data={"box": medicine_box(visit_id)}, on_typed_change=lambda: None)
    if text := getattr(result, "typed", None):
        take(visit_id, str(text))
        st.rerun()


def take(visit_id: int, text: str) -> None:
    """A set of exactly this name, else the first medicine found, else the one set that begins so."""
    found, name = find(visit_id, text), text.strip().casefold()
    if found.sets and (found.sets[0].name.casefold() == name or (not found.medicines and len(found.sets) == 1)):
        add(visit_id, found.sets[0].items, found.sets[0].withdrawn)
    elif found.medicines:
        add(visit_id, [found.items[found.medicines[0].medicine_id]])
    else:
        tell(visit_id, say("No medicine or set fits “{text}”.", text=text.strip()[:60]))


@st.fragment
def line_box(visit_id: int, items: Items) -> None:
    """Redraws itself while someone types; a click, Enter or Alt+M on the first hit adds it."""
    term = st.text_input(
        say("Add a medicine"), part(visit_id, "line"), key=medicine_box(visit_id), live=True,
        icon=":material/search:", placeholder=say("para 500 1-0-1 5d pc, or a set"), label_visibility="collapsed",
    )  # fmt: skip
    keep_part(visit_id, "line", (term or "").strip())
    if not (term or "").strip():
        return
    found = find(visit_id, term or "")
    there = {item.medicine_id for item in items}
    new = [hit for hit in found.medicines if hit.medicine_id not in there]
    exact = found.sets[:1] if found.sets and found.sets[0].name.casefold() == (term or "").strip().casefold() else []
    if not new and not found.sets:
        st.caption(say("On the list already.") if found.medicines else say("No such medicine on the clinic's list."))
    hits: list[SetRecord | MedicineRecord] = [*exact, *new, *(one for one in found.sets if one not in exact)]
    with st.container(gap=None):
        for place, hit in enumerate(hits):
            _hit(visit_id, hit, found, ROOM["medicine"].keys if place == 0 else None)


def _hit(visit_id: int, hit: SetRecord | MedicineRecord, found: Found, shortcut: str | None) -> None:
    if isinstance(hit, SetRecord):
        label = f":material/playlist_add: **{plain(hit.name)}** :gray[{plain(', '.join(hit.medicines))}]"
        if st.button(label, key=f"add_set_{visit_id}_{hit.set_id}", type="tertiary", shortcut=shortcut):
            add(visit_id, hit.items, hit.withdrawn)
            st.rerun()
        return
    item = found.items[hit.medicine_id]
    generic = "" if hit.generic.casefold() in hit.name.casefold() else f" :gray[{plain(hit.generic)}]"
    words = f" :small[:gray[{plain(in_words(item, hit))}]]" if shortcut else ""
    label = f"{plain(hit.name)}{generic} {stock(hit, found.blocked)}{words}"
    if st.button(label, key=f"add_{visit_id}_{hit.medicine_id}", type="tertiary", shortcut=shortcut):
        add(visit_id, [item])
        st.rerun()
