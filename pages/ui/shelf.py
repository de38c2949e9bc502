"""A medicine and its batches on the shelf, and the batches that expire."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st

from core import inventory
from core.inventory import BatchRecord, BatchState, Expiring, MedicineRecord, Pace
from core.words import say
from pages.ui.batch_steps import ALL_EXPIRED, SEND_BACK, steps
from pages.ui.dialog import open_dialog
from pages.ui.messages import flash
from pages.ui.show import badge, clinic_day, empty, money, plain, units
from pages.ui.work import act, form_key, refusals_shown

SOON_DAYS = 30
AT_RISK = (
    f"At cost: what will not be used before it expires, at the pace of the last {inventory.PACE_DAYS} days, and what is"
    " blocked."
)


def heading(medicine: MedicineRecord, pace: Pace) -> None:
    """What the medicine is, in one line, how much of it there is and how long that lasts."""
    facts = [medicine.generic, medicine.strength, medicine.form.capitalize(), f"{money(medicine.price)} each"]
    facts += [say("{normalize:f} % tax", normalize=medicine.tax_percent.normalize())] if medicine.tax_percent else []
    marks = say(" :violet-badge[:material/lock: Controlled]") if medicine.is_controlled else ""
    marks += say(" :gray-badge[:material/delete: Withdrawn]") if medicine.withdrawn else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"### {plain(medicine.name)}{marks}\n:gray[{plain(' · '.join(fact for fact in facts if fact))}]")
        st.space("stretch")
        st.metric(say("On hand"), units(medicine.on_hand, medicine.unit), width="content")
        if (days := pace.lasts(medicine.on_hand)) is not None:
            used = say("{used:,} handed over in {days} days", used=pace.used, days=pace.days)
            st.metric(say("Lasts"), say("1 day") if days == 1 else f"{days:,} days", width="content", help=used)
        st.metric(say("Reorder at"), f"{medicine.reorder_level:,}", width="content")


def actions(medicine: MedicineRecord, receive: Callable[[], None]) -> None:
    """What may be done with the medicine itself. `receive` is called before the page runs again."""
    with st.container(horizontal=True):
        if medicine.withdrawn:
            _reinstate(medicine)
            return
        st.button(say("Receive delivery"), icon=":material/add_box:", on_click=receive)
        st.button(say("Change"), icon=":material/edit:", on_click=open_dialog, args=["stock.change", medicine])
        st.button(say("Withdraw"), icon=":material/delete:", on_click=open_dialog, args=["stock.withdraw", medicine])


def _reinstate(medicine: MedicineRecord) -> None:
    name = f"reinstate_{medicine.medicine_id}"
    if st.button(say("Take back the withdrawal"), key=form_key(name), icon=":material/undo:"):
        with refusals_shown():
            act(name, inventory.reinstate, medicine.medicine_id)
            flash(say("{name} is offered again", name=medicine.name), icon="undo")


def at_risk(batches: Sequence[Expiring], days: int) -> None:
    """What expired and what soon will, with the money that lies in it."""
    expired, soon = [row for row in batches if row.days_left < 0], [row for row in batches if row.days_left >= 0]
    left, right = st.columns(2)
    left.metric(say("Expired, to be written off"), money(_cost(expired)), border=True)
    right.metric(say("At risk within {days} days", days=days), money(_cost(soon)), border=True, help=AT_RISK)
    if not batches:
        empty(say("Nothing has expired, and nothing will within {days} days.", days=days), "check")
    for title, rows in ((say("Expired"), expired), (say("Expiring"), soon)):
        if rows:
            st.subheader(title, anchor=False)
        if len(expired) > 1 and rows is expired:
            _ask_all_expired(expired)
        for row in rows:
            _risk_row(row)


def batch_list(batches: Sequence[BatchRecord]) -> None:
    """What lies on the shelf, a row per batch; batches used up are folded away."""
    used_up = [batch for batch in batches if batch.state is BatchState.USED_UP]
    if not batches:
        empty(say("No batch yet. Receive a delivery to put some on the shelf."), "inventory_2")
    for batch in batches:
        if batch not in used_up:
            _row(batch)
    if used_up:
        with st.expander(say("Used up ({used_up})", used_up=len(used_up)), icon=":material/inventory_2:"):
            for batch in used_up:
                _row(batch)


def _row(batch: BatchRecord) -> None:
    came = f"{clinic_day(batch.received_on)}{f' from {batch.supplier}' if batch.supplier else ''}"
    note = say(" · delivery note {delivery_note}", delivery_note=batch.delivery_note) if batch.delivery_note else ""
    facts = say("Received {came} · {unit_cost} each{note}", came=came, unit_cost=money(batch.unit_cost), note=note)
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(batch.number)}** {badge(batch.state)}  \n:small[:gray[{plain(facts)}]]")
        st.space("stretch")
        st.markdown(
            say(
                "**{on_hand}**  \n:small[:gray[Expires {expires_on}]]",
                on_hand=units(batch.on_hand, plain(batch.unit)),
                expires_on=clinic_day(batch.expires_on),
            ),
            text_alignment="right",
            width="content",
        )
        steps(batch)


def _risk_row(row: Expiring) -> None:
    batch = row.batch
    come_from = f" from {batch.supplier}" if batch.supplier else ""
    facts = say(
        "Batch {number}{come_from} · {expires_on}",
        number=batch.number,
        come_from=come_from,
        expires_on=clinic_day(batch.expires_on),
    )
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(batch.medicine)}** {_days(row.days_left)}  \n:small[:gray[{plain(facts)}]]")
        st.space("stretch")
        worth = f"**{plain(money(row.at_risk))}**  \n:small[:gray[{_unused(row)}]]"
        st.markdown(worth, text_alignment="right", width="content")
        steps(batch, usual=SEND_BACK)


def _unused(row: Expiring) -> str:
    left, unit = row.batch.on_hand, plain(row.batch.unit)
    if row.unused == 0:
        return say("{left}, used in time", left=units(left, unit))
    return (
        units(left, unit)
        if row.unused == left
        else say("{unused:,} of {left} not used in time", unused=row.unused, left=units(left, unit))
    )


def _ask_all_expired(expired: Sequence[Expiring]) -> None:
    asked = say(
        "{expired:,} batches leave the books: **{cost}** lost.", expired=len(expired), cost=plain(money(_cost(expired)))
    )
    st.button(say("Write all off"), icon=":material/delete_sweep:", on_click=open_dialog, args=[ALL_EXPIRED, asked])


def _days(left: int) -> str:
    """How long a batch may still be used, in colour, icon and words."""
    span = say("1 day") if abs(left) == 1 else f"{abs(left):,} days"
    if left < 0:
        return say(":red-badge[:material/event_busy: Expired {span} ago]", span=span)
    colour = "orange" if left <= SOON_DAYS else "gray"
    return (
        say(":{colour}-badge[:material/schedule: {span} left]", colour=colour, span=span)
        if left
        else say(":orange-badge[:material/schedule: Last day]")
    )


def _cost(batches: Sequence[Expiring]) -> Decimal:
    return sum((row.at_risk for row in batches), Decimal(0))
