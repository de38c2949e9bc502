"""Papers are issued and taken back. What a visit summary or a sick note says is kept as it was said."""

import secrets
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, fields, patients, prescriptions, visits
from core.documents import contents
from core.documents.records import DocumentRecord, record
from core.errors import Conflict, NotFound, check
from core.models import Document, DocumentKind, Prescription, PrescriptionState, User, Visit, VisitState
from core.papers import SickNotePaper, VisitSummaryPaper
from core.permissions import Actor, Permission, allowed, require
from core.prescriptions import PrescriptionCancelled
from core.visits import NotYourVisit
from core.words import ENGLISH, say

MOST_SICK_DAYS = 90
_SICK_BEFORE_THE_VISIT, _SICK_AFTER_THE_VISIT = timedelta(days=3), timedelta(days=7)


class NoPaperOfVisit(Conflict):
    def __init__(self, state: VisitState) -> None:
        self.state = state
        super().__init__(
            say("This visit is not completed yet. Complete it, then its papers can be made.")
            if state is VisitState.OPEN
            else say("This visit was cancelled. It has no papers.")
        )


class TakenBack(Conflict):
    def __init__(self, reason: str) -> None:
        super().__init__(say("This paper has been taken back already: {reason}", reason=reason))


class FallsWithPrescription(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            say(
                "The paper stands as long as prescription {number} does. Cancel the prescription instead.",
                number=number,
            )
        )


def prescription_paper(session: Session, actor: Actor, prescription_id: int) -> DocumentRecord:
    """The one paper of a prescription, made when it is first asked for. Raises PrescriptionCancelled."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    visit_id = session.scalar(select(Prescription.visit_id).where(Prescription.id == prescription_id))
    if visit_id is None:
        raise NotFound("prescription", prescription_id)
    # Held, so that it is neither cancelled nor its patient merged meanwhile.
    visit = session.get_one(Visit, visit_id, with_for_update=True, populate_existing=True)
    patients.check_open(session, actor, visit.patient_id, visit.doctor_id)
    ordered = session.get_one(Prescription, prescription_id, populate_existing=True)
    if ordered.state is not PrescriptionState.ISSUED:
        raise PrescriptionCancelled(ordered.number)
    made = _issue(session, actor, DocumentKind.PRESCRIPTION, visit, {}, prescription_id)
    one = select(Document.id).where(Document.prescription_id == prescription_id)
    return record(session, made or session.scalars(one).one())


def visit_summary(session: Session, actor: Actor, visit_id: int) -> DocumentRecord:
    """Of an own completed visit. As long as nothing was added since, the one there is. Raises NoPaperOfVisit."""
    require(actor, Permission.CONSULT)
    visit = _locked_completed(session, actor, visit_id)
    paper = contents.of_visit(session, actor, visit)
    return _same_or_new(session, actor, DocumentKind.VISIT_SUMMARY, visit, paper)


def sick_note(
    session: Session,
    actor: Actor,
    visit_id: int,
    first_on: date,
    last_on: date,
    remark: str = "",
    *,
    with_diagnosis: bool = False,
) -> DocumentRecord:
    """Of an own completed visit, both days included. Why somebody is ill stands there only `with_diagnosis`.

    Raises NoPaperOfVisit or Invalid.
    """
    require(actor, Permission.CONSULT)
    visit = _locked_completed(session, actor, visit_id)
    found = visits.get(session, actor, visit_id).diagnoses if with_diagnosis else ()
    remark = fields.paragraph(remark)
    check(
        first_on=_first_day_problem(first_on, clock.day_of(visit.started_at)),
        last_on=_last_day_problem(first_on, last_on),
        remark=fields.length_problem(remark, say("The remark"), 1_000),
        diagnosis=say("This visit has no diagnosis to write on the note.") if with_diagnosis and not found else None,
    )
    diagnosed = ", ".join(one.text for one in found)
    paper = contents.of_sick_note(session, visit, first_on, last_on, remark, diagnosed=diagnosed)
    return _same_or_new(session, actor, DocumentKind.SICK_NOTE, visit, paper)


def cancel(session: Session, actor: Actor, document_id: int, reason: str) -> DocumentRecord:
    """Take a paper back: its code says "not genuine" from now on. By the doctor of its visit or an administrator.

    Raises NotYourVisit, FallsWithPrescription, TakenBack or Invalid.
    """
    require(actor, Permission.CONSULT)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason")))
    document = session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise NotFound("paper", document_id)
    _check_cancellable(session, actor, document)
    document.cancel_reason = reason  # no part of the trail: it may say why somebody is ill
    changes = audit.assign(document, cancelled_at=clock.now())
    audit.record(session, actor, audit.UPDATE, "document.cancelled", document, changes)
    return record(session, document_id)


def _locked_completed(session: Session, actor: Actor, visit_id: int) -> Visit:
    visit = visits.locked_own(session, actor, visit_id)
    if visit.state is not VisitState.COMPLETED:
        raise NoPaperOfVisit(visit.state)
    return visit


def _check_cancellable(session: Session, actor: Actor, document: Document) -> None:
    doctor = select(User.id, User.name).join(Visit, Visit.doctor_id == User.id).where(Visit.id == document.visit_id)
    doctor_id, name = session.execute(doctor).one()
    if doctor_id != actor.user_id and not allowed(actor, Permission.REOPEN_VISITS):
        raise NotYourVisit(name)
    patients.check_open(session, actor, document.patient_id, doctor_id)
    if document.prescription_id is not None:
        raise FallsWithPrescription(prescriptions.get(session, actor, document.prescription_id).number)
    if document.cancelled_at is not None:
        raise TakenBack(document.cancel_reason)


def _same_or_new(
    session: Session, actor: Actor, kind: DocumentKind, visit: Visit, paper: VisitSummaryPaper | SickNotePaper
) -> DocumentRecord:
    """The row of the visit is held: two clicks make one paper."""
    told = asdict(paper)
    if paper.language == ENGLISH:
        told.pop("language")  # as on papers from before there was another
    content = audit.jsonable({"content": (None, told)})["content"][1]
    same = select(Document.id).where(
        Document.visit_id == visit.id,
        Document.kind == kind,
        Document.cancelled_at.is_(None),
        Document.content == content,
    )
    made = session.scalar(same.limit(1)) or _issue(session, actor, kind, visit, content)
    assert made is not None
    return record(session, made)


def _issue(
    session: Session,
    actor: Actor,
    kind: DocumentKind,
    visit: Visit,
    content: dict[str, Any],
    prescription_id: int | None = None,
) -> int | None:
    """The new paper, or None if its prescription has one, also where somebody else makes it at this moment."""
    row = {
        **{"code": secrets.token_urlsafe(16), "kind": kind, "patient_id": visit.patient_id, "visit_id": visit.id},
        **{"prescription_id": prescription_id, "issued_at": clock.now(), "issued_by_id": actor.user_id},
        **{"content": content, "cancel_reason": ""},
    }
    one_each = insert(Document).values(row).on_conflict_do_nothing(index_elements=[Document.prescription_id])
    document: Document | None = session.scalar(one_each.returning(Document))
    if document is None:
        return None
    audit.record(session, actor, audit.CREATE, "document.issued", document, {"kind": (None, kind)})
    return document.id


def _first_day_problem(first_on: date, visit_on: date) -> str | None:
    if visit_on - _SICK_BEFORE_THE_VISIT <= first_on <= visit_on + _SICK_AFTER_THE_VISIT:
        return None
    return say("The first day must lie between 3 days before the visit and 7 days after it.")


def _last_day_problem(first_on: date, last_on: date) -> str | None:
    if last_on < first_on:
        return say("The last day lies before the first.")
    if (days := (last_on - first_on).days + 1) > MOST_SICK_DAYS:
        return say("A sick note holds for at most {most} days, not {days:,}.", most=MOST_SICK_DAYS, days=days)
    return None
