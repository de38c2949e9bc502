"""Books: does everything add up? Every rule with its state, every break with its records and what mends it."""

import streamlit as st

from core import books
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.office import books_findings, books_job
from pages.ui.office.books_job import Job

actor = ui.page(say("Books"), Permission.CHECK_BOOKS)


@st.fragment(run_every=0.5)
def progress() -> None:
    job = books_job.checks.at_work()
    if job is None:
        st.rerun(scope="app")
    st.progress(min(job.share, 1.0), f"{ui.plain(say(job.what))} …")
    st.caption(say("It goes on when you leave this page, and the clinic works on meanwhile."))


def head(job: Job | None) -> None:
    with ui.reading() as session:
        last = books.last(session, actor)
    with st.container(horizontal=True, vertical_alignment="center"):
        if last is None:
            st.markdown(say("The books were never checked from this screen."), width="stretch")
        else:
            told = {"at": ui.moment(last.at), "by": ui.plain(last.by), "rules": last.rules}
            result = (
                say("Last checked {at} by {by}: {broken:,} of {rules:,} broken", **told, broken=last.broken)
                if last.broken
                else say("Last checked {at} by {by}: all {rules:,} checks held", **told)
            )
            st.markdown(result, width="stretch")
        if st.button(
            say("Run all checks"),
            type="primary",
            shortcut="Ctrl+Enter",
            icon=":material/fact_check:",
            disabled=bool(job),
        ):
            books_job.begin(actor)
            st.rerun()


def results(job: Job) -> None:
    if job.problem:
        st.error(ui.plain(say(job.problem)), icon=":material/error:")
    if job.proof is None:
        return
    found = job.proof.broken
    with ui.reading() as session:
        names = {one.sentence: books.named(session, actor, one.what, one.records) for one in found if one.records}
    if found:
        books_findings.broken(actor, found, names)
    else:
        st.success(say("Everything adds up, in PostgreSQL, Redis and MongoDB."), icon=":material/verified:")
    st.subheader(say("Audit chain"), anchor=False)
    st.markdown(
        say(
            "{number:,} entries; the mark of the last one is `{mark}`",
            number=job.proof.chain_length,
            mark=job.proof.chain_head or "–",
        )
    )
    st.caption(
        say("The printed close of a drawer carries this mark: it shows whether anything before it was changed since.")
    )
    holds = [one for one in job.proof.findings if one.holds]
    st.subheader(say("Rules that hold: {number:,}", number=len(holds)), anchor=False)
    books_findings.holding(holds)


at_work = books_job.checks.at_work()
head(at_work)
if at_work:
    progress()
elif ended := books_job.checks.ended():
    results(ended)
else:
    st.caption(say("What a check finds is kept for an hour, or until Qure is started again."))
    books_findings.asked()
