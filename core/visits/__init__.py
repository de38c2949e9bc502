"""The doctor's room: a visit (FHIR Encounter) from a called token to its signature.

Each write holds the visit's row and checks that it is open and the actor's own. Once completed a visit is locked: its
doctor amends it, each time with a reason, and what stood before stays readable. An administrator may reopen it.
"""

from core.measurements import Measurements, bmi, doubts
from core.models import VisitState
from core.visits.changing import FollowUp, NewDiagnosis, VisitChanges, change
from core.visits.course import (
    EmptyVisit,
    NotADoctor,
    NotYourVisit,
    PrescriptionStands,
    SignedBefore,
    TokenNotCalled,
    VisitLocked,
    WithAnotherDoctor,
    cancel,
    check_own,
    complete,
    locked_open,
    locked_own,
    start,
)
from core.visits.drafts import draft, keep_draft
from core.visits.favourites import (
    TooManyFavourites,
    UsualCodes,
    pin,
    unpin,
    usual_codes,
)
from core.visits.findings import (
    DiagnosisSigned,
    DiagnosisThere,
    StruckAlready,
    add_diagnosis,
    record_vitals,
    remove_diagnosis,
    strike_diagnosis,
    strike_vitals,
)
from core.visits.lacking import check_completable
from core.visits.notes import NoteAmended, add_note, amend_note
from core.visits.opening import opened, past, started
from core.visits.reading import current, get, history
from core.visits.records import (
    DiagnosisRecord,
    NoteRecord,
    OpenVisit,
    PastVisit,
    ReopeningRecord,
    Strike,
    VisitRecord,
    VitalsRecord,
    standing_notes,
)
from core.visits.signed import DoctorGone, NotCompleted, SameFollowUp, move_follow_up, reopen
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
    "DiagnosisRecord",
    "DiagnosisSigned",
    "DiagnosisThere",
    "DoctorGone",
    "Doubtful",
    "EmptyVisit",
    "FollowUp",
    "Measurements",
    "NewDiagnosis",
    "NotADoctor",
    "NotCompleted",
    "NotYourTemplate",
    "NotYourVisit",
    "NoteAmended",
    "NoteRecord",
    "OpenVisit",
    "PastVisit",
    "Point",
    "PrescriptionStands",
    "ReopeningRecord",
    "SameFollowUp",
    "SignedBefore",
    "Strike",
    "StruckAlready",
    "TemplateExists",
    "TemplateRecord",
    "TokenNotCalled",
    "TooManyFavourites",
    "TooManyTemplates",
    "UsualCodes",
    "VisitChanges",
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
    "change",
    "check_completable",
    "check_own",
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
    "move_follow_up",
    "note_templates",
    "opened",
    "past",
    "pin",
    "record_vitals",
    "remove_diagnosis",
    "remove_template",
    "reopen",
    "save_template",
    "standing_notes",
    "start",
    "started",
    "strike_diagnosis",
    "strike_vitals",
    "unpin",
    "usual_codes",
    "vital_trends",
]
