"""A recall on the screen: the batches, block and unblock, who got of them, the list, letters and a message."""

from collections.abc import Sequence

import streamlit as st

from core import clock, exports, inventory, papers, recall
from core.papers import Sheet
from core.recall import Recipient, Traced
from core.spreadsheet import MIME
from core.words import later, say, say_count
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.office.exporting import LABELS
from pages.ui.reasons import because
from pages.ui.session import clinic
from pages.ui.show import badge, clinic_day, counts, empty, plain, table, units
from pages.ui.taking import taken
from pages.ui.waits import in_one_line
from pages.ui.work import act, form_key, refusals_shown

_CHOSEN = "recalled"
WHY = (
    later("Recalled by its maker"),
    later("Recalled by the authority"),
    later("Looks or smells wrong"),
    later("Stored too warm"),
)


def chosen() -> list[int]:
    """The batches that are open."""
    kept: list[int] = st.session_state.get(_CHOSEN, [])
    return kept


def batches_found(found: Sequence[Traced], term: str) -> None:
    """What the search found, or what is blocked. Several of one number can be opened together."""
    if not found:
        empty(say("No batch like it.") if term else say("No batch is blocked. Find one by its number."), "inventory_2")
        return
    if not term:
        st.caption(say("Blocked now"))
    elif len(found) > 1:
        ids = [one.batch.batch_id for one in found]
        st.button(say("Open all {count}", count=len(ids)), icon=":material/select_all:", on_click=_open, args=[ids])
    for one in found:
        _found(one)


def _found(one: Traced) -> None:
    batch = one.batch
    facts = [batch.medicine, batch.supplier, in_one_line(say("received {day}", day=clinic_day(batch.received_on)))]
    with st.container(horizontal=True, vertical_alignment="center", border=True, wrap=False):
        st.markdown(
            f"**{plain(batch.number)}** {_state(one)}  \n:small[:gray[{plain(' · '.join(filter(None, facts)))}]]",
            width="stretch",
        )
        icon = "check" if batch.batch_id in chosen() else "chevron_right"
        st.button(
            say("Open"), key=f"trace_{batch.batch_id}", icon=f":material/{icon}:", icon_position="right",
            on_click=_open, args=[[batch.batch_id]],
        )  # fmt: skip


def _open(batch_ids: list[int]) -> None:
    st.session_state[_CHOSEN] = batch_ids


def batches(traced: Sequence[Traced]) -> None:
    """Each with what is on hand, and block or unblock."""
    for one in traced:
        batch = one.batch
        left = say("{units} on hand", units=units(batch.on_hand, batch.unit))
        number, expires = batch.number, clinic_day(batch.expires_on)
        facts = " · ".join((say("Batch {number}", number=number), left, say("expires {day}", day=expires)))
        why = f"  \n:orange[:material/block: {plain(say(one.block_reason))}]" if one.block_reason else ""
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f"**{plain(batch.medicine)}** {_state(one)}  \n:small[:gray[{plain(facts)}]]{why}")
            st.space("stretch")
            _block_button(one)


def _block_button(one: Traced) -> None:
    if one.block_reason:
        key, icon = f"ask_unblock_{one.batch.batch_id}", ":material/lock_open:"
        st.button(say("Unblock"), key=key, icon=icon, on_click=open_dialog, args=["recall.unblock", one])
    else:
        key, icon = f"ask_block_{one.batch.batch_id}", ":material/block:"
        st.button(say("Block"), key=key, icon=icon, on_click=open_dialog, args=["recall.block", one])


def recipients(traced: Sequence[Traced], got: Sequence[Recipient]) -> None:
    """Who got of it, and how they are reached."""
    if not got:
        empty(say("Nothing of it was handed over to anybody."), "check")
        return
    counts(
        {
            say("Patients"): len({one.patient_id for one in got}),
            say("Handed over"): sum(one.given for one in got),
            say("Came back"): sum(one.returned for one in got),
            say("Still out"): sum(one.still_out for one in got),
        }
    )
    substituted = any(one.instead_of for one in got)
    table([_row(one) for one in got], "", columns=None if substituted else {say("Instead of"): None})
    ids = [one.batch.batch_id for one in traced]
    with st.container(horizontal=True):
        for kind in exports.KINDS:
            _download(ids, kind)
    st.caption(say("Who took the list or the letters away, and when, is kept."))
    _letters(traced, ids)
    _message(traced, got)


def _row(one: Recipient) -> dict[str, object]:
    return {
        **{say("Patient"): one.patient, say("Phone"): one.phone, say("Still out"): one.still_out},
        **{say("Handed over"): one.given, say("Returned"): one.returned, say("Bill"): one.number},
        **{say("Day"): clinic_day(one.given_on), say("Batch"): one.batch_number},
        **{say("MRN"): one.mrn, say("Instead of"): one.instead_of},
    }


def _download(ids: list[int], kind: str) -> None:
    token = st.session_state["token"]
    st.download_button(
        LABELS[kind], lambda: taken(token, recall.take, ids, kind).as_file(kind), f"recall-{clock.today()}{kind}",
        MIME[kind], on_click="ignore", icon=":material/download:", key=f"recall_take{kind}",
    )  # fmt: skip


def _letters(traced: Sequence[Traced], ids: list[int]) -> None:
    token, size = st.session_state["token"], clinic().paper_size
    with st.expander(say("Letters"), icon=":material/mail:"):
        text = st.text_area(
            say("What every letter says"), recall.default_letter(traced, clinic()), height=220, max_chars=4000,
            key=f"recall_text_{'_'.join(map(str, ids))}",
        )  # fmt: skip
        st.caption(say("A page for each patient who still has some, with name, quantity, batch and bill."))
        if not text.strip():
            st.error(say("The letter is missing."), icon=":material/error:")
        elif any(one.still_out for one in traced):
            st.download_button(
                say("Letters as PDF"), lambda: papers.as_pdf(taken(token, recall.letters, ids, text), Sheet(size)),
                f"recall-letters-{clock.today()}.pdf", "application/pdf",
                on_click="ignore", icon=":material/download:", key="recall_letters",
            )  # fmt: skip
        else:
            st.caption(say("Everything came back: there is nobody to write to."))


def _message(traced: Sequence[Traced], got: Sequence[Recipient]) -> None:
    with st.expander(say("Message"), icon=":material/sms:"):
        st.code(recall.default_message(traced, clinic()), language=None, wrap_lines=True)
        phones = list(dict.fromkeys(one.phone for one in got if one.phone and one.still_out))
        without = {one.patient for one in got if not one.phone and one.still_out}
        if phones:
            st.caption(say_count(len(phones), "To {count} phone", "To {count} phones"))
            st.code(", ".join(phones), language=None, wrap_lines=True)
        if without:
            st.caption(say("Without a phone: {names}", names=plain(", ".join(sorted(without)))))


def dialogs() -> None:
    if one := opened("recall.block"):
        _block(one)
    if one := opened("recall.unblock"):
        _unblock(one)


@dialog(later("Block a batch"), icon=":material/block:", on_dismiss=close_dialog)
def _block(one: Traced) -> None:
    name = f"block_{one.batch.batch_id}"
    st.markdown(
        say("**{medicine}**, batch {number}", medicine=plain(one.batch.medicine), number=plain(one.batch.number))
    )
    st.caption(say("From now on nothing of it is handed over. What lies on the shelf is put aside."))
    with st.form(form_key(name), border=False):
        reason = because(WHY, key=f"why_{form_key(name)}")
        sent = st.form_submit_button(say("Block"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, inventory.block, one.batch.batch_id, reason)
            close_dialog()
            flash(say("Batch {number} is blocked", number=one.batch.number), icon="block")


@dialog(later("Unblock a batch"), icon=":material/lock_open:", on_dismiss=close_dialog)
def _unblock(one: Traced) -> None:
    name = f"unblock_{one.batch.batch_id}"
    st.markdown(
        say("**{medicine}**, batch {number}", medicine=plain(one.batch.medicine), number=plain(one.batch.number))
        + f"  \n{say('Blocked: {reason}', reason=plain(say(one.block_reason)))}"
    )
    left = units(one.batch.on_hand, plain(one.batch.unit))
    st.caption(say("{units} on hand may be handed over again.", units=left))
    if st.button(say("Unblock"), key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act(name, inventory.unblock, one.batch.batch_id)
            close_dialog()
            flash(say("Batch {number} may be handed over again", number=one.batch.number), icon="lock_open")


def _state(one: Traced) -> str:
    """Blocked before all else, also where nothing is left of it."""
    if one.block_reason:
        return badge(inventory.BatchState.BLOCKED)
    return badge(one.batch.state)
