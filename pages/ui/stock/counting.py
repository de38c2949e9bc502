"""Stock-take: batches are counted while work goes on, the differences explained and posted."""

from typing import Any

import streamlit as st

from core import dosage, papers
from core.inventory import BatchRecord, stock_takes
from core.inventory.stock_takes import Counted, LineRecord, StockTakeRecord, StockTakeState, Unexplained
from core.spreadsheet import harmless
from core.words import later, say, say_count
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.numbers import units_box, whole
from pages.ui.reasons import because
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, clock_time, empty, money, plain, units
from pages.ui.stock.counting_box import batch_to_count
from pages.ui.stock.counting_papers import count_sheet
from pages.ui.stock.stock_address import number_in_address, show
from pages.ui.stock.stock_takes_list import begun, past, posted
from pages.ui.typed_grid import held
from pages.ui.work import act, form_key, reading, refusals_shown

POST, GIVE_UP = "stock.post", "stock.give_up"
SCAN, SHEET, DIFFERENT = "Scan or choose", "From the sheet", "Differences"
_LATEST = 8


def count() -> None:
    """The stock-take that is open, else the way to begin one and those before."""
    actor, asked = current_actor(), number_in_address("take")
    with refusals_shown():
        with reading() as session:
            looked_at = stock_takes.get(session, actor, asked) if asked else None
            take = looked_at or stock_takes.open_one(session, actor)
            before = [] if take else stock_takes.list_(session, actor)
        if take is None:
            _begin()
            past(before)
        elif take.summary.state is StockTakeState.OPEN:
            _open(take)
        else:
            posted(take)


def counting_dialogs() -> None:
    """Whichever of them is open."""
    if take := opened(POST):
        post(take)
    if take := opened(GIVE_UP):
        give_up(take)


@dialog(later("Post the stock-take"), icon=":material/task_alt:", on_dismiss=close_dialog)
def post(take: StockTakeRecord) -> None:
    different, left = take.differences, len(take.uncounted)
    told = say(
        "{counted:,} counted, **{different:,}** of them differ: {missing} missing, {found} found.",
        counted=len(take.lines),
        different=len(different),
        missing=plain(money(-take.missing)),
        found=plain(money(take.found)),
    )
    st.markdown(told)
    if left:
        st.caption(say("{count:,} not counted: they stay as the books have them.", count=left))
    if st.button(say("Post"), key=form_key("post"), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            act("post", stock_takes.post, take.summary.stock_take_id)
            show("Count", take=take.summary.stock_take_id)
            _done(say("{number} is posted", number=take.summary.number), "task_alt")


@dialog(later("Give the stock-take up"), icon=":material/delete:", on_dismiss=close_dialog)
def give_up(take: StockTakeRecord) -> None:
    st.markdown(
        say("What was counted in {number} is not used, and the books stay as they are.", number=take.summary.number)
    )
    if st.button(say("Give it up"), key=form_key("give_up"), type="primary", width="stretch"):
        with refusals_shown():
            act("give_up", stock_takes.cancel, take.summary.stock_take_id)
            _done(say("{number} is given up", number=take.summary.number), "delete")


def _begin() -> None:
    st.markdown(say("Count what lies on the shelves, while work goes on: the books follow what you counted."))
    with st.form(form_key("stock_take"), border=False):
        box, button = st.columns([5, 2], vertical_alignment="bottom")
        note = box.text_input(say("What is counted"), placeholder=say("Everything, shelf A, controlled medicines …"))
        sent = button.form_submit_button(
            say("Begin a stock-take"),
            type="primary",
            shortcut="Ctrl+Enter",
            icon=":material/checklist:",
            width="stretch",
        )
    if sent:
        take = act("stock_take", stock_takes.start, note)
        flash(say("{number} has begun", number=take.summary.number), icon="checklist")


def _open(take: StockTakeRecord) -> None:
    _heading(take)
    different = say("Differences ({count:,})", count=len(take.differences))
    names = {SCAN: say("Scan or choose"), SHEET: say("From the sheet"), DIFFERENT: different}
    how = st.segmented_control(
        say("How"), list(names), default=SCAN, required=True, key="count_how", format_func=lambda how: names[how],
        label_visibility="collapsed",
    )  # fmt: skip
    if how == SCAN:
        _one_by_one(take)
    elif how == SHEET:
        _from_the_sheet(take)
    else:
        _differences(take)


def _heading(take: StockTakeRecord) -> None:
    summary = take.summary
    began = " · ".join(filter(None, (summary.note, begun(summary))))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{summary.number}**  \n:small[:gray[{plain(began)}]]", width="stretch")
        st.metric(say("Counted"), f"{len(take.lines):,}", width="content")
        st.metric(say("Not yet"), f"{len(take.uncounted):,}", width="content")
    with st.container(horizontal=True):
        sheet, name = count_sheet(take), f"count-sheet-{summary.number}.pdf"
        st.download_button(
            say("Count sheet"), lambda: papers.list_paper(sheet), name, "application/pdf", on_click="ignore",
            icon=":material/print:", key="count_sheet", help=say("What the books say is not on it."),
        )  # fmt: skip
        icon, uncounted = ":material/task_alt:", not take.lines
        st.button(say("Post"), icon=icon, on_click=open_dialog, args=[POST, take], disabled=uncounted)
        st.button(say("Give up"), icon=":material/delete:", on_click=open_dialog, args=[GIVE_UP, take], type="tertiary")


def _one_by_one(take: StockTakeRecord) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        form = form_key("count")
        batch = batch_to_count(take, form)
        before = next((line for line in take.lines if batch and line.batch.batch_id == batch.batch_id), None)
        _count_form(take, form, batch, before)
    with right:
        _latest(take)


def _count_form(take: StockTakeRecord, form: str, batch: BatchRecord | None, before: LineRecord | None) -> None:
    if before:
        who, when = plain(before.counted_by), clock_time(before.counted_at)
        told = later("{person} counted {count:,} at {time}. A new count takes its place.")
        st.caption(say(told, person=who, count=before.counted, time=when))
    with st.form(form, border=False):
        several = say("Counted, {units}", units=plain(dosage.counted(2, batch.unit))) if batch else say("Counted")
        typed = units_box(several, key=f"{form}_counted")
        sent = st.form_submit_button(
            say("Count"), type="primary", shortcut="Ctrl+Enter", width="stretch", icon=":material/check:"
        )
    if sent and batch is None:
        st.error(say("Scan or choose the batch first."), icon=":material/error:")
    elif sent and batch:
        line = act("count", stock_takes.count, take.summary.stock_take_id, batch.batch_id, whole(typed))
        facts = {"medicine": batch.medicine, "number": batch.number}
        flash(
            say("{units} of {medicine}, batch {number}", units=units(line.counted, batch.unit), **facts), icon="check"
        )


def _latest(take: StockTakeRecord) -> None:
    """Without what the books say: who counts must not know."""
    st.subheader(say("Counted last"), anchor=False)
    if not take.lines:
        empty(say("What is counted appears here."), "checklist")
    for line in sorted(take.lines, key=lambda line: line.counted_at, reverse=True)[:_LATEST]:
        batch = line.batch
        facts = f"{batch.number} · {line.counted_by}, {clock_time(line.counted_at)}"
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            said = f"**{units(line.counted, plain(batch.unit))}** {plain(batch.medicine)}"
            st.markdown(f"{said}  \n:small[:gray[{plain(facts)}]]", width="stretch")
            _take_out(take, line)


def _take_out(take: StockTakeRecord, line: LineRecord) -> None:
    name = f"take_out_{take.summary.stock_take_id}_{line.batch.batch_id}"
    if st.button("", key=form_key(name), icon=":material/close:", type="tertiary", help=say("Not counted after all")):
        act(name, stock_takes.take_out, take.summary.stock_take_id, line.batch.batch_id)
        flash(say("Batch {number} is not counted", number=line.batch.number), icon="close")


def _from_the_sheet(take: StockTakeRecord) -> None:
    """The counts as they stand on the paper, in its order."""
    name = f"count_sheet_{take.summary.stock_take_id}"
    form = form_key(name)
    key = f"{form}_rows"
    batches = held(key, take.uncounted)
    if not batches:
        empty(say("Everything in the books is counted."), "check")
        return
    st.caption(say("In the order of the printed sheet. What stays empty is not counted yet."))
    typed: list[dict[str, Any]] = st.data_editor(
        [_sheet_row(batch) for batch in batches], hide_index=True, placeholder="", key=key,
        disabled=["Medicine", "Batch", "Expires", "Unit"], column_config=_sheet_columns(),
    )  # fmt: skip
    counts = [
        Counted(batch.batch_id, whole(row["Counted"]))
        for batch, row in zip(batches, typed, strict=True)
        if row["Counted"] is not None
    ]
    label = say_count(len(counts), "Save {count:,} count", "Save {count:,} counts")
    if st.button(label, key=form, type="primary", shortcut="Ctrl+Enter", disabled=not counts):
        act(name, stock_takes.count_several, take.summary.stock_take_id, counts)
        flash(say("{count:,} counted", count=len(counts)), icon="check")


def _sheet_row(batch: BatchRecord) -> dict[str, Any]:
    said = {
        "Medicine": harmless(batch.medicine),
        "Batch": harmless(batch.number),
        "Unit": harmless(dosage.counted(1, batch.unit)),
    }
    return {**said, "Expires": clinic_day(batch.expires_on), "Counted": None}


def _sheet_columns() -> dict[str, Any]:
    plainly = st.column_config.Column
    return {
        **{"Medicine": plainly(say("Medicine")), "Batch": plainly(say("Batch")), "Unit": plainly(say("Unit"))},
        "Expires": plainly(say("Expires")),
        "Counted": st.column_config.NumberColumn(say("Counted"), min_value=0, step=1, required=False),
    }


def _differences(take: StockTakeRecord) -> None:
    different = take.differences
    if not different:
        empty(say("What was counted is what the books say.") if take.lines else say("Nothing is counted yet."), "check")
        return
    missing, found = st.columns(2)
    missing.metric(say("Missing, at cost"), money(-take.missing), border=True)
    found.metric(say("Found, at cost"), money(take.found), border=True)
    with st.form(form_key("explain"), border=False):
        reasons = {line.batch.batch_id: _difference(line) for line in different}
        sent = st.form_submit_button(
            say("Keep the reasons and post"), type="primary", shortcut="Ctrl+Enter", icon=":material/task_alt:"
        )
    if sent:
        said = {line.batch.batch_id: line.reason for line in different}
        if changed := {batch_id: reason for batch_id, reason in reasons.items() if reason != said[batch_id]}:
            take = act("explain", stock_takes.explain, take.summary.stock_take_id, changed)
        if unexplained := [line for line in take.lines if line.unexplained]:
            raise Unexplained(unexplained)
        open_dialog(POST, take)
        st.rerun()


def _difference(line: LineRecord) -> str:
    batch, colour = line.batch, "red" if line.difference < 0 else "green"
    facts = say(
        "Books {booked:,}, counted {counted:,} by {person}, {time}",
        booked=line.booked,
        counted=line.counted,
        person=line.counted_by,
        time=clock_time(line.counted_at),
    )
    what = say("{medicine}, batch {number}", medicine=plain(batch.medicine), number=plain(batch.number))
    changed = f"**:{colour}[{line.difference:+,}]** {what} :gray[{plain(money(line.value))}]"
    with st.container(border=True):
        st.markdown(f"{changed}  \n:small[:gray[{plain(facts)}]]")
        return because(stock_takes.WHY_DIFFERENT, line.reason, key=f"why_{batch.batch_id}_{line.counted_at}")


def _done(sentence: str, icon: str) -> None:
    close_dialog()
    flash(sentence, icon=icon)
