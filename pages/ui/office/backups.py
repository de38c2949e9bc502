"""How the backups are, for whoever is responsible for them, and one more now."""

import streamlit as st

from core import backup
from core.backup import Overview
from core.permissions import Actor
from core.words import say
from pages.ui.office import backup_job
from pages.ui.show import moment, plain


def kept(actor: Actor) -> None:
    """The newest, where it lies, the last drill, and the button."""
    st.subheader(say("Backups"), anchor=False)
    seen, job = backup.overview(), backup_job.backups.at_work()
    if seen.problem:
        st.warning(plain(seen.problem), icon=":material/warning:")
    st.markdown(_newest(seen))
    st.caption(_drill(seen))
    if job:
        _progress()
        return
    _last()
    if st.button(
        say("Back up now"), key="back_up_now", icon=":material/backup:", help=say("People work on meanwhile.")
    ):
        backup_job.begin(actor)
        st.rerun()


@st.fragment(run_every=0.5)
def _progress() -> None:
    if backup_job.backups.at_work() is None:
        st.rerun(scope="app")
    st.markdown(say(":material/hourglass_top: A backup is being taken. It goes on when you leave this page."))


def _last() -> None:
    job = backup_job.backups.ended()
    if job is None:
        return
    if job.problem:
        st.error(plain(job.problem), icon=":material/error:")
    elif job.taken:
        st.success(say("Taken and checked: {name}", name=plain(job.taken.path.name)), icon=":material/check:")


def _newest(seen: Overview) -> str:
    if seen.newest is None:
        none_yet = say("There is no backup yet.")
        tonight = say("The first is taken tonight.") if seen.nightly else say("Your own database is yours to save.")
        return f"{none_yet} {tonight}"
    newest = {"at": moment(seen.newest.taken_at), "size": f"{seen.newest.size / 1e6:,.1f} MB"}
    if seen.count == 1:
        return say("The newest is of **{at}**, {size}.", **newest)
    return say("The newest is of **{at}**, {size}, {count:,} are kept.", **newest, count=seen.count)


def _drill(seen: Overview) -> str:
    last = (
        say("The last restore drill passed {at}; `qure restore-drill` makes one.", at=moment(seen.drill.at))
        if seen.drill
        else say("No restore drill was made yet; `qure restore-drill` makes one.")
    )
    where = say("Backups lie in {folder}: copy them to another machine.", folder=plain(str(seen.folder)))
    return f"{last} {where}"
