"""What is done with a batch on the shelf besides handing it out: corrected, written off, handed on, sent back."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core import dosage, inventory
from core.inventory import BatchRecord, BatchState
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.numbers import units_box, whole
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
    st.button(label, key=key, icon=f":material/{icon}:", on_click=open_dialog, args=[usual, batch])
    others = [name for name in offered if name != usual]
    if others:
        chosen = st.menu_button(
            "", others, icon=":material/more_vert:", key=f"menu_{batch.batch_id}", type="tertiary", help=say("Other steps"),
            format_func=lambda name: ":material/{1}: {0}".format(*_STEPS[name]),
        )  # fmt: skip
        if chosen:
            open_dialog(chosen, batch)


def because(usual: Sequence[str], before: str = "", *, key: str | None = None) -> str:
    """The box for a reason: one of the usual, or words of one's own. What was said before is chosen already."""
    reasons = list(dict.fromkeys([before, *usual] if before else usual))
    given = st.selectbox(
        say("Why"), reasons, index=0 if before else None, accept_new_options=True, placeholder=say("Choose or say it in words"),
        key=key,
    )  # fmt: skip
    return given or ""


@dialog(later("Correct a batch"), icon=":material/rule:", on_dismiss=close_dialog)
def adjust(batch: BatchRecord) -> None:
    """Count, and say why it differs. The difference is corrected, so that what moves meanwhile stays right."""
    name = f"adjust_{batch.batch_id}"
    st.markdown(
        say("{head}  \nThe books say {on_hand}.", head=_head(batch), on_hand=units(batch.on_hand, plain(batch.unit)))
    )
    with st.form(form_key(name), border=False):
        counted = units_box(say("Counted on the shelf"), placeholder=str(batch.on_hand))
        note = because(inventory.WHY_ADJUSTED)
        sent = st.form_submit_button(say("Correct"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        difference = 0 if counted is None else whole(counted) - batch.on_hand
        with refusals_shown():
            corrected = act(name, inventory.adjust, batch.batch_id, difference, note)
            _done(
                say(
                    "Batch {number}: {on_hand} on hand",
                    number=batch.number,
                    on_hand=units(corrected.on_hand, batch.unit),
                ),
                "rule",
            )


@dialog(later("Write off"), icon=":material/delete:", on_dismiss=close_dialog)
def write_off(batch: BatchRecord) -> None:
    name = f"write_off_{batch.batch_id}"
    st.markdown(_head(batch))
    with st.form(form_key(name), border=False):
        quantity = _quantity(batch, say("Damaged, spoilt or lost"))
        note = because(inventory.WHY_WRITTEN_OFF)
        sent = st.form_submit_button(say("Write off"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.write_off, batch.batch_id, quantity, note)
            cost = money(quantity * batch.unit_cost)
            _done(
                say(
                    "{quantity} of batch {number} written off: {cost} lost",
                    quantity=units(quantity, batch.unit),
                    number=batch.number,
                    cost=cost,
                ),
                "delete",
            )


@dialog(later("Hand on to another place"), icon=":material/move_up:", on_dismiss=close_dialog)
def transfer(batch: BatchRecord) -> None:
    name = f"transfer_{batch.batch_id}"
    st.markdown(_head(batch))
    with st.form(form_key(name), border=False):
        left, right = st.columns([2, 3])
        with left:
            quantity = _quantity(batch, say("Handed on"))
        to = right.text_input(say("Where to"), placeholder=say("Branch at the lake, Dr Rao's camp …"))
        note = because(inventory.WHY_TRANSFERRED)
        sent = st.form_submit_button(say("Hand on"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.transfer_out, batch.batch_id, quantity, to, note)
            _done(
                say(
                    "{quantity} of batch {number} handed on to {to}",
                    quantity=units(quantity, batch.unit),
                    number=batch.number,
                    to=to,
                ),
                "move_up",
            )


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
        note = because(inventory.WHY_SENT_BACK)
        sent = st.form_submit_button(say("Send back"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.send_back, batch.batch_id, quantity, note)
            credit = money(quantity * batch.unit_cost)
            _done(
                say(
                    "{quantity} sent back to {supplier}: expect a credit of {credit}",
                    quantity=units(quantity, batch.unit),
                    supplier=batch.supplier,
                    credit=credit,
                ),
                "undo",
            )


@dialog(later("Write off an expired batch"), icon=":material/delete:", on_dismiss=close_dialog)
def write_off_expired(batch: BatchRecord) -> None:
    name = f"write_off_{batch.batch_id}"
    st.markdown(
        say(
            "{head}  \n:gray[Expired on {expires_on}]",
            head=_head(batch),
            expires_on=plain(clinic_day(batch.expires_on)),
        )
    )
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
            count = say("{batches:,} expired batch{part}", batches=done.batches, part="" if done.batches == 1 else "es")
            _done(say("{count} written off: {cost} lost", count=count, cost=money(done.cost)), "delete")


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
    each = say(
        "{unit_cost} each, {on_hand} in all",
        unit_cost=money(batch.unit_cost),
        on_hand=money(batch.on_hand * batch.unit_cost),
    )
    return say(
        "**{medicine}**, batch {number}  \n:gray[{on_hand} on hand · {each}]",
        medicine=plain(batch.medicine),
        number=plain(batch.number),
        on_hand=units(batch.on_hand, plain(batch.unit)),
        each=plain(each),
    )


def _quantity(batch: BatchRecord, label: str) -> int:
    several = plain(dosage.counted(2, batch.unit))
    return whole(units_box(f"{label}, {several}", placeholder=f"of {batch.on_hand:,}"))


def _done(sentence: str, icon: str) -> None:
    close_dialog()
    flash(sentence, icon=icon)
