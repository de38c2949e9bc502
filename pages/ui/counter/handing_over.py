"""What the counter shows: who waits for medicines, what to take from the shelf for one, what was handed over."""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from core import dispensing
from core.billing import TakenBack
from core.dispensing import DispensedItem, DispensingRecord, Owed, Waiting
from core.errors import listed
from core.permissions import Actor
from core.words import say, say_count
from pages.ui.live import live
from pages.ui.show import clinic_day, clock_time, empty, plain, units
from pages.ui.work import reading

MOST_SHOWN = 20
_SCANNED = re.compile(r"/genuine/|^RX-\d{6}|^(?:\]\w\d)?(?:\(\d\d\))?\d{8}", re.IGNORECASE)


def matching(waiting: Sequence[Waiting], term: str) -> list[Waiting]:
    """Those of whose patient, MRN or bill number every word is part."""
    words = term.lower().split()
    return [
        bill for bill in waiting if all(word in f"{bill.patient} {bill.mrn} {bill.number}".lower() for word in words)
    ]


@live(seconds=2)
def waiting_list(actor: Actor, term: str, choose: Callable[[int], None]) -> None:
    """Who waits, the first to come first. `choose` is called with the id of the bill to open."""
    with reading() as session:
        waiting = matching(dispensing.list_waiting(session, actor), term)
    if not waiting:
        empty(
            say("Nobody of this name waits.") if term else say("Nobody waits for medicines. Paid bills appear here."),
            "medication",
        )
    for bill in waiting[:MOST_SHOWN]:
        facts = f"{bill.number} · {say_count(len(bill.medicines), '{count} medicine', '{count} medicines')}"
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            mark = _changed() if bill.taken_back else _readiness(bill.medicines)
            st.markdown(f"**{plain(bill.patient)}** {mark}  \n:small[:gray[{plain(facts)}]]")
            st.space("stretch")
            icon = ":material/chevron_right:"
            if st.button(say("Open"), key=f"open_{bill.invoice_id}", icon=icon, icon_position="right"):
                choose(bill.invoice_id)
                st.rerun()
    if len(waiting) > MOST_SHOWN:
        st.caption(say("And {count:,} more: type a name.", count=len(waiting) - MOST_SHOWN))


def to_hand_over(bill: Waiting, planned: Sequence[DispensedItem]) -> None:
    """What one patient gets, with the batches it comes from."""
    st.markdown(f"**{plain(bill.patient)}** {_readiness(bill.medicines)}  \n:small[:gray[{_of_bill(bill)}]]")
    st.markdown(_table(planned))


def none_there(bill: Waiting, planned: Sequence[DispensedItem]) -> bool:
    """Nothing can be handed over, for the shelf is empty of it."""
    return not planned and all(line.is_short and not line.unprescribed for line in bill.medicines)


def taken_back(bill: Waiting, why: TakenBack) -> None:
    """The doctor changed the prescription after the bill was made: nothing of it leaves the shelf."""
    st.markdown(f"**{plain(bill.patient)}** {_changed()}  \n:small[:gray[{_of_bill(bill)}]]")
    told = say(
        "{why} after this bill was made: do not hand over {names}. Send the patient to the cash desk.",
        why=plain(str(why)),
        names=plain(", ".join(line.medicine for line in bill.medicines)),
    )
    st.warning(told, icon=":material/block:")


def handed_over(record: DispensingRecord) -> None:
    """What to take from the shelf, batch by batch, and what the patient is still owed."""
    done, facts = say("Handed over to {patient}", patient=plain(record.patient)), _of_bill(record)
    at = plain(clock_time(record.dispensed_at))
    st.markdown(f":green[:material/check_circle:] **{done}**  \n:small[:gray[{facts} · {at}]]")
    st.markdown(_table(record.items))
    for line in record.owed:
        owed, medicine = units(line.quantity, plain(line.unit)), plain(line.medicine)
        told = say("Still owed: {owed} of {medicine}.", owed=owed, medicine=medicine)
        st.markdown(f":orange[:material/schedule:] {told}")


def said(sentence: str) -> None:
    """What a scan was answered; it stays until the next one."""
    st.session_state["counter_said"] = sentence


def show_said() -> None:
    if sentence := st.session_state.get("counter_said"):
        st.warning(plain(sentence), icon=":material/barcode_scanner:")


def not_waiting(numbers: Sequence[str], code: str) -> str:
    """Why a scan opened nobody."""
    if numbers:
        return say(
            "Nothing of bill {numbers} waits: it is not paid yet, or all of it was handed over.",
            numbers=listed(numbers),
        )
    return say(
        "Nobody who waits, and no bill or prescription, has the code {code}. Open a bill to scan packs for it.",
        code=code,
    )


def is_code(term: str) -> bool:
    """What scanners send into the search box and nobody types: a prescription's address or number, a pack's digits."""
    return _SCANNED.search(term.strip()) is not None


def _table(items: Sequence[DispensedItem]) -> str:
    if not items:
        return f":gray[{say('Nothing of it is on the shelf.')}]"
    swapped = {item.medicine: item.instead_of for item in items if item.instead_of}
    said = [say("{medicine} instead of {billed}", medicine=plain(m), billed=plain(b)) for m, b in swapped.items()]
    head = f"| {say('Take')} | {say('Medicine')} | {say('Batch')} | {say('Expires')} |\n|:---|:---|:---|:---|\n"
    rows = "\n".join(f"| {' | '.join(_cells(item))} |" for item in items)
    return "".join([head, rows, *(f"\n\n:blue[:material/swap_horiz:] {one}" for one in said)])


def _of_bill(of: Waiting | DispensingRecord) -> str:
    return f"{of.mrn} · {say('bill {number}', number=plain(of.number))}"


def _changed() -> str:
    return f":red-badge[:material/block: {say('Prescription changed')}]"


def _cells(item: DispensedItem) -> tuple[str, ...]:
    """Numbers and days do not break in two; the name of a medicine may."""
    whole = (units(item.quantity, plain(item.unit)), f"**{plain(item.batch_number)}**", clinic_day(item.expires_on))
    take, batch, expires = (text.replace(" ", "\N{NO-BREAK SPACE}") for text in whole)
    return take, plain(item.medicine), batch, expires


def _readiness(medicines: Sequence[Owed]) -> str:
    if any(line.unprescribed for line in medicines):
        return f":red-badge[:material/lock: {say('Needs a prescription')}]"
    short = sum(line.is_short for line in medicines)
    if not short:
        return f":green-badge[:material/check: {say('All there')}]"
    if any(line.on_hand for line in medicines):
        return f":orange-badge[:material/warning: {say('{count} short', count=short)}]"
    if any(line.blocked for line in medicines):
        return f":red-badge[:material/block: {say('Blocked')}]"
    return f":red-badge[:material/remove_shopping_cart: {say('No stock')}]"
