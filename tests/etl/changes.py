"""What may happen to a clinic, for tests of what becomes of its documents."""

from decimal import Decimal

from sqlalchemy import select

from core import audit, clock, icd10, visits
from core.models import (
    Diagnosis,
    Document,
    Invoice,
    InvoiceLine,
    OverriddenWarning,
    PaymentMethod,
    Prescription,
    PrescriptionItem,
    Refund,
    Visit,
    VisitReopening,
    VisitState,
)
from tests.factories import a_visit


def seen(session, doctor, patient, follow_up_on=None):
    visit = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.complete(session, doctor, visit.visit_id, follow_up_on)
    return visit.visit_id


def refund(session, admin, invoice_id, amount):
    """As the workflow will do it: money back for the first line of a bill."""
    invoice = session.get_one(Invoice, invoice_id)
    line = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)).first()
    session.add(
        Refund(
            **{"invoice_line_id": line.id, "quantity": 1, "discount": Decimal(0), "tax": Decimal(0)},
            **{"amount": Decimal(amount), "method": PaymentMethod.CASH, "reason": "Not done"},
            **{"refunded_on": clock.today(), "refunded_at": clock.now(), "refunded_by_id": admin.user_id},
        )
    )
    changes = audit.assign(invoice, refunded=Decimal(amount))
    audit.record(session, admin, audit.UPDATE, "invoice.refunded", invoice, changes, days={invoice.issued_on})


def add_late(session, doctor, visit_id, code):
    """As the workflow does it: a finding that comes after the signature says why."""
    late = Diagnosis(visit_id=visit_id, code=code, text=icd10.title(code), reason="Result of the laboratory")
    late.recorded_at, late.recorded_by_id = clock.now(), doctor.user_id
    session.add(late)
    audit.record(session, doctor, audit.CREATE, "diagnosis.added_late", late, visit_id=visit_id)


def strike(session, actor, finding):
    """As the workflow does it: a finding entered in error stays, and counts no more."""
    changes = audit.assign(
        finding, struck_at=clock.now(), struck_by_id=actor.user_id, strike_reason="Of another patient"
    )
    audit.record(session, actor, audit.UPDATE, "diagnosis.struck", finding, changes, visit_id=finding.visit_id)


def reopen(session, actor, visit_id):
    """As the workflow does it: a signed visit is open once more."""
    visit, reopened = session.get_one(Visit, visit_id), {"reopened_at": clock.now(), "reopened_by_id": actor.user_id}
    reopening = VisitReopening(visit_id=visit_id, completed_at=visit.completed_at, reason="Wrong patient", **reopened)
    session.add(reopening)
    changes = audit.assign(visit, state=VisitState.OPEN, completed_at=None)
    days = [clock.day_of(visit.started_at)]
    audit.record(session, actor, audit.UPDATE, "visit.reopened", visit, changes, days=days, visit_id=visit_id)


def sign_again(session, doctor, visit_id):
    visit = session.get_one(Visit, visit_id)
    changes = audit.assign(visit, state=VisitState.COMPLETED, completed_at=clock.now())
    days = [clock.day_of(visit.started_at)]
    audit.record(session, doctor, audit.UPDATE, "visit.completed", visit, changes, days=days, visit_id=visit_id)


def print_paper(session, doctor, visit_id, kind):
    paper = Document(code=f"{kind}{visit_id}", kind=kind, visit_id=visit_id, issued_at=clock.now(), content={})
    paper.patient_id, paper.issued_by_id = session.get_one(Visit, visit_id).patient_id, doctor.user_id
    session.add(paper)
    audit.record(session, doctor, audit.CREATE, "document.issued", paper)


def answer_warning(session, visit_id, kind):
    """The first item of a visit was prescribed against a warning."""
    items = select(PrescriptionItem.id).join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
    [item, *_] = session.scalars(items.where(Prescription.visit_id == visit_id).order_by(PrescriptionItem.id))
    session.add(OverriddenWarning(prescription_item_id=item, kind=kind, sentence="Too much.", source="The book"))
