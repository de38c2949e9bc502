"""Sets and favourites in the room: chips to click, a star on each row, and a place to keep them."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

import streamlit as st

from core import prescriptions
from core.inventory import MedicineRecord
from core.permissions import Actor, Permission, allowed
from core.prescriptions import ItemDetails, SetRecord
from core.words import later, say
from pages.ui.prescribing.prescription_draft import Items, add
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import Session, act, form_key, reading, refusals_shown

P = ParamSpec("P")

MOST_CHIPS, LONGEST_CHIP = 10, 30


def known() -> list[SetRecord]:
    actor = current_actor()
    with reading() as session:
        return prescriptions.list_sets(session, actor)


def chips(visit_id: int, sets: list[SetRecord]) -> None:
    """One click adds all of a set. Sets first, then favourites."""
    if not sets:
        return
    with st.container(horizontal=True, gap="xsmall", key="sets_at_hand"):
        for one in sorted(sets, key=lambda known_set: known_set.is_favourite)[:MOST_CHIPS]:
            icon = ":material/star:" if one.is_favourite else ":material/playlist_add:"
            tip = plain(", ".join(one.medicines)) or None
            if st.button(_short(one.name), key=f"set_{visit_id}_{one.set_id}", icon=icon, help=tip):
                add(visit_id, one.items, one.withdrawn)
                st.rerun()


def star(key: str, item: ItemDetails, medicine: MedicineRecord, sets: list[SetRecord]) -> None:
    """Makes the row a favourite with these directions, or no longer one."""
    ids = [item.medicine_id]
    mine = next((one for one in sets if not one.shared and [i.medicine_id for i in one.items] == ids), None)
    name, icon = f"star_{key}", ":orange[:material/star:]" if mine else ":gray[:material/star:]"
    sentence = later("No longer a favourite: {name}") if mine else later("Make it a favourite: {name}")
    tip = say(sentence, name=medicine.name)
    if st.button(icon, key=form_key(name), type="tertiary", help=tip):
        with refusals_shown():
            if mine:
                act(name, prescriptions.remove_set, mine.set_id)
            else:
                act(name, prescriptions.save_set, medicine.name[: prescriptions.LONGEST_NAME], [item])
            st.rerun()


def keeping(visit_id: int, items: Items, sets: list[SetRecord]) -> None:
    """Save the rows under a name; rename, replace or remove what there is."""
    everybody = allowed(current_actor(), Permission.MANAGE_CLINIC)
    own = {one.set_id: one for one in sets if everybody or not one.shared}
    if not items and not own:
        return
    with st.popover(say("Sets"), icon=":material/playlist_add_check:", type="tertiary"):
        name = st.text_input(say("Name"), key=f"set_name_{visit_id}", placeholder="urti") or ""
        shared = everybody and st.checkbox(say("For all doctors"), key=f"set_shared_{visit_id}")
        if items and st.button(say("Save these medicines as a set"), key=form_key("save_set"), icon=":material/save:"):
            with refusals_shown():
                act("save_set", prescriptions.save_set, name, items, shared=shared)
                st.rerun()
        if own:
            _change(visit_id, items, own, name)


def _change(visit_id: int, items: Items, own: dict[int, SetRecord], name: str) -> None:
    chosen = st.selectbox(
        say("Set"), list(own), format_func=lambda set_id: own[set_id].name, key=f"set_chosen_{visit_id}"
    )
    with st.container(horizontal=True):
        _step(say("Rename"), f"rename_set_{chosen}", prescriptions.rename_set, chosen, name)
        if items:
            _step(say("Replace by these"), f"replace_set_{chosen}", prescriptions.replace_set, chosen, items)
        _step(say("Remove"), f"remove_set_{chosen}", prescriptions.remove_set, chosen)


def _step(
    label: str, step: str, verb: Callable[Concatenate[Session, Actor, P], object], /, *args: P.args, **kwargs: P.kwargs
) -> None:
    if st.button(label, key=form_key(step)):
        with refusals_shown():
            act(step, verb, *args, **kwargs)
            st.rerun()


def _short(name: str) -> str:
    return plain(name if len(name) <= LONGEST_CHIP else f"{name[: LONGEST_CHIP - 1].rstrip()}…")
