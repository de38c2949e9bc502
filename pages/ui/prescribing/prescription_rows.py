"""The rows of a prescription while it is written: how a medicine is taken, how much, what speaks against it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from core import dosage, inventory, prescriptions
from core.called import called
from core.inventory import BatchState, MedicineRecord
from core.permissions import Actor
from core.prescriptions import FREQUENCIES, PATTERNS, ItemDetails, Route, SetRecord, Warned, WarningKind
from core.words import say
from pages.ui.prescribing import prescription_sets as sets
from pages.ui.prescribing.overriding import KINDS
from pages.ui.prescribing.prescription_draft import Items, keep, written
from pages.ui.session import current_actor
from pages.ui.show import money, plain
from pages.ui.work import Session, reading

EVERY_HOURS = tuple(f"{hours}H" for hours in (4, 6, 8, 12))
ICONS = {
    WarningKind.ALLERGY: "allergy",
    WarningKind.DUPLICATE: "content_copy",
    WarningKind.INTERACTION: "sync_problem",
    WarningKind.DOSE: "speed",
    WarningKind.AGE: "child_care",
}


def rows(visit_id: int, items: Items, known_sets: list[SetRecord]) -> Items:
    """Draws them; returns them as they now stand in their boxes."""
    actor = current_actor()
    with reading() as session:
        medicines = inventory.get_medicines(session, actor, [item.medicine_id for item in items])
        warned = prescriptions.review(session, actor, visit_id, items)
        put_aside = blocked(session, actor, medicines.values())
    return tuple(
        _row(visit_id, item, medicine, stock(medicine, put_aside), _of(warned, item), known_sets)
        for item in items
        if (medicine := medicines.get(item.medicine_id))
    )


def units(count: int, medicine: MedicineRecord) -> str:
    return plain(dosage.units(count, medicine.unit))


def blocked(session: Session, actor: Actor, medicines: Iterable[MedicineRecord]) -> dict[int, int]:
    """Units that lie there and may not be handed over, of medicines of which nothing else is there."""
    none_left = [medicine.medicine_id for medicine in medicines if medicine.on_hand == 0]
    batches = {medicine_id: inventory.batches(session, actor, medicine_id) for medicine_id in none_left}
    return {of: sum(b.on_hand for b in there if b.state is BatchState.BLOCKED) for of, there in batches.items()}


def stock(medicine: MedicineRecord, put_aside: Mapping[int, int]) -> str:
    if units_blocked := put_aside.get(medicine.medicine_id):
        all_blocked = say("{units} on hand, all blocked", units=units(units_blocked, medicine))
        return f":orange-badge[:material/block: {all_blocked}]"
    if medicine.on_hand == 0:
        none = say("None on hand")
        return f":red-badge[:material/remove_shopping_cart: {none}]"
    on_hand = say("{units} on hand", units=units(medicine.on_hand, medicine))
    return f":gray-badge[{on_hand}]"


def in_words(item: ItemDetails, medicine: MedicineRecord) -> str:
    return dosage.in_words(dosage.directions(item, medicine))


def _of(warned: tuple[Warned, ...], item: ItemDetails) -> list[Warned]:
    return [warning for warning in warned if warning.medicine_id == item.medicine_id]


def _row(
    visit_id: int,
    item: ItemDetails,
    medicine: MedicineRecord,
    on_hand: str,
    warned: list[Warned],
    known_sets: list[SetRecord],
) -> ItemDetails:
    key = f"{visit_id}_{medicine.medicine_id}"
    with st.container(border=True, gap="small", key=f"rx_{key}"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown(f"**{plain(medicine.name)}** {on_hand}")
            sets.star(key, item, medicine, known_sets)
            drop, icon, tip = f"drop_{key}", ":material/close:", say("Remove {name}", name=medicine.name)
            dropped = st.button("", key=drop, icon=icon, type="tertiary", help=tip)
        if dropped:
            keep(visit_id, tuple(other for other in written(visit_id) if other.medicine_id != medicine.medicine_id))
            st.rerun()
        item = _boxes(key, item, medicine)
        _sum(item, medicine)
        if warned:
            item = _answer(key, item, warned)
    return item


def _sum(item: ItemDetails, medicine: MedicineRecord) -> None:
    """In words, how many units, what they cost, and whether they are there."""
    needed = item.quantity or _computed(item, medicine)
    price = money(medicine.price * needed)
    st.markdown(f":small[{plain(in_words(item, medicine))} → **{units(needed, medicine)}** :gray[{plain(price)}]]")
    if medicine.withdrawn:
        withdrawn = say("This medicine is no longer used here. Remove it.")
        st.markdown(f":red[:material/block: {withdrawn}]")
    elif 0 < medicine.on_hand < needed:
        only = say("Only {units} on hand", units=units(medicine.on_hand, medicine))
        st.markdown(f":small[:orange[:material/inventory_2: {only}]]")


def _answer(key: str, item: ItemDetails, warned: list[Warned]) -> ItemDetails:
    """Each warning with icon, word and source, and one reason for them all."""
    sentences = (
        f":material/{ICONS[warning.kind]}: **{say(KINDS[warning.kind])}** {plain(warning.sentence)}"
        f" :small[:gray[{plain(warning.source)}]]"
        for warning in warned
    )
    st.warning("  \n".join(sentences))
    reason = st.text_input(say("Reason to prescribe it all the same"), item.override_reason, key=f"reason_{key}")
    return replace(item, override_reason=reason or "")


def _boxes(key: str, item: ItemDetails, medicine: MedicineRecord) -> ItemDetails:
    frequencies = list(dict.fromkeys([*FREQUENCIES, *PATTERNS, *EVERY_HOURS, item.frequency]))
    grid = st.grid(16, min_column_width=24, gap="xsmall")
    dose = grid.cell(column_span=2).number_input(
        say("Dose"), value=float(item.dose), step=0.5, format="%g", key=f"dose_{key}"
    )
    often = grid.cell(column_span=3).selectbox(
        say("How often"), frequencies, frequencies.index(item.frequency), key=f"often_{key}"
    )
    days = grid.cell(column_span=2).number_input(say("Days"), value=item.duration_days, step=1, key=f"days_{key}")
    route = grid.cell(column_span=3).selectbox(
        say("Route"), list(Route), list(Route).index(item.route), format_func=called, key=f"route_{key}"
    )
    computed = _computed(replace(item, quantity=None), medicine)
    count = grid.cell(column_span=2).number_input(
        say("Units"), value=item.quantity, step=1, placeholder=str(computed), key=f"units_{key}"
    )
    text = grid.cell(column_span=4).text_input(
        say("Instructions"), item.instructions, key=f"text_{key}", placeholder=say("after food")
    )
    return replace(
        item, dose=Decimal(str(dose or 0)), frequency=often or item.frequency, duration_days=int(days or 0),
        route=route or item.route, quantity=int(count) if count else None, instructions=text or "",
    )  # fmt: skip


def _computed(item: ItemDetails, medicine: MedicineRecord) -> int:
    return prescriptions.quantity(item.dose, item.frequency, item.duration_days, medicine.pack_size)
