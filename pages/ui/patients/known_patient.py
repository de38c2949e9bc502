"""Before somebody is registered who may have a record already: is it one of these?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.patients import Likely, MayBeKnown, PatientCard, PatientDetails
from core.words import say
from pages.ui.show import patient_line, plain
from pages.ui.work import refusals_shown


@dataclass(frozen=True)
class Asked:
    """`sent_with` is what the form held besides the details."""

    details: PatientDetails
    likely: tuple[Likely, ...]
    sent_with: tuple[Any, ...]


@contextmanager
def asked_first(form: str, details: PatientDetails, *sent_with: Any) -> Iterator[None]:
    """Around the registering: refusals are shown, and that of somebody who may be known becomes a question."""
    with refusals_shown():
        try:
            yield
        except MayBeKnown as refusal:
            st.session_state[_key(form)] = Asked(details, refusal.likely, sent_with)
            st.rerun()


def asked(form: str) -> Asked | None:
    """The question that stands, if there is one. It goes with its answer or its dialog."""
    standing: Asked | None = st.session_state.get(_key(form))
    return standing


def forget(form: str) -> None:
    st.session_state.pop(_key(form), None)


def question(form: str, standing: Asked, known: Callable[[PatientCard], None]) -> None:
    """`known` goes on with the record that is there; what it raises is shown here."""
    with st.container(border=True, key=f"known_{form}"):
        ask = say("Has **{name}** a record already?", name=plain(standing.details.name))
        st.markdown(f":orange[:material/person_alert:] {ask}")
        for one in standing.likely:
            with st.container(horizontal=True, vertical_alignment="center"):
                colour = "gray" if one.family else "orange"
                st.markdown(f"{patient_line(one.card)}  \n:{colour}-badge[{plain(one.reason)}]", width="stretch")
                if st.button(say("This is the patient"), key=f"known_{form}_{one.card.patient_id}"):
                    with refusals_shown():
                        known(one.card)
        st.caption(say("None of them? Register anyway, below."))


def anyway_button(form: str) -> bool:
    """The last of the form itself: what was changed in its boxes since the question counts."""
    standing = asked(form) is not None
    return standing and st.form_submit_button(say("Register anyway"), icon=":material/person_add:", width="stretch")


def _key(form: str) -> str:
    return f"known:{form}"
