"""Who may do what. Roles are checked here; the state of a record is checked by its workflow.

`ROLE_PERMISSIONS` is the one table of role x permission: navigation, pages, workflows and docs/permissions.md read it.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotPermitted


class Role(StrEnum):
    ADMIN = "ADMIN"
    DOCTOR = "DOCTOR"
    PHARMACIST = "PHARMACIST"
    RECEPTION = "RECEPTION"
    MANAGER = "MANAGER"
    ANALYST = "ANALYST"


class Permission(StrEnum):
    """The value completes the sentence "… may not …"."""

    SIGN_IN = "use Qure"
    OWN_SIGN_IN = "look after one's own sign-in"
    MANAGE_CLINIC = "change the clinic's settings"
    MANAGE_USERS = "manage users"
    IMPORT = "import records"
    EXPORT = "take lists away as files"
    SEE_PATIENTS = "see patients"
    EDIT_PATIENTS = "register or change patients"
    MERGE_PATIENTS = "merge the records of patients"
    SEE_OPENINGS = "see who opened a patient's file"
    SEE_TRAIL = "search the audit trail"
    SEE_SCHEDULE = "see appointments"
    MANAGE_SCHEDULE = "change doctors' hours, leave and slots"
    BOOK = "book appointments"
    SEE_QUEUE = "see the queue"
    ISSUE_TOKENS = "give out tokens"
    CALL_PATIENTS = "call patients"
    END_DAY = "end the clinic day"
    READ_CLINICAL = "read clinical records"
    CONSULT = "record visits"
    REOPEN_VISITS = "reopen completed visits"
    READ_PRESCRIPTIONS = "read prescriptions"
    PRESCRIBE = "prescribe"
    SEE_DUES = "see what a patient owes"
    SEE_BILLS = "see bills"
    BILL = "make bills"
    TAKE_PAYMENT = "take payments"
    REFUND = "give money back"
    CLOSE_DRAWERS = "see and close the drawers of all cashiers"
    SEE_STOCK = "see stock"
    MANAGE_STOCK = "manage stock"
    DISPENSE = "dispense medicines"
    RECALL = "recall batches and see who received them"
    CHECK_BOOKS = "check the books"
    ANALYSE = "see the clinic's reports and analyse its data"


P = Permission
_EVERYONE = (P.SIGN_IN, P.OWN_SIGN_IN)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.DOCTOR: frozenset(
        {
            *_EVERYONE,
            *(P.SEE_PATIENTS, P.EDIT_PATIENTS, P.SEE_SCHEDULE, P.SEE_QUEUE, P.CALL_PATIENTS),
            *(P.READ_CLINICAL, P.CONSULT, P.READ_PRESCRIPTIONS, P.PRESCRIBE, P.SEE_DUES, P.SEE_STOCK),
        }
    ),
    Role.PHARMACIST: frozenset({*_EVERYONE, P.READ_PRESCRIPTIONS, P.SEE_STOCK, P.MANAGE_STOCK, P.DISPENSE, P.RECALL}),
    Role.RECEPTION: frozenset(
        {
            *_EVERYONE,
            *(P.SEE_PATIENTS, P.EDIT_PATIENTS, P.MERGE_PATIENTS),
            *(P.SEE_SCHEDULE, P.MANAGE_SCHEDULE, P.BOOK),
            *(P.SEE_QUEUE, P.ISSUE_TOKENS, P.CALL_PATIENTS, P.END_DAY),
            *(P.SEE_DUES, P.SEE_BILLS, P.BILL, P.TAKE_PAYMENT, P.REFUND),
        }
    ),
    Role.MANAGER: frozenset({*_EVERYONE, P.EXPORT, P.SEE_STOCK, P.CLOSE_DRAWERS, P.CHECK_BOOKS, P.ANALYSE}),
    Role.ANALYST: frozenset({*_EVERYONE, P.ANALYSE}),
}


@dataclass(frozen=True)
class Actor:
    """The signed-in person on whose behalf a workflow runs.

    Whoever came in with a `first_password`, which somebody else knows, may only choose one of their own.
    """

    user_id: int
    name: str
    role: Role
    first_password: bool = False


def allowed(actor: Actor, permission: Permission) -> bool:
    if actor.first_password:
        return permission is Permission.OWN_SIGN_IN
    return permission in ROLE_PERMISSIONS[actor.role]


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotPermitted unless the actor's role includes the permission."""
    if actor.first_password and permission is not Permission.OWN_SIGN_IN:
        raise NotPermitted("Choose a password of your own first: sign in, and Qure asks for it.")
    if not allowed(actor, permission):
        raise NotPermitted(f"{actor.name} ({actor.role.lower()}) may not {permission}.")
