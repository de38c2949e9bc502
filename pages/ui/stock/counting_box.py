"""The box in which the batch to count is scanned, typed or chosen."""

import streamlit as st

from core.inventory import BatchRecord
from core.inventory.stock_takes import StockTakeRecord
from core.words import say
from pages.ui.keyboard import keyboard
from pages.ui.scanning import look_up
from pages.ui.show import clinic_day, plain

_SCANNED, _USED_UP = "count_scan", "count_used_up"


def batch_to_count(take: StockTakeRecord, form: str) -> BatchRecord | None:
    """Once it is chosen, the cursor goes to the count of the form."""
    counted = {line.batch.batch_id: line.batch for line in take.lines}
    batches = _used_up() | {batch.batch_id: batch for batch in take.uncounted} | counted
    names = {batch_id: _label(batch, batch_id in counted) for batch_id, batch in batches.items()}
    box = f"{form}_batch"
    _take_typed_or_scanned(form, box, batches, names)
    chosen = st.selectbox(
        say("Batch"), list(names), index=None, key=box, placeholder=say("Scan it, or type a part of its name"),
        format_func=lambda chosen: names.get(chosen, str(chosen)), accept_new_options=True,
    )  # fmt: skip
    return batches.get(chosen) if isinstance(chosen, int) else None


def _take_typed_or_scanned(form: str, box: str, batches: dict[int, BatchRecord], names: dict[int, str]) -> None:
    """Before the box is drawn: what was scanned, or typed and left with Enter, chooses the batch it means."""
    chosen = st.session_state.get(box)
    here = f"{form}_counted" if isinstance(chosen, int) else box
    if scanned := keyboard(search=here, focus_id=f"{here}:{chosen}"):
        st.session_state[_SCANNED] = scanned
    code = st.session_state.pop(_SCANNED, chosen)
    if not isinstance(code, str):
        return
    st.session_state[box] = None
    words = code.lower().split()
    meant = [batch_id for batch_id, name in names.items() if all(word in name.lower() for word in words)]
    meant = meant or _meant(code, batches)
    if len(meant) == 1:
        st.session_state[box] = meant[0]
        st.rerun()
    if meant:
        st.warning(
            say("{count} batches may be meant by {code}: choose one.", count=len(meant), code=plain(code)),
            icon=":material/barcode:",
        )


def _meant(code: str, batches: dict[int, BatchRecord]) -> list[int]:
    """By a scanner, or the number of a batch of which nothing is left in the books. Says so if it is none of them."""
    scan = look_up(code)
    if isinstance(scan, str):
        st.error(scan, icon=":material/error:")
        return []
    if scan.batch and scan.batch.batch_id not in batches:
        st.session_state[_USED_UP] = _used_up() | {scan.batch.batch_id: scan.batch}
        return [scan.batch.batch_id]
    meant = [batch.batch_id for batch in scan.batches if batch.batch_id in batches]
    if scan.medicine and not scan.number:
        meant = meant or [b.batch_id for b in batches.values() if b.medicine_id == scan.medicine.medicine_id]
    if not meant:
        said = say("{code} is not in the books: receive it, then it can be counted.", code=plain(code))
        st.error(said, icon=":material/error:")
    return meant


def _used_up() -> dict[int, BatchRecord]:
    found: dict[int, BatchRecord] = st.session_state.get(_USED_UP, {})
    return found


def _label(batch: BatchRecord, counted: bool) -> str:
    mark = "✓ " if counted else ""
    return f"{mark}{batch.medicine} · {batch.number} · {clinic_day(batch.expires_on)}"
