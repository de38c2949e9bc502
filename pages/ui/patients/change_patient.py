"""Changing a record, when somebody else may be changing it too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from core import patients
from core.called import called
from core.errors import ClinicError
from core.patients import FIELDS, ChangedMeanwhile, PatientCard, PatientDetails, Sex
from core.words import later, say
from pages.ui import file_access
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash, show_refusal
from pages.ui.patients.patient_form import clinical_fields, patient_fields
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, plain
from pages.ui.work import act, forget_form, form_key, reading

_RECORD, _CLINICAL = "amend", "clinical"


@dataclass(frozen=True)
class Drawn:
    """The record as the form was filled with it, and what the form shows: the same, but for what was typed before."""

    record: PatientDetails
    shown: PatientDetails
    news: tuple[str, ...] = ()


def ask_to_change(patient_id: int) -> None:
    """For a button's on_click."""
    _open(_RECORD, patient_id)


def ask_for_clinical(patient_id: int) -> None:
    """The same for what must not be overlooked, and nothing else."""
    _open(_CLINICAL, patient_id)


def change_patient_if_asked() -> None:
    """Call it where the page draws its dialogs."""
    if patient_id := opened(_RECORD):
        _change(patient_id)


def change_clinical_if_asked(patient_id: int) -> None:
    if opened(_CLINICAL) == patient_id:
        _change_clinical(patient_id)


@dialog(later("Change the record"), width="medium", icon=":material/edit:", on_dismiss=close_dialog)
def _change(patient_id: int) -> None:
    file_access.card_opened(patient_id)
    if saved := _saved(_RECORD, patient_id, patient_fields):
        flash(say("{name} saved", name=saved.name))


@dialog(later("Allergies and conditions"), icon=":material/warning:", on_dismiss=close_dialog)
def _change_clinical(patient_id: int) -> None:
    if _saved(_CLINICAL, patient_id, clinical_fields, enter=True):
        flash(say("Allergies and conditions saved"))


def _saved(
    dialog_name: str, patient_id: int, fields: Callable[[PatientDetails], PatientDetails], *, enter: bool = False
) -> PatientCard | None:
    """The form of a dialog; the patient once it is saved. `enter`: the key saves."""
    name = _form(dialog_name, patient_id)
    drawn = _drawn(name, patient_id)
    for sentence in drawn.news:
        st.warning(sentence, icon=":material/sync_problem:")
    with st.form(form_key(name), border=False, enter_to_submit=enter):
        typed = fields(drawn.shown)
        sent = st.form_submit_button(say("Save"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    return _save(name, patient_id, typed, drawn) if sent else None


def _save(name: str, patient_id: int, typed: PatientDetails, drawn: Drawn) -> PatientCard | None:
    changed = typed
    if typed.age_years is not None and _estimated(patient_id) and typed.birth_date == drawn.shown.birth_date:
        changed = replace(typed, birth_date=None)  # a new age takes the place of the estimated day
    try:
        saved = act(name, patients.amend, patient_id, changed, drawn.record)
    except ChangedMeanwhile:
        forget_form(name)
        st.session_state[_key(name)] = _together(typed, drawn, _read(patient_id))
        st.rerun()
    except ClinicError as refusal:
        show_refusal(refusal)
        return None
    _forget(name)
    close_dialog()
    return saved


def _together(typed: PatientDetails, drawn: Drawn, now: PatientDetails) -> Drawn:
    """What was typed here, and the record as it is now where nothing was; with what became of the fields, in words."""
    mine = {field: getattr(typed, field) for field in FIELDS if getattr(typed, field) != getattr(drawn.record, field)}
    theirs = [field for field in FIELDS if getattr(now, field) != getattr(drawn.record, field)]
    return Drawn(now, replace(now, **mine, age_years=typed.age_years), _in_words(theirs, mine, now))


def _in_words(theirs: Sequence[str], mine: dict[str, object], now: PatientDetails) -> tuple[str, ...]:
    told = []
    for field in theirs:
        label, value = say(FIELDS[field]).lower(), plain(_told(getattr(now, field)))
        if field in mine:
            told.append(say("{label} is now **{value}**; what you typed stands below", label=label, value=value))
        else:
            told.append(say("{label} is now **{value}**", label=label, value=value))
    return (say("Somebody else changed this record meanwhile: {told}. Check it and save again.", told=", ".join(told)),)


def _told(value: object) -> str:
    if isinstance(value, date):
        return clinic_day(value)
    return called(value) if isinstance(value, Sex) else str(value or say("empty"))


def _drawn(name: str, patient_id: int) -> Drawn:
    key = _key(name)
    if key not in st.session_state:
        record = _read(patient_id)
        st.session_state[key] = Drawn(record, record)
    drawn: Drawn = st.session_state[key]
    return drawn


def _read(patient_id: int) -> PatientDetails:
    actor = current_actor()
    with reading() as session:
        return patients.details(session, actor, patient_id)


def _estimated(patient_id: int) -> bool:
    actor = current_actor()
    with reading() as session:
        return patients.get(session, actor, patient_id).birth_date_is_estimated


def _open(dialog_name: str, patient_id: int) -> None:
    _forget(_form(dialog_name, patient_id))
    open_dialog(dialog_name, patient_id)


def _forget(name: str) -> None:
    st.session_state.pop(_key(name), None)
    forget_form(name)


def _form(dialog_name: str, patient_id: int) -> str:
    return f"{dialog_name}_{patient_id}"


def _key(name: str) -> str:
    return f"drawn:{name}"
