"""How the backups are, for whoever is responsible for them, and one more now."""

import streamlit as st

from core import backup
from core.backup import Overview
from core.permissions import Actor
from pages.ui import backup_job
from pages.ui.show import moment, plain


def kept(actor: Actor) -> None:
    """The newest, where it lies, the last drill, and the button."""
    st.subheader("Backups", anchor=False)
    seen, job = backup.overview(), backup_job.backups.at_work()
    if seen.problem:
        st.warning(plain(seen.problem), icon=":material/warning:")
    st.markdown(_newest(seen))
    st.caption(_drill(seen))
    if job:
        _progress()
        return
    _last()
    if st.button("Back up now", key="back_up_now", icon=":material/backup:", help="People work on meanwhile."):
        backup_job.begin(actor)
        st.rerun()


@st.fragment(run_every=0.5)
def _progress() -> None:
    if backup_job.backups.at_work() is None:
        st.rerun(scope="app")
    st.markdown(":material/hourglass_top: A backup is being taken. It goes on when you leave this page.")


def _last() -> None:
    job = backup_job.backups.ended()
    if job is None:
        return
    if job.problem:
        st.error(plain(job.problem), icon=":material/error:")
    elif job.taken:
        st.success(f"Taken and checked: {plain(job.taken.path.name)}", icon=":material/check:")


def _newest(seen: Overview) -> str:
    if seen.newest is None:
        by_itself = "The first is taken tonight." if seen.nightly else "Your own database is yours to save."
        return f"There is no backup yet. {by_itself}"
    size = f"{seen.newest.size / 1e6:,.1f} MB"
    others = f", {seen.count:,} are kept" if seen.count > 1 else ""
    return f"The newest is of **{moment(seen.newest.taken_at)}**, {size}{others}."


def _drill(seen: Overview) -> str:
    drilled = (
        f"The last restore drill passed {moment(seen.drill.at)}" if seen.drill else "No restore drill was made yet"
    )
    where = plain(str(seen.folder))
    return f"{drilled}; `qure restore-drill` makes one. Backups lie in {where}: copy them to another machine."
