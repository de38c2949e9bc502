"""What is done with a batch on the shelf besides handing it out: corrected, written off, handed on, sent back."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import dosage, inventory
from core.inventory import BatchRecord, BatchState
from core.words import later, say, say_count
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.numbers import units_box, whole
from pages.ui.reasons import because
from pages.ui.show import clinic_day, money, plain, units
from pages.ui.work import act, form_key, refusals_shown

ADJUST, WRITE_OFF, EXPIRED = "stock.adjust", "stock.write_off", "stock.expired"
TRANSFER, SEND_BACK, ALL_EXPIRED = "stock.transfer", "stock.send_back", "stock.all_expired"
_STEPS = {  # what the button says, and its icon
    ADJUST: (later("Correct"), "rule"),
    WRITE_OFF: (later("Write off"), "delete"),
    EXPIRED: (later("Write off"), "delete"),
    TRANSFER: (later("Hand on"), "move_up"),
    SEND_BACK: (later("Send back"), "undo"),
}
_OFFERED = {  # the first is the usual one
    BatchState.USABLE: (ADJUST, WRITE_OFF, TRANSFER, SEND_BACK),
    BatchState.BLOCKED: (SEND_BACK, WRITE_OFF, ADJUST),
    BatchState.EXPIRED: (EXPIRED, SEND_BACK, ADJUST),
    BatchState.USED_UP: (ADJUST,),
}


def steps(batch: BatchRecord, usual: str = "") -> None:
    """The usual step as a button, the others behind three dots. What has expired is written off first of all."""
    offered = _OFFERED[batch.state]
    usual = usual if usual in offered and batch.state is not BatchState.EXPIRED else offered[0]
    label, icon = _STEPS[usual]
    key = f"{usual}_{batch.batch_id}"
    st.button(say(label), key=key, icon=f":material/{icon}:", on_click=open_dialog, args=[usual, batch])
    others = [name for name in offered if name != usual]
    if others:
        chosen = st.menu_button(
            "", others, icon=":material/more_vert:", key=f"menu_{batch.batch_id}", type="tertiary",
            help=say("Other steps"), format_func=_step,
        )  # fmt: skip
        if chosen:
            open_dialog(chosen, batch)


def _step(name: str) -> str:
    label, icon = _STEPS[name]
    return f":material/{icon}: {say(label)}"


@dialog(later("Correct a batch"), icon=":material/rule:", on_dismiss=close_dialog)
def adjust(batch: BatchRecord) -> None:
    """Count, and say why it differs. The difference is corrected, so that what moves meanwhile stays right."""
    name = f"adjust_{batch.batch_id}"
    booked = say("The books say {units}.", units=units(batch.on_hand, plain(batch.unit)))
    st.markdown(f"{_head(batch)}  \n{booked}")
    with st.form(form_key(name), border=False):
        counted = units_box(say("Counted on the shelf"), placeholder=str(batch.on_hand))
        note = because(inventory.WHY_ADJUSTED, key=f"why_{form_key(name)}")
        sent = st.form_submit_button(say("Correct"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        difference = 0 if counted is None else whole(counted) - batch.on_hand
        with refusals_shown():
            corrected = act(name, inventory.adjust, batch.batch_id, difference, note)
            left = units(corrected.on_hand, batch.unit)
            _done(say("Batch {number}: {units} on hand", number=batch.number, units=left), "rule")


@dialog(later("Write off"), icon=":material/delete:", on_dismiss=close_dialog)
def write_off(batch: BatchRecord) -> None:
    name = f"write_off_{batch.batch_id}"
    st.markdown(_head(batch))
    with st.form(form_key(name), border=False):
        quantity = _quantity(batch, say("Damaged, spoilt or lost"))
        note = because(inventory.WHY_WRITTEN_OFF, key=f"why_{form_key(name)}")
        sent = st.form_submit_button(say("Write off"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.write_off, batch.batch_id, quantity, note)
            facts = {"units": units(quantity, batch.unit), "number": batch.number}
            lost = money(quantity * batch.unit_cost)
            _done(say("{units} of batch {number} written off: {cost} lost", cost=lost, **facts), "delete")


@dialog(later("Hand on to another place"), icon=":material/move_up:", on_dismiss=close_dialog)
def transfer(batch: BatchRecord) -> None:
    name = f"transfer_{batch.batch_id}"
    st.markdown(_head(batch))
    with st.form(form_key(name), border=False):
        left, right = st.columns([2, 3])
        with left:
            quantity = _quantity(batch, say("Handed on"))
        to = right.text_input(say("Where to"), placeholder=say("Branch at the lake, Dr Rao's camp …"))
        note = because(inventory.WHY_TRANSFERRED, key=f"why_{form_key(name)}")
        sent = st.form_submit_button(say("Hand on"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.transfer_out, batch.batch_id, quantity, to, note)
            facts = {"units": units(quantity, batch.unit), "number": batch.number}
            _done(say("{units} of batch {number} handed on to {to}", to=to, **facts), "move_up")


@dialog(later("Send back to its supplier"), icon=":material/undo:", on_dismiss=close_dialog)
def send_back(batch: BatchRecord) -> None:
    name = f"send_back_{batch.batch_id}"
    came = (
        say("Delivered by {supplier}", supplier=batch.supplier)
        if batch.supplier
        else say("Who delivered it is not known")
    )
    st.markdown(f"{_head(batch)}  \n:gray[{plain(came)}]")
    with st.form(form_key(name), border=False):
        quantity = _quantity(batch, say("Sent back"))
        note = because(inventory.WHY_SENT_BACK, key=f"why_{form_key(name)}")
        sent = st.form_submit_button(say("Send back"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.send_back, batch.batch_id, quantity, note)
            facts = {"units": units(quantity, batch.unit), "supplier": batch.supplier}
            credit = money(quantity * batch.unit_cost)
            _done(say("{units} sent back to {supplier}: expect a credit of {amount}", amount=credit, **facts), "undo")


@dialog(later("Write off an expired batch"), icon=":material/delete:", on_dismiss=close_dialog)
def write_off_expired(batch: BatchRecord) -> None:
    name = f"write_off_{batch.batch_id}"
    expired = say("Expired on {day}", day=plain(clinic_day(batch.expires_on)))
    st.markdown(f"{_head(batch)}  \n:gray[{expired}]")
    st.caption(say("Take them off the shelf now. This cannot be taken back."))
    if st.button(say("Write off"), key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, inventory.write_off_expired, batch.batch_id)
            _done(say("Batch {number} written off", number=batch.number), "delete")


@dialog(later("Write off everything that expired"), icon=":material/delete:", on_dismiss=close_dialog)
def write_off_all_expired(asked: str) -> None:
    """`asked` says how many batches that are, and what they cost."""
    st.markdown(asked)
    st.caption(say("Take them off the shelf now. This cannot be taken back."))
    key = form_key("write_off_all")
    if st.button(say("Write all off"), key=key, type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            done = act("write_off_all", inventory.write_off_all_expired)
            told = say_count(
                done.batches,
                "{count:,} expired batch written off: {cost} lost",
                "{count:,} expired batches written off: {cost} lost",
                cost=money(done.cost),
            )
            _done(told, "delete")


def batch_dialogs() -> None:
    """Whichever of them is open."""
    dialogs: dict[str, Callable[[Any], None]] = {
        **{ADJUST: adjust, WRITE_OFF: write_off, EXPIRED: write_off_expired},
        **{TRANSFER: transfer, SEND_BACK: send_back, ALL_EXPIRED: write_off_all_expired},
    }
    for name, ask in dialogs.items():
        if about := opened(name):
            ask(about)


def _head(batch: BatchRecord) -> str:
    named = say("**{medicine}**, batch {number}", medicine=plain(batch.medicine), number=plain(batch.number))
    there = say("{units} on hand", units=units(batch.on_hand, plain(batch.unit)))
    each, together = money(batch.unit_cost), money(batch.on_hand * batch.unit_cost)
    return f"{named}  \n:gray[{there} · {plain(say('{each} each, {together} in all', each=each, together=together))}]"


def _quantity(batch: BatchRecord, label: str) -> int:
    several = plain(dosage.counted(2, batch.unit))
    return whole(units_box(f"{label}, {several}", placeholder=say("of {count:,}", count=batch.on_hand)))


def _done(sentence: str, icon: str) -> None:
    close_dialog()
    flash(sentence, icon=icon)
