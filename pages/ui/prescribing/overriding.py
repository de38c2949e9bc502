"""One answered warning as a card, and the month's report as a file."""

from datetime import date, timedelta

import streamlit as st

from core import db, prescriptions
from core.prescriptions import Override, WarningKind
from core.web.acting import actor_of
from core.words import later, say
from pages.ui.show import moment, plain

MONTHS = 24
KINDS = {
    WarningKind.ALLERGY: later("Allergy"),
    WarningKind.DUPLICATE: later("The same twice"),
    WarningKind.INTERACTION: later("Interaction"),
    WarningKind.DOSE: later("Highest dose"),
    WarningKind.AGE: later("Age"),
}


def months(today: date) -> list[date]:
    """The first days of this month and those before it, newest first."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def answered(one: Override) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":orange-badge[:material/warning: {say(KINDS[one.kind])}] {plain(one.sentence)}")
        st.markdown(f"**{plain(one.reason)}**")
        source = say("source: {source}", source=one.source)
        st.caption(
            plain(" · ".join((moment(one.issued_at), one.doctor, f"{one.patient} ({one.mrn})", one.number, source)))
        )


def download(month: date) -> None:
    token = st.session_state["token"]
    st.download_button(
        "CSV", lambda: made(token, month), f"overrides-{month:%Y-%m}.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key="take_overrides",
    )  # fmt: skip


def made(token: str, month: date) -> bytes:
    """Made when it is asked for: outside any run, so that whose tab it is comes from its token."""
    with db.transaction() as session:
        return prescriptions.export_overrides(session, actor_of(session, token), month)
