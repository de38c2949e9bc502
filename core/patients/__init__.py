"""Register patients, keep their records, find them again.

A record is archived, never deleted: visits and bills point to it. The MRN (medical record number, FHIR
Patient.identifier) ends in a check digit, so that a mistyped one is noticed.
"""

from core.models import Sex
from core.patients.access import (
    ONE_OPENING,
    REASONS,
    OpenedOutside,
    Opening,
    count_outside,
    list_openings,
    list_outside,
    open_card,
    open_file,
    opened_form,
)
from core.patients.differences import Difference, Keep
from core.patients.duplicates import Likely, MayBeKnown, find_likely_duplicates, refuse_known
from core.patients.merging import CannotMerge, MergePreview, MergeRecord, list_merges, merge, preview_merge
from core.patients.records import PatientCard, PatientDetails, locked, mrn, mrn_is_valid, search_keys
from core.patients.registering import (
    BLOOD_GROUPS,
    FIELDS,
    OLDEST_YEARS,
    AlreadyArchived,
    ChangedMeanwhile,
    WasMerged,
    amend,
    archive,
    details,
    register,
    restore,
)
from core.patients.searching import by_number, get, list_all, same_phone, search, survivor
from core.patients.undoing import CannotUndo, undo_merge
from core.patients.within import REASON_HOLDS, NotAtThePharmacy, ReasonNeeded, check_open, open_to

__all__ = [
    "BLOOD_GROUPS",
    "FIELDS",
    "OLDEST_YEARS",
    "ONE_OPENING",
    "REASONS",
    "REASON_HOLDS",
    "AlreadyArchived",
    "CannotMerge",
    "CannotUndo",
    "ChangedMeanwhile",
    "Difference",
    "Keep",
    "Likely",
    "MayBeKnown",
    "MergePreview",
    "MergeRecord",
    "NotAtThePharmacy",
    "OpenedOutside",
    "Opening",
    "PatientCard",
    "PatientDetails",
    "ReasonNeeded",
    "Sex",
    "WasMerged",
    "amend",
    "archive",
    "by_number",
    "check_open",
    "count_outside",
    "details",
    "find_likely_duplicates",
    "get",
    "list_all",
    "list_merges",
    "list_openings",
    "list_outside",
    "locked",
    "merge",
    "mrn",
    "mrn_is_valid",
    "open_card",
    "open_file",
    "open_to",
    "opened_form",
    "preview_merge",
    "refuse_known",
    "register",
    "restore",
    "same_phone",
    "search",
    "search_keys",
    "survivor",
    "undo_merge",
]
