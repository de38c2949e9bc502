"""What was found turned out to be wrong: struck with a reason, and shown crossed out from then on."""

import streamlit as st

from core import visits
from core.visits import DiagnosisRecord, Strike, VisitRecord, VitalsRecord
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.room import vitals
from pages.ui.show import moment, plain
from pages.ui.work import act, form_key, refusals_shown

STRIKE = "visit.strike"
Finding = DiagnosisRecord | VitalsRecord


def strike_button(finding: Finding) -> None:
    tip = say("Strike these vitals: they were wrong")
    if isinstance(finding, DiagnosisRecord):
        tip = say("Strike {code}: it was wrong", code=finding.code)
    st.button(
        "", key=f"strike_{_key(finding)}", icon=":material/strikethrough_s:", type="tertiary", help=tip,
        on_click=open_dialog, args=(STRIKE, _key(finding)),
    )  # fmt: skip


def crossed_out(finding: Finding) -> None:
    """In grey, with who struck it, when and why."""
    if finding.struck:
        st.markdown(f":gray[~~{_told(finding)}~~]  \n:small[:gray[{_why(finding.struck)}]]")


def measured_in_error(visit: VisitRecord) -> None:
    """Below the vitals of an open visit: each set can be struck; what was struck stays to be seen."""
    if visit.vitals:
        with st.expander(say("Measured in error?"), type="compact"):
            for taken in visit.vitals:
                with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                    st.markdown(f":small[{vitals.in_short(taken.measured)}]")
                    strike_button(taken)
    for gone in visit.struck_vitals:
        crossed_out(gone)


def strike_if_asked(visit: VisitRecord) -> None:
    """The dialog of whatever of this visit somebody wants to strike."""
    findings: list[Finding] = [*visit.diagnoses, *visit.vitals]
    for finding in findings:
        if opened(STRIKE) == _key(finding):
            _strike(visit.visit_id, finding)


@dialog(later("Strike this?"), icon=":material/strikethrough_s:", on_dismiss=close_dialog)
def _strike(visit_id: int, finding: Finding) -> None:
    stays = say("It stays readable, crossed out, and counts nowhere any more.")
    st.markdown(f"{_told(finding)}  \n:small[:gray[{stays}]]")
    name = f"strike_{_key(finding)}"
    verb = visits.strike_diagnosis if isinstance(finding, DiagnosisRecord) else visits.strike_vitals
    with st.form(form_key(name), border=False):
        reason = st.text_input(say("Reason"), placeholder=say("Measured on another patient"))
        sent = st.form_submit_button(say("Strike"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, verb, visit_id, _id(finding), reason)
            close_dialog()
            flash(say("Struck"), "strikethrough_s")


def _told(finding: Finding) -> str:
    if isinstance(finding, DiagnosisRecord):
        return f"{plain(finding.code)} {plain(finding.text)}"
    return vitals.in_short(finding.measured)


def _why(strike: Strike) -> str:
    return say("Struck by {by}, {at}: {reason}", by=plain(strike.by), at=moment(strike.at), reason=plain(strike.reason))


def _key(finding: Finding) -> str:
    return f"{'diagnosis' if isinstance(finding, DiagnosisRecord) else 'vitals'}_{_id(finding)}"


def _id(finding: Finding) -> int:
    return finding.diagnosis_id if isinstance(finding, DiagnosisRecord) else finding.vitals_id
