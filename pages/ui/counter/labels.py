"""Labels of what was handed over: to the printer by one key, or as a file."""

import streamlit as st

from core import dispensing, dosage, papers
from core.dispensing import LabelRecord
from core.papers import Label, Labels, Sheet
from core.permissions import Actor
from core.words import say
from pages.ui import printing
from pages.ui.session import clinic
from pages.ui.show import clinic_day
from pages.ui.work import reading

_SHEET = Sheet(Labels.SIZE)


def offer(actor: Actor, dispensing_id: int, shortcut: str | None = None) -> None:
    """Two buttons: print, and the PDF."""
    with reading() as session:
        paper = Labels(tuple(map(_label, dispensing.labels(session, actor, dispensing_id))))
    with st.container(horizontal=True):
        key, icon = f"labels_{dispensing_id}", ":material/label:"
        if st.button(say("Print labels"), key=key, icon=icon, shortcut=shortcut):
            printing.send_page(papers.as_html(paper, _SHEET, say("Labels")))
        st.download_button(
            "PDF", lambda: papers.as_pdf(paper, _SHEET), f"labels-{dispensing_id}.pdf", "application/pdf",
            icon=":material/download:", type="tertiary", on_click="ignore", key=f"labels_pdf_{dispensing_id}",
        )  # fmt: skip


def _label(of: LabelRecord) -> Label:
    return Label(
        clinic=clinic().name,
        patient=of.patient,
        medicine=of.medicine,
        words=of.in_words,
        quantity=dosage.units(of.quantity, of.unit),
        batch=of.batch_number,
        expires=clinic_day(of.expires_on),
        day=clinic_day(of.given_on),
    )
