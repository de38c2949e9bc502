"""What is done with a batch on the shelf besides handing it out: corrected, written off, handed on, sent back."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core import dosage, inventory
from core.inventory import BatchRecord, BatchState
from pages.ui.dialog import close_dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.numbers import units_box, whole
from pages.ui.show import clinic_day, money, plain, units
from pages.ui.work import act, form_key, refusals_shown

ADJUST, WRITE_OFF, EXPIRED = "stock.adjust", "stock.write_off", "stock.expired"
TRANSFER, SEND_BACK, ALL_EXPIRED = "stock.transfer", "stock.send_back", "stock.all_expired"
_STEPS = {  # what the button says, and its icon
    ADJUST: ("Correct", "rule"),
    WRITE_OFF: ("Write off", "delete"),
    EXPIRED: ("Write off", "delete"),
    TRANSFER: ("Hand on", "move_up"),
    SEND_BACK: ("Send back", "undo"),
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
    st.button(label, key=key, icon=f":material/{icon}:", on_click=open_dialog, args=[usual, batch])
    others = [name for name in offered if name != usual]
    if others:
        chosen = st.menu_button(
            "", others, icon=":material/more_vert:", key=f"menu_{batch.batch_id}", type="tertiary", help="Other steps",
            format_func=lambda name: ":material/{1}: {0}".format(*_STEPS[name]),
        )  # fmt: skip
        if chosen:
            open_dialog(chosen, batch)


def because(usual: Sequence[str], before: str = "", *, key: str | None = None) -> str:
    """The box for a reason: one of the usual, or words of one's own. What was said before is chosen already."""
    reasons = list(dict.fromkeys([before, *usual] if before else usual))
    given = st.selectbox(
        "Why", reasons, index=0 if before else None, accept_new_options=True, placeholder="Choose or say it in words",
        key=key,
    )  # fmt: skip
    return given or ""


@st.dialog("Correct a batch", icon=":material/rule:", on_dismiss=close_dialog)
def adjust(batch: BatchRecord) -> None:
    """Count, and say why it differs. The difference is corrected, so that what moves meanwhile stays right."""
    name = f"adjust_{batch.batch_id}"
    st.markdown(f"{_head(batch)}  \nThe books say {units(batch.on_hand, plain(batch.unit))}.")
    with st.form(form_key(name), border=False):
        counted = units_box("Counted on the shelf", placeholder=str(batch.on_hand))
        note = because(inventory.WHY_ADJUSTED)
        sent = st.form_submit_button("Correct", type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        difference = 0 if counted is None else whole(counted) - batch.on_hand
        with refusals_shown():
            corrected = act(name, inventory.adjust, batch.batch_id, difference, note)
            _done(f"Batch {batch.number}: {units(corrected.on_hand, batch.unit)} on hand", "rule")


@st.dialog("Write off", icon=":material/delete:", on_dismiss=close_dialog)
def write_off(batch: BatchRecord) -> None:
    name = f"write_off_{batch.batch_id}"
    st.markdown(_head(batch))
    with st.form(form_key(name), border=False):
        quantity = _quantity(batch, "Damaged, spoilt or lost")
        note = because(inventory.WHY_WRITTEN_OFF)
        sent = st.form_submit_button("Write off", type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.write_off, batch.batch_id, quantity, note)
            cost = money(quantity * batch.unit_cost)
            _done(f"{units(quantity, batch.unit)} of batch {batch.number} written off: {cost} lost", "delete")


@st.dialog("Hand on to another place", icon=":material/move_up:", on_dismiss=close_dialog)
def transfer(batch: BatchRecord) -> None:
    name = f"transfer_{batch.batch_id}"
    st.markdown(_head(batch))
    with st.form(form_key(name), border=False):
        left, right = st.columns([2, 3])
        with left:
            quantity = _quantity(batch, "Handed on")
        to = right.text_input("Where to", placeholder="Branch at the lake, Dr Rao's camp …")
        note = because(inventory.WHY_TRANSFERRED)
        sent = st.form_submit_button("Hand on", type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.transfer_out, batch.batch_id, quantity, to, note)
            _done(f"{units(quantity, batch.unit)} of batch {batch.number} handed on to {to}", "move_up")


@st.dialog("Send back to its supplier", icon=":material/undo:", on_dismiss=close_dialog)
def send_back(batch: BatchRecord) -> None:
    name = f"send_back_{batch.batch_id}"
    came = f"Delivered by {batch.supplier}" if batch.supplier else "Who delivered it is not known"
    st.markdown(f"{_head(batch)}  \n:gray[{plain(came)}]")
    with st.form(form_key(name), border=False):
        quantity = _quantity(batch, "Sent back")
        note = because(inventory.WHY_SENT_BACK)
        sent = st.form_submit_button("Send back", type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.send_back, batch.batch_id, quantity, note)
            credit = money(quantity * batch.unit_cost)
            _done(f"{units(quantity, batch.unit)} sent back to {batch.supplier}: expect a credit of {credit}", "undo")


@st.dialog("Write off an expired batch", icon=":material/delete:", on_dismiss=close_dialog)
def write_off_expired(batch: BatchRecord) -> None:
    name = f"write_off_{batch.batch_id}"
    st.markdown(f"{_head(batch)}  \n:gray[Expired on {plain(clinic_day(batch.expires_on))}]")
    st.caption("Take them off the shelf now. This cannot be taken back.")
    if st.button("Write off", key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, inventory.write_off_expired, batch.batch_id)
            _done(f"Batch {batch.number} written off", "delete")


@st.dialog("Write off everything that expired", icon=":material/delete:", on_dismiss=close_dialog)
def write_off_all_expired(asked: str) -> None:
    """`asked` says how many batches that are, and what they cost."""
    st.markdown(asked)
    st.caption("Take them off the shelf now. This cannot be taken back.")
    key = form_key("write_off_all")
    if st.button("Write all off", key=key, type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            done = act("write_off_all", inventory.write_off_all_expired)
            count = f"{done.batches:,} expired batch{'' if done.batches == 1 else 'es'}"
            _done(f"{count} written off: {money(done.cost)} lost", "delete")


def batch_dialogs() -> None:
    """Whichever of them is open."""
    dialogs: dict[str, Callable[[Any], None]] = {
        **{ADJUST: adjust, WRITE_OFF: write_off, EXPIRED: write_off_expired},
        **{TRANSFER: transfer, SEND_BACK: send_back, ALL_EXPIRED: write_off_all_expired},
    }
    for name, dialog in dialogs.items():
        if about := opened(name):
            dialog(about)


def _head(batch: BatchRecord) -> str:
    each = f"{money(batch.unit_cost)} each, {money(batch.on_hand * batch.unit_cost)} in all"
    return (
        f"**{plain(batch.medicine)}**, batch {plain(batch.number)}  \n"
        f":gray[{units(batch.on_hand, plain(batch.unit))} on hand · {plain(each)}]"
    )


def _quantity(batch: BatchRecord, label: str) -> int:
    several = plain(dosage.counted(2, batch.unit))
    return whole(units_box(f"{label}, {several}", placeholder=f"of {batch.on_hand:,}"))


def _done(sentence: str, icon: str) -> None:
    close_dialog()
    flash(sentence, icon=icon)
