"""A paper as lists show one, and who may see which kind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.orm import Session

from core import patients
from core.models import Document, DocumentKind, Prescription, PrescriptionState, User, Visit
from core.permissions import Actor, Permission, allowed, require

# What each kind is read with.
READ = {
    DocumentKind.PRESCRIPTION: Permission.READ_PRESCRIPTIONS,
    DocumentKind.VISIT_SUMMARY: Permission.READ_CLINICAL,
    DocumentKind.SICK_NOTE: Permission.READ_CLINICAL,
}


@dataclass(frozen=True)
class DocumentRecord:
    """FHIR DocumentReference. `prescription` is the number on a prescription's paper, else empty.

    `stands` is what the QR code on it answers; a prescription's paper falls with its prescription.
    """

    document_id: int
    code: str
    kind: DocumentKind
    patient_id: int
    visit_id: int
    prescription_id: int | None
    prescription: str
    issued_at: datetime
    issued_by: str
    stands: bool
    cancel_reason: str

    @property
    def address(self) -> str:
        """Where the paper itself is, for those who may see it."""
        return f"/paper/document/{self.code}"


def list_of_patient(session: Session, actor: Actor, patient_id: int) -> list[DocumentRecord]:
    """A patient's papers that the actor may see, newest first. Raises ReasonNeeded outside the own work."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    return _list(session, actor, Document.patient_id == patient_id, patient_id)


def list_of_visit(session: Session, actor: Actor, visit_id: int) -> list[DocumentRecord]:
    """A visit's papers that the actor may see, newest first. Raises ReasonNeeded outside the own work."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    patient = select(Visit.patient_id).where(Visit.id == visit_id).scalar_subquery()
    return _list(session, actor, Document.visit_id == visit_id, patient)


def record(session: Session, document_id: int) -> DocumentRecord:
    return next(iter(_read(session, Document.id == document_id)))


def _list(
    session: Session, actor: Actor, wanted: ColumnElement[bool], patient_id: int | ScalarSelect[int]
) -> list[DocumentRecord]:
    """Two statements where there is none."""
    kinds = [kind for kind, permission in READ.items() if allowed(actor, permission)]
    found = _read(session, wanted & Document.kind.in_(kinds) & patients.open_to(actor, patient_id))
    if not found:
        patients.check_open(session, actor, patient_id)
    return found


def _read(session: Session, wanted: ColumnElement[bool]) -> list[DocumentRecord]:
    rows = session.execute(
        select(Document, User.name, Prescription)
        .join(User, User.id == Document.issued_by_id)
        .outerjoin(Prescription, Prescription.id == Document.prescription_id)
        .where(wanted)
        .order_by(Document.issued_at.desc(), Document.id.desc())
        .execution_options(populate_existing=True)
    )
    return [_record(*row) for row in rows]


def _record(document: Document, issued_by: str, prescription: Prescription | None) -> DocumentRecord:
    return DocumentRecord(
        document_id=document.id,
        code=document.code,
        kind=document.kind,
        patient_id=document.patient_id,
        visit_id=document.visit_id,
        prescription_id=document.prescription_id,
        prescription=prescription.number if prescription else "",
        issued_at=document.issued_at,
        issued_by=issued_by,
        stands=document.cancelled_at is None
        and (prescription is None or prescription.state is PrescriptionState.ISSUED),
        cancel_reason=document.cancel_reason,
    )
