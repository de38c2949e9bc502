"""The prescription of a visit: rows while it is written, words once it is issued."""

from dataclasses import replace
from decimal import Decimal

import streamlit as st
from pydantic import TypeAdapter

from core import inventory, prescriptions
from core.inventory import MedicineRecord
from core.models import MedicineForm
from core.prescriptions import FREQUENCIES, Directions, ItemDetails, PrescriptionRecord, Route, Warned
from pages.ui.dialog import close_dialog, open_dialog, opened
from pages.ui.drafts import recall, remember
from pages.ui.messages import flash
from pages.ui.session import current_actor
from pages.ui.show import money, plain
from pages.ui.work import act, form_key, reading, refusals_shown

HITS = 6
EVERY_HOURS = tuple(f"{hours}H" for hours in (4, 6, 8, 12))
USUAL_DOSE = {MedicineForm.SYRUP: 5, MedicineForm.DROPS: 2, MedicineForm.INHALER: 2}
USUAL_ROUTE = {
    MedicineForm.CREAM: Route.TOPICAL,
    MedicineForm.INHALER: Route.INHALED,
    MedicineForm.INJECTION: Route.INTRAMUSCULAR,
    MedicineForm.SUPPOSITORY: Route.RECTAL,
}
_ITEMS = TypeAdapter(tuple[ItemDetails, ...])
Items = tuple[ItemDetails, ...]


def section(visit_id: int, standing: PrescriptionRecord | None, last: PrescriptionRecord | None) -> None:
    """The rows being written, or the prescription that stands. `last` can be repeated with one click."""
    st.subheader("Prescription", anchor=False)
    if standing and not _amended(visit_id):
        _issued(visit_id, standing)
        return
    items = _items(visit_id)
    known, warned = _known(visit_id, items)
    edited = tuple(_row(visit_id, item, known[item.medicine_id], warned) for item in items if item.medicine_id in known)
    if edited != items:  # and go on: a new run would lose the click that made this one
        _keep(visit_id, edited)
        items = edited
    repeat = f"repeat_{visit_id}"
    if last and not items and st.button("Repeat last prescription", key=repeat, icon=":material/history:"):
        _keep(visit_id, tuple(map(_again, last.items)))
        st.rerun()
    _search(visit_id, items)
    _buttons(visit_id, items, standing)


def save(visit_id: int) -> bool:
    """Issue what is written; False if nothing is. Raises what `prescribe` and `amend` refuse."""
    items, amended, name = _items(visit_id), _amended(visit_id), f"prescribe_{visit_id}"
    if amended:
        act(name, prescriptions.amend, amended, items)
    elif items:
        act(name, prescriptions.prescribe, visit_id, items)
    else:
        return False
    _stop_writing(visit_id)
    return True


def _known(visit_id: int, items: Items) -> tuple[dict[int, MedicineRecord], dict[int, list[Warned]]]:
    """The medicines of the rows with their stock, and what each is warned of."""
    actor = current_actor()
    with reading() as session:
        medicines = inventory.get_medicines(session, actor, [item.medicine_id for item in items])
        bare = [replace(item, override_reason="") for item in items]
        found = prescriptions.review(session, actor, visit_id, bare)
    return medicines, {item.medicine_id: [w for w in found if w.medicine_id == item.medicine_id] for item in items}


def _row(visit_id: int, item: ItemDetails, medicine: MedicineRecord, warned: dict[int, list[Warned]]) -> ItemDetails:
    """One medicine with its boxes; returns it as it now stands in them."""
    key = f"{visit_id}_{medicine.medicine_id}"
    with st.container(border=True, gap="small", key=f"rx_{key}"):
        drop, icon, help_text = f"drop_{key}", ":material/close:", f"Remove {medicine.name}"
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown(f"**{plain(medicine.name)}** {_stock(medicine)}")
            dropped = st.button("", key=drop, icon=icon, type="tertiary", help=help_text)
        if dropped:
            _keep(visit_id, tuple(other for other in _items(visit_id) if other.medicine_id != medicine.medicine_id))
            st.rerun()
        item = _boxes(key, item, medicine)
        needed = item.quantity or _computed(item, medicine)
        price = money(medicine.price * needed)
        st.markdown(f":small[{plain(_words(item, medicine))} → **{_units(needed, medicine)}** :gray[{plain(price)}]]")
        if 0 < medicine.on_hand < needed:
            st.markdown(f":small[:orange[:material/inventory_2: Only {_units(medicine.on_hand, medicine)} on hand]]")
        if sentences := [warning.sentence for warning in warned.get(medicine.medicine_id, [])]:
            st.warning("  \n".join(map(plain, sentences)), icon=":material/warning:")
            reason = st.text_input("Reason to prescribe it all the same", item.override_reason, key=f"reason_{key}")
            item = replace(item, override_reason=reason or "")
    return item


def _boxes(key: str, item: ItemDetails, medicine: MedicineRecord) -> ItemDetails:
    frequencies = [*FREQUENCIES, *EVERY_HOURS]
    grid = st.grid(16, min_column_width=24, gap="xsmall")
    dose = grid.cell(column_span=2).number_input(
        "Dose", value=float(item.dose), step=0.5, format="%g", key=f"dose_{key}"
    )
    often = grid.cell(column_span=3).selectbox(
        "How often", frequencies, frequencies.index(item.frequency) if item.frequency in frequencies else None,
        key=f"often_{key}",
    )  # fmt: skip
    days = grid.cell(column_span=2).number_input("Days", value=item.duration_days, step=1, key=f"days_{key}")
    route = grid.cell(column_span=3).selectbox(
        "Route", list(Route), list(Route).index(item.route), format_func=str.capitalize, key=f"route_{key}"
    )
    computed = _computed(replace(item, quantity=None), medicine)
    units = grid.cell(column_span=2).number_input(
        "Units", value=item.quantity, step=1, placeholder=str(computed), key=f"units_{key}"
    )
    text = grid.cell(column_span=4).text_input(
        "Instructions", item.instructions, key=f"text_{key}", placeholder="after food"
    )
    return replace(
        item, dose=Decimal(str(dose or 0)), frequency=often or item.frequency, duration_days=int(days or 0),
        route=route or item.route, quantity=int(units) if units else None, instructions=text or "",
    )  # fmt: skip


@st.fragment
def _search(visit_id: int, items: Items) -> None:
    """A box that finds a medicine; a click or Alt+M adds it as a row."""
    term = st.text_input(
        "Add a medicine", key=medicine_box(visit_id), live=True,
        icon=":material/search:", placeholder="Medicine, generic or strength", label_visibility="collapsed",
    )  # fmt: skip
    if not term:
        return
    actor = current_actor()
    with reading() as session:
        hits = inventory.search_medicines(session, actor, term, HITS)
    new = [hit for hit in hits if hit.medicine_id not in {item.medicine_id for item in items}]
    if not new:
        st.caption("On the list already." if hits else "No such medicine on the clinic's list.")
    with st.container(gap=None):
        for place, hit in enumerate(new):
            generic = "" if hit.generic.casefold() in hit.name.casefold() else f" :gray[{plain(hit.generic)}]"
            label, key = f"{plain(hit.name)}{generic} {_stock(hit)}", f"add_{visit_id}_{hit.medicine_id}"
            if st.button(label, key=key, type="tertiary", shortcut="Alt+M" if place == 0 else None):
                _keep(visit_id, (*items, _usual(hit)))
                st.session_state[f"rx_round_{visit_id}"] = st.session_state.get(f"rx_round_{visit_id}", 0) + 1
                st.session_state["room_focus"] = medicine_box(visit_id)
                st.rerun()


def medicine_box(visit_id: int) -> str:
    """The key of the search box: a new one, and so empty, after each medicine."""
    return f"find_medicine_{visit_id}_{st.session_state.get(f'rx_round_{visit_id}', 0)}"


def _buttons(visit_id: int, items: Items, standing: PrescriptionRecord | None) -> None:
    if not items and not standing:
        return
    with st.container(horizontal=True):
        label = "Issue the new version" if standing else "Issue prescription"
        help_text = "Completing the visit issues it, too."
        if st.button(label, key=form_key(f"prescribe_{visit_id}"), icon=":material/prescriptions:", help=help_text):
            with refusals_shown():
                save(visit_id)
                flash("Prescription issued")
        if standing and st.button(f"Keep {standing.number}", key=f"keep_{visit_id}", type="tertiary"):
            _stop_writing(visit_id)
            st.rerun()


def _issued(visit_id: int, standing: PrescriptionRecord) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f":green-badge[:material/check: Issued] **{plain(standing.number)}**")
        for item in standing.items:
            reason = f"  \n:small[:orange[{plain(item.override_reason)}]]" if item.override_reason else ""
            st.markdown(f"**{plain(item.medicine)}** · {plain(item.in_words)} → **{item.quantity}**{reason}")
        with st.container(horizontal=True):
            if st.button("Amend", key=f"amend_rx_{visit_id}", icon=":material/edit:"):
                _keep(visit_id, tuple(map(_again, standing.items)))
                remember(visit_id, "amends", str(standing.prescription_id))
                st.rerun()
            st.button(
                "Cancel prescription", key=f"cancel_rx_{visit_id}", type="tertiary", icon=":material/cancel:",
                on_click=open_dialog, args=("room.cancel_prescription", standing.prescription_id),
            )  # fmt: skip
    if opened("room.cancel_prescription") == standing.prescription_id:
        cancel(standing)


@st.dialog("Cancel the prescription?", icon=":material/cancel:", on_dismiss=close_dialog)
def cancel(standing: PrescriptionRecord) -> None:
    st.markdown(f"{plain(standing.number)} with {len(standing.items)} medicines will not be handed over.")
    name = f"cancel_rx_{standing.prescription_id}"
    if st.button("Cancel prescription", key=form_key(name), type="primary", width="stretch", shortcut="Ctrl+Enter"):
        with refusals_shown():
            act(name, prescriptions.cancel, standing.prescription_id)
            close_dialog()
            flash(f"Prescription {standing.number} cancelled", "cancel")


def _items(visit_id: int) -> Items:
    return _ITEMS.validate_json(recall(visit_id, "items") or "[]")


def _keep(visit_id: int, items: Items) -> None:
    remember(visit_id, "items", _ITEMS.dump_json(items).decode() if items else "")


def _amended(visit_id: int) -> int:
    """The prescription whose new version is being written, or 0."""
    return int(recall(visit_id, "amends") or 0)


def _stop_writing(visit_id: int) -> None:
    remember(visit_id, "items", "")
    remember(visit_id, "amends", "")


def _usual(medicine: MedicineRecord) -> ItemDetails:
    dose = Decimal(USUAL_DOSE.get(medicine.form, 1))
    route = USUAL_ROUTE.get(medicine.form, Route.ORAL)
    return ItemDetails(medicine.medicine_id, dose, "BD", 5, route)


def _again(item: prescriptions.ItemRecord) -> ItemDetails:
    told = item.directions
    return ItemDetails(item.medicine_id, told.dose, told.frequency, told.duration_days, told.route, told.instructions)


def _computed(item: ItemDetails, medicine: MedicineRecord) -> int:
    return prescriptions.quantity(item.dose, item.frequency, item.duration_days, medicine.pack_size)


def _words(item: ItemDetails, medicine: MedicineRecord) -> str:
    told = Directions(
        item.dose, medicine.form, medicine.unit, item.route, item.frequency, item.duration_days, item.instructions
    )
    return prescriptions.in_words(told)


def _units(count: int, medicine: MedicineRecord) -> str:
    return f"{count:,} {plain(medicine.unit)}{'' if count == 1 or medicine.unit.endswith('s') else 's'}"


def _stock(medicine: MedicineRecord) -> str:
    if medicine.on_hand == 0:
        return ":red-badge[:material/remove_shopping_cart: None on hand]"
    return f":gray-badge[{_units(medicine.on_hand, medicine)} on hand]"
