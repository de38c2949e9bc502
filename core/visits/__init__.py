"""The doctor's room: a visit (FHIR Encounter) from a called token to its signature.

Each write holds the visit's row and checks that it is open and the actor's own. Once completed a visit is locked: its
doctor amends it, each time with a reason, and what stood before stays readable. An administrator may reopen it.
"""

from core.measurements import Measurements, bmi
from core.models import VisitState
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
from core.visits.notes import NoteAmended, add_note, amend_note
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
)
from core.visits.signed import DoctorGone, NotCompleted, SameFollowUp, move_follow_up, reopen

__all__ = [
    "DiagnosisRecord",
    "DiagnosisSigned",
    "DiagnosisThere",
    "DoctorGone",
    "EmptyVisit",
    "Measurements",
    "NotADoctor",
    "NotCompleted",
    "NotYourVisit",
    "NoteAmended",
    "NoteRecord",
    "OpenVisit",
    "PastVisit",
    "PrescriptionStands",
    "ReopeningRecord",
    "SameFollowUp",
    "SignedBefore",
    "Strike",
    "StruckAlready",
    "TokenNotCalled",
    "TooManyFavourites",
    "UsualCodes",
    "VisitLocked",
    "VisitRecord",
    "VisitState",
    "VitalsRecord",
    "WithAnotherDoctor",
    "add_diagnosis",
    "add_note",
    "amend_note",
    "bmi",
    "cancel",
    "complete",
    "current",
    "draft",
    "get",
    "history",
    "keep_draft",
    "locked_open",
    "locked_own",
    "move_follow_up",
    "pin",
    "record_vitals",
    "remove_diagnosis",
    "reopen",
    "start",
    "strike_diagnosis",
    "strike_vitals",
    "unpin",
    "usual_codes",
]
