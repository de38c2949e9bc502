"""Texts to begin a note with: a doctor's own, and the clinic's, which administrators keep."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, fields
from core.errors import Conflict, NotFound, NotPermitted, check
from core.models import NoteTemplate
from core.permissions import Actor, Permission, require
from core.words import say

LONGEST_NAME, LONGEST_BODY, MOST_TEMPLATES = 40, 4_000, 40
USUAL = (
    ("Complaint", "Complaint:\nSince:\nExamination:\nPlan:"),
    ("Follow-up", "Since the last visit:\nTakes medicines as prescribed:\nExamination:\nPlan:"),
    ("Well child", "Feeding:\nSleep:\nMilestones:\nImmunisation up to date:\nExamination:\nAdvice:"),
)


class TemplateExists(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            say("There is already a template {name}. Choose another name, or remove that one first.", name=name)
        )


class TooManyTemplates(Conflict):
    def __init__(self) -> None:
        super().__init__(
            say("There are {most} templates, which is as many as fit. Remove one first.", most=MOST_TEMPLATES)
        )


class NotYourTemplate(NotPermitted):
    def __init__(self, name: str) -> None:
        super().__init__(say("{name} belongs to a colleague. Only its owner can remove it.", name=name))


@dataclass(frozen=True)
class TemplateRecord:
    template_id: int
    name: str
    body: str
    of_clinic: bool


def note_templates(session: Session, actor: Actor) -> list[TemplateRecord]:
    """The actor's own, then the clinic's, by name."""
    require(actor, Permission.CONSULT)
    seen = or_(NoteTemplate.owner_id == actor.user_id, NoteTemplate.owner_id.is_(None))
    found = select(NoteTemplate).where(seen).order_by(NoteTemplate.owner_id.is_(None), func.lower(NoteTemplate.name))
    return [TemplateRecord(t.id, t.name, t.body, t.owner_id is None) for t in session.scalars(found)]


def save_template(session: Session, actor: Actor, name: str, body: str, *, for_clinic: bool = False) -> TemplateRecord:
    """Keep a text under a name. Raises Invalid, TemplateExists or TooManyTemplates."""
    require(actor, Permission.CONSULT)
    if for_clinic:
        require(actor, Permission.MANAGE_CLINIC)
    return _saved(session, actor, name, body, None if for_clinic else actor.user_id)


def add_usual_templates(session: Session, actor: Actor) -> list[TemplateRecord]:
    """Three to start with, as the actor's own; one whose name is taken is left as it is. Raises TooManyTemplates."""
    require(actor, Permission.CONSULT)
    taken = {template.name.casefold() for template in note_templates(session, actor)}
    new = [(name, body) for name, body in USUAL if name.casefold() not in taken]
    return [_saved(session, actor, name, body, actor.user_id) for name, body in new]


def remove_template(session: Session, actor: Actor, template_id: int) -> None:
    """Raises NotFound or NotYourTemplate; the clinic's are removed by administrators."""
    require(actor, Permission.CONSULT)
    template = session.get(NoteTemplate, template_id, with_for_update=True, populate_existing=True)
    if template is None:
        raise NotFound("template", template_id)
    if template.owner_id is None:
        require(actor, Permission.MANAGE_CLINIC)
    elif template.owner_id != actor.user_id:
        raise NotYourTemplate(template.name)
    audit.record(session, actor, audit.DELETE, "template.removed", template)
    session.delete(template)


def _saved(session: Session, actor: Actor, name: str, body: str, owner_id: int | None) -> TemplateRecord:
    name, body = fields.line(name), fields.paragraph(body)
    check(
        name=fields.required_problem(name, say("The name of the template"), LONGEST_NAME),
        body=fields.required_problem(body, say("The text of the template"), LONGEST_BODY),
    )
    if len(note_templates(session, actor)) >= MOST_TEMPLATES:
        raise TooManyTemplates
    added = insert(NoteTemplate).values(owner_id=owner_id, name=name, body=body)
    template = session.scalar(added.on_conflict_do_nothing().returning(NoteTemplate))
    if template is None:
        raise TemplateExists(name)
    audit.record(session, actor, audit.CREATE, "template.saved", template)
    return TemplateRecord(template.id, name, body, owner_id is None)
