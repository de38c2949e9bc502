"""A medicine and its batches on the shelf, and the batches that expire."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st

from core import inventory
from core.called import called
from core.inventory import BatchRecord, BatchState, Expiring, MedicineRecord, Pace
from core.words import later, say, say_count, written
from pages.ui.dialog import open_dialog
from pages.ui.messages import flash
from pages.ui.show import badge, clinic_day, empty, money, plain, units
from pages.ui.stock.batch_steps import ALL_EXPIRED, SEND_BACK, steps
from pages.ui.work import act, form_key, refusals_shown

SOON_DAYS = 30
AT_RISK = later(
    "At cost: what will not be used before it expires, at the pace of the last {days} days, and what is blocked."
)


def heading(medicine: MedicineRecord, pace: Pace) -> None:
    """What the medicine is, in one line, how much of it there is and how long that lasts."""
    price = say("{price} each", price=money(medicine.price))
    facts = [medicine.generic, medicine.strength, called(medicine.form), price]
    facts += [say("{percent:f} % tax", percent=medicine.tax_percent.normalize())] if medicine.tax_percent else []
    marks = f" :violet-badge[:material/lock: {say('Controlled')}]" if medicine.is_controlled else ""
    marks += f" :gray-badge[:material/delete: {say('Withdrawn')}]" if medicine.withdrawn else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"### {plain(medicine.name)}{marks}\n:gray[{plain(' · '.join(fact for fact in facts if fact))}]")
        st.space("stretch")
        st.metric(say("On hand"), units(medicine.on_hand, medicine.unit), width="content")
        if (days := pace.lasts(medicine.on_hand)) is not None:
            used = say("{count:,} handed over in {days} days", count=pace.used, days=pace.days)
            st.metric(say("Lasts"), say_count(days, "{count:,} day", "{count:,} days"), width="content", help=used)
        st.metric(say("Reorder at"), written(medicine.reorder_level), width="content")


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
    explained = say(AT_RISK, days=inventory.PACE_DAYS)
    right.metric(say("At risk within {days} days", days=days), money(_cost(soon)), border=True, help=explained)
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
        with st.expander(say("Used up ({count})", count=len(used_up)), icon=":material/inventory_2:"):
            for batch in used_up:
                _row(batch)


def _row(batch: BatchRecord) -> None:
    expires = say("Expires {day}", day=clinic_day(batch.expires_on))
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(batch.number)}** {badge(batch.state)}  \n:small[:gray[{plain(_came(batch))}]]")
        st.space("stretch")
        there = f"**{units(batch.on_hand, plain(batch.unit))}**  \n:small[:gray[{expires}]]"
        st.markdown(there, text_alignment="right", width="content")
        steps(batch)


def _came(batch: BatchRecord) -> str:
    """When, from whom, by which paper, and for how much."""
    day = clinic_day(batch.received_on)
    came = (
        say("Received {day} from {supplier}", day=day, supplier=batch.supplier)
        if batch.supplier
        else say("Received {day}", day=day)
    )
    note = say("delivery note {number}", number=batch.delivery_note) if batch.delivery_note else ""
    return " · ".join(filter(None, (came, say("{price} each", price=money(batch.unit_cost)), note)))


def _risk_row(row: Expiring) -> None:
    batch = row.batch
    named = say("Batch {number}", number=batch.number)
    if batch.supplier:
        named = say("Batch {number} from {supplier}", number=batch.number, supplier=batch.supplier)
    facts = f"{named} · {clinic_day(batch.expires_on)}"
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{plain(batch.medicine)}** {_days(row.days_left)}  \n:small[:gray[{plain(facts)}]]")
        st.space("stretch")
        worth = f"**{plain(money(row.at_risk))}**  \n:small[:gray[{_unused(row)}]]"
        st.markdown(worth, text_alignment="right", width="content")
        steps(batch, usual=SEND_BACK)


def _unused(row: Expiring) -> str:
    left, unit = row.batch.on_hand, plain(row.batch.unit)
    if row.unused == 0:
        return say("{units}, used in time", units=units(left, unit))
    if row.unused == left:
        return units(left, unit)
    return say("{count:,} of {units} not used in time", count=row.unused, units=units(left, unit))


def _ask_all_expired(expired: Sequence[Expiring]) -> None:
    cost = plain(money(_cost(expired)))
    asked = say("{count:,} batches leave the books: **{cost}** lost.", count=len(expired), cost=cost)
    st.button(say("Write all off"), icon=":material/delete_sweep:", on_click=open_dialog, args=[ALL_EXPIRED, asked])


def _days(left: int) -> str:
    """How long a batch may still be used, in colour, icon and words."""
    if left == 0:
        return f":orange-badge[:material/schedule: {say('Last day')}]"
    if left < 0:
        ago = say_count(-left, "Expired {count:,} day ago", "Expired {count:,} days ago")
        return f":red-badge[:material/event_busy: {ago}]"
    colour = "orange" if left <= SOON_DAYS else "gray"
    return f":{colour}-badge[:material/schedule: {say_count(left, '{count:,} day left', '{count:,} days left')}]"


def _cost(batches: Sequence[Expiring]) -> Decimal:
    return sum((row.at_risk for row in batches), Decimal(0))
