"""Who owes the clinic money and for how long; a click leads to the bill."""

from collections.abc import Callable, Sequence

import streamlit as st

from core import billing
from core.bill_ages import AGES
from core.billing import PatientDues
from core.permissions import Actor
from core.spreadsheet import harmless
from core.words import later, say, say_count
from pages.ui.session import clinic
from pages.ui.show import empty, money, plain
from pages.ui.work import reading

EVERYBODY, HIGHEST = later("All"), 640


def dues_list(actor: Actor, open_bill: Callable[[int], None], open_patient: Callable[[str], None]) -> None:
    """`open_bill` is called with an id, `open_patient` with an MRN, before the page runs again."""
    with reading() as session:
        owed = billing.dues(session, actor)
    if not owed.patients:
        empty(say("Nobody owes anything."), "check")
        return
    tiles = [EVERYBODY, *AGES]
    with st.container(horizontal=True, gap="large"):
        for age, sum_ in zip(tiles, (owed.total, *owed.by_age), strict=True):
            st.metric(say("Owed in all") if age == EVERYBODY else say(age), money(sum_), width="content")
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    term = left.text_input(
        say("Find"), key="find_dues", live=True, icon=":material/search:", placeholder=say("Name, phone or MRN")
    )
    age = right.segmented_control(
        say("Age of the bills"), tiles, default=EVERYBODY, required=True, key="dues_age", format_func=say, wrap=True
    )
    found = [one for one in owed.patients if _fits(one, term, age)]
    total = sum((one.total for one in found), start=owed.total * 0)
    told = say_count(
        len(found),
        "{count:,} patient owes {total}. The longest owed comes first.",
        "{count:,} patients owe {total}. The longest owed comes first.",
        total=plain(money(total)),
    )
    st.caption(told)
    if found:
        _table(found, open_bill, open_patient)


def _fits(one: PatientDues, term: str, age: str) -> bool:
    said = f"{one.patient} {one.mrn} {one.phone}".lower()
    old_enough = age == EVERYBODY or one.by_age[list(AGES).index(age)] > 0
    return old_enough and all(word in said for word in term.lower().split())


def _table(found: Sequence[PatientDues], open_bill: Callable[[int], None], open_patient: Callable[[str], None]) -> None:
    def bill_clicked() -> None:
        open_bill(found[st.session_state["dues_bill"].row].oldest_id)

    def patient_clicked() -> None:
        open_patient(found[st.session_state["dues_patient"].row].mrn)

    amount = st.column_config.NumberColumn(format="%.2f", width=86)
    st.dataframe(
        [_row(one) for one in found],
        hide_index=True,
        placeholder="",
        height=min(35 * len(found) + 38, HIGHEST),
        column_config={
            say("Patient"): st.column_config.ButtonColumn(
                key="dues_patient", type="tertiary", alignment="left", width=190, pinned=True, on_click=patient_clicked
            ),
            say("Oldest bill"): st.column_config.ButtonColumn(key="dues_bill", type="tertiary", on_click=bill_clicked),
            say("Bills"): st.column_config.NumberColumn(width=48),
            say("Since"): st.column_config.DateColumn(format="D MMM YYYY", width=100),
            say("Owes"): st.column_config.NumberColumn(
                say("Owes, {currency}", currency=clinic().currency), format="%.2f", width=96
            ),
            say("Advance"): st.column_config.NumberColumn(
                format="%.2f", help=say("What the patient has with the clinic.")
            ),
            **dict.fromkeys(map(say, AGES), amount),
        },
        alt=say("Patients who owe, with the age of what they owe"),
    )


def _row(one: PatientDues) -> dict[str, object]:
    return {
        say("Patient"): harmless(one.patient),
        say("Phone"): harmless(one.phone),
        say("Owes"): float(one.total),
        say("Oldest bill"): one.oldest,
        **{say(age): float(sum_) or None for age, sum_ in zip(AGES, one.by_age, strict=True)},
        say("Bills"): one.bills,
        say("Since"): one.oldest_on,
        say("Advance"): float(one.advance) or None,
    }
