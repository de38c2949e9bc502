"""The lines of the open bill: another batch or medicine chosen for one, or one not given."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from core import dispensing
from core.dispensing import DispensedItem, Owed, Pack, Substitute, Waiting
from core.errors import ClinicError
from core.permissions import Actor
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash, show_refusal
from pages.ui.numbers import units_box, whole
from pages.ui.reasons import because
from pages.ui.session import current_actor
from pages.ui.show import money, plain, units
from pages.ui.work import Session, act, form_key, reading, refusals_shown

_CHOSEN = "counter_chosen"
IN_TURN = 0  # no batch has this id
WHY_NOT_GIVEN = (later("Not wanted"), later("Has some at home"), later("Not to be had"))


@dataclass
class Choices:
    """Made for one bill, by line: another medicine, a batch."""

    invoice_id: int
    instead: dict[int, int] = field(default_factory=dict)
    by_hand: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What will be taken, what could be instead of what is short, and which batch is not the next in turn."""

    items: list[DispensedItem]
    substitutes: dict[int, list[Substitute]]
    out_of_turn: list[str]
    is_short: bool
    refusal: ClinicError | None = None


def chosen(bill: Waiting) -> Choices:
    """They are forgotten when another bill is opened."""
    kept = st.session_state.get(_CHOSEN)
    if not isinstance(kept, Choices) or kept.invoice_id != bill.invoice_id:
        kept = st.session_state[_CHOSEN] = Choices(bill.invoice_id)
    return kept


def take(bill: Waiting, pack: Pack) -> None:
    """The pack in hand is what its line gets."""
    line = next(line for line in bill.medicines if line.line_id == pack.line_id)
    _choose(bill, line, pack.medicine_id, pack.batch_id)


def plan(session: Session, actor: Actor, bill: Waiting) -> Plan:
    """As chosen; what may no longer be chosen is forgotten, and why is told."""
    mine, refusal = chosen(bill), None
    lawful = [line for line in bill.medicines if not line.unprescribed]
    try:
        items = dispensing.planned(session, actor, lawful, mine.instead, mine.by_hand)
    except ClinicError as refused:
        refusal, st.session_state[_CHOSEN] = refused, Choices(bill.invoice_id)
        mine = chosen(bill)
        items = dispensing.planned(session, actor, lawful)
    short = [line for line in bill.medicines if line.is_short and line.line_id not in mine.instead]
    others = {line.line_id: dispensing.substitutes(session, actor, line.line_id) for line in short}
    warned = dispensing.out_of_turn(session, actor, bill.medicines, mine.instead, mine.by_hand)
    wanted = sum(line.quantity for line in bill.medicines)
    return Plan(items, others, warned, sum(item.quantity for item in items) < wanted, refusal)


def lines(bill: Waiting, plan: Plan) -> None:
    """Each with how it is taken, what is missing, and what else could be done."""
    if plan.refusal:
        show_refusal(plan.refusal)
    for sentence in plan.out_of_turn:
        st.markdown(f":orange[:material/swap_vert:] {plain(sentence)}")
    for line in bill.medicines:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_told(bill, line))
            st.space("stretch")
            st.button(
                say("Change"), key=f"change_{line.line_id}", type="tertiary", icon=":material/tune:",
                on_click=open_dialog, args=["counter.line", (bill, line)],
            )  # fmt: skip
        _offered(bill, line, plan.substitutes.get(line.line_id, []))


def dialogs() -> None:
    if about := opened("counter.line"):
        _change(*about)


def _told(bill: Waiting, line: Owed) -> str:
    text = f"**{plain(line.medicine)}**, {units(line.quantity, plain(line.unit))}"
    if line.line_id in chosen(bill).instead:
        text += f" :blue-badge[:material/swap_horiz: {say('Substitute')}]"
    elif line.is_short:
        text += f" :orange-badge[:material/warning: {there(line)}]"
    if line.unprescribed:
        text += f" :red-badge[:material/lock: {say('Controlled, no prescription')}]"
    return text + (f"  \n:small[:gray[:material/prescriptions: {plain(line.in_words)}]]" if line.in_words else "")


def there(line: Owed) -> str:
    """How much of it may be handed over; and what lies there beside that and may not."""
    if line.blocked:
        return say("{count:,} there, {blocked:,} blocked", count=line.on_hand, blocked=line.blocked)
    return say("{count:,} there", count=line.on_hand) if line.on_hand else say("None there")


def _offered(bill: Waiting, line: Owed, others: Sequence[Substitute]) -> None:
    """The same medicine of another maker, where this one is short."""
    for other in others:
        facts = {"medicine": plain(other.medicine), "on_hand": units(other.on_hand, plain(other.unit))}
        if other.same_price:
            st.button(
                say("Give {medicine}: {on_hand} there, at the same price", **facts),
                key=f"instead_{line.line_id}_{other.medicine_id}", icon=":material/swap_horiz:",
                on_click=_choose, args=[bill, line, other.medicine_id, None],
            )  # fmt: skip
        else:
            price = plain(money(other.price * (1 + other.tax_percent / 100)))
            dearer = later("{medicine}: {on_hand} there, at {price} each. The cash desk changes the bill to it first.")
            st.caption(f":material/payments: {say(dearer, price=price, **facts)}")


def _choose(bill: Waiting, line: Owed, medicine_id: int, batch_id: int | None) -> None:
    """What is usual is no choice."""
    mine = chosen(bill)
    for kept in (mine.instead, mine.by_hand):
        kept.pop(line.line_id, None)
    if medicine_id != line.medicine_id:
        mine.instead[line.line_id] = medicine_id
    if batch_id is not None:
        mine.by_hand[line.line_id] = batch_id


@dialog(later("Change a line"), icon=":material/tune:", on_dismiss=close_dialog)
def _change(bill: Waiting, line: Owed) -> None:
    """Another batch, the same medicine of another maker, or less of it."""
    facts = {"medicine": plain(line.medicine), "patient": plain(bill.patient)}
    st.markdown(say("**{medicine}**, {units} for {patient}", units=units(line.quantity, plain(line.unit)), **facts))
    _from_another_batch(bill, line)
    _not_given(line)


def _from_another_batch(bill: Waiting, line: Owed) -> None:
    mine, actor = chosen(bill), current_actor()
    asked = st.session_state.get(f"pick_medicine_{line.line_id}")
    with reading() as session:
        others = [one for one in dispensing.substitutes(session, actor, line.line_id) if one.same_price]
        names = {line.medicine_id: line.medicine} | {one.medicine_id: one.medicine for one in others}
        now = mine.instead.get(line.line_id, line.medicine_id)
        seen = next((one for one in (asked, now) if one in names), line.medicine_id)
        shelf = dict(dispensing.shelf_of(session, actor, seen))
    medicine_id = line.medicine_id
    if len(names) > 1:
        medicine_id = st.selectbox(
            say("Medicine"), list(names), format_func=names.__getitem__, key=f"pick_medicine_{line.line_id}",
            index=list(names).index(now) if now in names else 0,
        )  # fmt: skip
    words = {IN_TURN: say("As they leave in turn")} | shelf
    batch_id = st.selectbox(
        say("Batch"), list(words), format_func=words.__getitem__, key=f"pick_batch_{line.line_id}_{medicine_id}",
        index=list(words).index(batch) if (batch := mine.by_hand.get(line.line_id, IN_TURN)) in words else 0,
    )  # fmt: skip
    if st.button(say("Take this"), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        _choose(bill, line, medicine_id, batch_id or None)
        close_dialog()
        st.rerun()


def _not_given(line: Owed) -> None:
    name = f"call_off_{line.line_id}"
    with st.expander(say("Not given"), icon=":material/remove_shopping_cart:"), st.form(form_key(name), border=False):
        quantity = units_box(say("How many are not given"), line.quantity)
        reason = because(WHY_NOT_GIVEN, key=f"why_{form_key(name)}")
        st.caption(say("They are no longer owed. The cash desk pays them back."))
        sent = st.form_submit_button(say("Not given"), width="stretch")
    if sent:
        with refusals_shown():
            left = act(name, dispensing.call_off, line.line_id, whole(quantity), reason)
            close_dialog()
            flash(
                say("{medicine}: {left} still owed", medicine=line.medicine, left=units(left, line.unit))
                if left
                else say("{medicine} is not given", medicine=line.medicine)
            )
