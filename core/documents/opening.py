"""The paper itself, for those who may see it; and for anybody who holds one, whether it is genuine."""

from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core import audit, clinic, fields, papers, patients, prescriptions
from core.documents import contents
from core.documents.records import READ, DocumentRecord, record
from core.errors import NotFound
from core.models import Document, DocumentKind, Prescription, PrescriptionState
from core.papers import PrescriptionPaper, Sheet, SickNotePaper, VisitSummaryPaper
from core.permissions import Actor, Permission, allowed, require
from core.words import language, read_in, say

MedicalPaper = PrescriptionPaper | VisitSummaryPaper | SickNotePaper
_SUMMARY, _SICK_NOTE = TypeAdapter(VisitSummaryPaper), TypeAdapter(SickNotePaper)


@dataclass(frozen=True)
class Opened:
    """A paper ready to be set, which takes a moment: outside of any transaction."""

    document: DocumentRecord
    paper: MedicalPaper
    sheet: Sheet

    @property
    def name(self) -> str:
        return f"{self.document.kind.lower().replace('_', '-')}-{self.document.document_id}"

    def pdf(self) -> bytes:
        return papers.as_pdf(self.paper, self.sheet)

    def html(self) -> str:
        """For the printer."""
        return papers.as_html(self.paper, self.sheet, self.name)


def opened(session: Session, actor: Actor, code: str, public_address: str) -> Opened:
    """The paper with this code; that somebody looked is noted. `public_address` is what the QR code begins with.

    Raises NotFound, also where the actor's role may not see it: nobody is told that there is one; and ReasonNeeded
    where it may, outside the own work.
    """
    require(actor, Permission.READ_PRESCRIPTIONS)
    document = session.scalar(select(Document).where(Document.code == fields.storable(code)))
    if document is None or not allowed(actor, READ[document.kind]):
        raise NotFound("paper", code)
    patients.check_open(session, actor, document.patient_id)
    found = record(session, document.id)
    audit.record(session, actor, audit.READ, "document.opened", document, {"kind": (None, document.kind)})
    paper = _paper(session, actor, document)
    with read_in(language() if isinstance(paper, PrescriptionPaper) else paper.language):
        sheet = Sheet(
            size=clinic.profile(session).paper_size,
            code=f"{public_address.rstrip('/')}/genuine/{document.code}",
            void="" if found.stands else say("Cancelled"),
        )
    return Opened(found, paper, sheet)


def opened_prescription(session: Session, actor: Actor, prescription_id: int, public_address: str) -> Opened:
    """The paper that was issued of a prescription. Raises NotFound, also where none was, or ReasonNeeded."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    number = prescriptions.get(session, actor, prescription_id).number
    code = session.scalar(select(Document.code).where(Document.prescription_id == prescription_id))
    if code is None:
        raise NotFound("paper of", number)
    return opened(session, actor, code, public_address)


def is_genuine(session: Session, code: str) -> bool:
    """Whether the clinic issued a paper with this code, and it stands: all that is told to who only holds a code."""
    stands = or_(Document.prescription_id.is_(None), Prescription.state == PrescriptionState.ISSUED)
    known = (
        select(Document.id)
        .outerjoin(Prescription, Prescription.id == Document.prescription_id)
        .where(Document.code == fields.storable(code), Document.cancelled_at.is_(None), stands)
    )
    return session.scalar(known) is not None


def _paper(session: Session, actor: Actor, document: Document) -> MedicalPaper:
    if document.kind is DocumentKind.VISIT_SUMMARY:
        return _SUMMARY.validate_python(document.content)
    if document.kind is DocumentKind.SICK_NOTE:
        return _SICK_NOTE.validate_python(document.content)
    assert document.prescription_id is not None
    return contents.of_prescription(session, actor, document.prescription_id)
