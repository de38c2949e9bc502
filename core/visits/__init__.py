"""The doctor's room: a visit (FHIR Encounter) from a called token to its signature.

Each write holds the visit's row and checks that it is open and the actor's own. Once completed a visit is locked:
only notes that say why they come late are added, and the code of a visit that was signed without one.
"""

from core.measurements import Measurements, bmi, doubts
from core.models import VisitState
from core.visits.course import (
    EmptyVisit,
    NotADoctor,
    NotYourVisit,
    PrescriptionStands,
    TokenNotCalled,
    VisitLocked,
    WithAnotherDoctor,
    cancel,
    complete,
    locked_open,
    locked_own,
    start,
)
from core.visits.drafts import draft, keep_draft
from core.visits.findings import (
    CodedAlready,
    DiagnosisThere,
    NoteAmended,
    add_diagnosis,
    add_note,
    amend_note,
    code_late,
    record_vitals,
    remove_diagnosis,
)
from core.visits.reading import current, get, history
from core.visits.records import (
    DiagnosisRecord,
    NoteRecord,
    OpenVisit,
    PastVisit,
    VisitRecord,
    VitalsRecord,
)
from core.visits.templates import USUAL as USUAL_TEMPLATES
from core.visits.templates import (
    NotYourTemplate,
    TemplateExists,
    TemplateRecord,
    TooManyTemplates,
    add_usual_templates,
    note_templates,
    remove_template,
    save_template,
)
from core.visits.trends import Doubtful, Point, latest, vital_trends

__all__ = [
    "USUAL_TEMPLATES",
    "CodedAlready",
    "DiagnosisRecord",
    "DiagnosisThere",
    "Doubtful",
    "EmptyVisit",
    "Measurements",
    "NotADoctor",
    "NotYourTemplate",
    "NotYourVisit",
    "NoteAmended",
    "NoteRecord",
    "OpenVisit",
    "PastVisit",
    "Point",
    "PrescriptionStands",
    "TemplateExists",
    "TemplateRecord",
    "TokenNotCalled",
    "TooManyTemplates",
    "VisitLocked",
    "VisitRecord",
    "VisitState",
    "VitalsRecord",
    "WithAnotherDoctor",
    "add_diagnosis",
    "add_note",
    "add_usual_templates",
    "amend_note",
    "bmi",
    "cancel",
    "code_late",
    "complete",
    "current",
    "doubts",
    "draft",
    "get",
    "history",
    "keep_draft",
    "latest",
    "locked_open",
    "locked_own",
    "note_templates",
    "record_vitals",
    "remove_diagnosis",
    "remove_template",
    "save_template",
    "start",
    "vital_trends",
]
