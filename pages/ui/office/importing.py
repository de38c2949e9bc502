"""A file of another program as it would come in: counts, first rows, what is refused and why, and the button."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core import fields, spreadsheet
from core.imports import sheet
from core.imports.reading import Outcome, outcome
from core.imports.sheet import MOST_MEGABYTES, Finding
from core.permissions import Actor
from core.words import say, written
from pages.ui.office import import_job
from pages.ui.office.import_job import Job
from pages.ui.office.import_kinds import KINDS, Kind
from pages.ui.session import current_actor
from pages.ui.show import empty, plain, table
from pages.ui.work import forget_form, form_key, reading, refusals_shown

FIRST_ROWS = 20
MOST_SHOWN = 500  # findings; the file has all of them
_METRIC_PX = 170  # two beside each other on a phone
_FORM, _SEEN = "import", "import_seen"


@dataclass(frozen=True)
class Seen:
    """What a file would do, as it was when it was chosen, with these choices."""

    kind: Kind
    file_id: str
    options: dict[str, object]
    data: bytes
    would: Outcome
    first: list[dict[str, object]]
    doubles: int


def choose() -> tuple[Kind, str]:
    """What the file holds, and the name of the program it comes from if that was given."""
    with st.container(horizontal=True):
        name = st.segmented_control(
            say("What does the file hold?"), list(KINDS), default="patients", required=True, key="import_kind",
            format_func=lambda one: say(KINDS[one].title),
        )  # fmt: skip
        kind = KINDS[name]
        if not kind.numbered:
            return kind, ""
        source = st.text_input(
            say("Source of the file"), key="import_source", max_chars=40, width=260,
            placeholder=say("Only if there are several"),
            help=say("The program it comes from: two may give one number to two people. Always write it the same way."),
        )  # fmt: skip
    return kind, fields.line(source)


def from_file(kind: Kind, source: str = "") -> None:
    """Everything between choosing a file and its rows on the books, for whoever may bring in this kind."""
    if chosen := upload(kind):
        with refusals_shown():
            show(looked_at(kind, source, *chosen))


def upload(kind: Kind) -> tuple[str, bytes] | None:
    """The chosen file as (its identity, its bytes)."""
    file = st.file_uploader(
        say("A CSV file"),
        type=["csv", "tsv", "txt"],
        max_upload_size=MOST_MEGABYTES,
        help=say(
            "Columns apart by comma, semicolon or tab, in any usual encoding; at most {most} MB.", most=MOST_MEGABYTES
        ),
        key=f"{form_key(_FORM)}_{kind.name}",
    )
    if file is not None:
        return file.file_id, file.getvalue()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say(":small[:gray[A sheet of Excel is saved as CSV first.]]"), width="stretch")
        _download(
            say("Empty file with the right columns"),
            partial(spreadsheet.csv, kind.template.split(","), []),
            f"{kind.name}.csv",
        )
    empty(say("Choose a file to see what would come in. Nothing is written before you say so."), "upload_file")
    return None


def looked_at(kind: Kind, source: str, file_id: str, data: bytes) -> Seen:
    """Read once for each file and choice: a large one takes a while. Raises what the importer refuses."""
    options: dict[str, object] = {"source": source} if source else {}
    if st.session_state.get(_leave_out(file_id)):
        options["leave_out_doubles"] = True
    seen: Seen | None = st.session_state.get(_SEEN)
    if seen is None or (seen.kind, seen.file_id, seen.options) != (kind, file_id, options):
        actor = current_actor()
        with st.spinner(say("Reading the file")):
            with reading() as session:
                found = kind.preview(session, actor, data, **options)
            first = [{say("Line"): item.line, **kind.row(item.details)} for item in found.accepted[:FIRST_ROWS]]
            seen = Seen(kind, file_id, options, data, outcome(found), first, len(found.doubles))
        st.session_state[_SEEN] = seen
    return seen


def show(seen: Seen) -> None:
    would = seen.would
    _counts(would, say("Will come in"))
    for remark in would.remarks:
        st.caption(plain(remark))
    if seen.doubles:
        st.toggle(
            say("Leave out {count:,} who may be on record already", count=seen.doubles),
            key=_leave_out(seen.file_id),
            help=say("They are listed with the record they resemble. Taken, they can be merged later."),
        )
    _button(seen)
    refused = say("Refused: {count:,}", count=would.rejected_rows)
    noted = say("Worth a look: {count:,}", count=len(would.notes))
    rows, rejected, notes = st.tabs([say("First rows"), refused, noted])
    with rows:
        table(seen.first, say("No row of this file would come in."), "block")
    with rejected:
        _findings(seen.kind, seen.data, would.rejected, say("No row is refused."), "refused")
    with notes:
        _findings(seen.kind, seen.data, would.notes, say("Nothing to note."), "notes")


def under_way() -> None:
    """The import at work, whoever's it is. Afterwards the screen begins anew: the browser has dropped the file."""
    _begin_anew()
    _progress()


@st.fragment(run_every=0.5)
def _progress() -> None:
    job = import_job.imports.at_work()
    if job is None:
        st.rerun(scope="app")
    share = job.done / job.of if job.of else 0.0
    told = say("{done:,} of {all:,} rows", done=job.done, all=job.of) if job.of else say("Reading the file")
    st.progress(share, f"{told} …")
    if job.actor != current_actor():
        st.caption(say("{name} began this.", name=plain(job.actor.name)))
    st.caption(say("All of the file or nothing: you may close this tab, and the import goes on."))


def last(actor: Actor) -> None:
    """What became of the import this person made, until it is closed."""
    job = import_job.ended(actor)
    if job is None:
        return
    with st.container(border=True):
        if job.outcome is None:
            st.error(plain(job.problem), icon=":material/error:")
        else:
            _done(job, job.outcome)
        st.button(
            say("Close"), on_click=import_job.imports.forget, args=[job], icon=":material/close:", type="tertiary"
        )


def _leave_out(file_id: str) -> str:
    return f"leave_out_{file_id}"


def _done(job: Job, done: Outcome) -> None:
    kind = KINDS[job.kind]
    st.markdown(f"**:material/check_circle: {kind.came_in(done.added)}**")
    _counts(done, say("Came in"))
    if done.rejected:
        _findings(kind, job.data, done.rejected, "", "refused", key="done")


def _counts(counted: Outcome, word: str) -> None:
    counts = {
        say("Rows"): counted.rows,
        word: counted.added,
        say("Already here"): counted.already_there,
        say("Refused"): counted.rejected_rows,
    }
    with st.container(horizontal=True):
        for label, count in counts.items():
            st.metric(label, written(count), border=True, width=_METRIC_PX)


def _button(seen: Seen) -> None:
    """One transaction for the whole file: all that can be taken comes in, or nothing."""
    if not seen.would.added:
        empty(say("Nothing of this file would come in."), "block" if seen.would.rejected else "check")
        return
    name, key = seen.kind.name, form_key(_FORM)
    if st.button(
        seen.kind.button(seen.would.added), key=key, type="primary", icon=":material/upload:", shortcut="Ctrl+Enter"
    ):
        import_job.begin(key, current_actor(), name, seen.data, partial(seen.kind.save, **seen.options))
        _begin_anew()
        st.rerun()


def _begin_anew() -> None:
    forget_form(_FORM)
    st.session_state.pop(_SEEN, None)


def _findings(
    kind: Kind, data: bytes, findings: Sequence[Finding], sentence: str, name: str, key: str = "preview"
) -> None:
    shown: list[dict[str, object]] = [
        {say("Line"): f.line, say("Column"): f.column, say("Reason"): f.reason, say("Value"): f.value}
        for f in findings[:MOST_SHOWN]
    ]
    table(shown, sentence, "check", {say("Line"): {"width": "small"}, say("Reason"): {"width": "large"}})
    if findings:
        told = say("The file holds these rows as they came, each with its reason.")
        if len(findings) > MOST_SHOWN:
            told = f"{say('The first {shown:,} of {all:,}.', shown=MOST_SHOWN, all=len(findings))} {told}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[:gray[{told}]]", width="stretch")
            made = partial(sheet.refused, data, kind.aliases, findings)
            _download(say("These rows as CSV"), made, f"{kind.name}-{name}.csv", key=f"{key}_{name}")


def _download(label: str, made: Callable[[], bytes], name: str, key: str | None = None) -> None:
    st.download_button(
        label, made, name, "text/csv", on_click="ignore", type="tertiary", icon=":material/download:", key=key
    )  # fmt: skip
