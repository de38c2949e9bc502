"""Who may do what. Roles are checked here; the state of a record is checked by its workflow.

`ROLE_PERMISSIONS` is the one table of role x permission: navigation, pages, workflows and docs/permissions.md read it.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.called import called
from core.errors import NotPermitted
from core.words import later, say


class Role(StrEnum):
    ADMIN = "ADMIN"
    DOCTOR = "DOCTOR"
    PHARMACIST = "PHARMACIST"
    RECEPTION = "RECEPTION"
    MANAGER = "MANAGER"
    ANALYST = "ANALYST"


class Permission(StrEnum):
    """The value completes the sentence "… may not …"."""

    SIGN_IN = later("use Qure")
    OWN_SIGN_IN = later("look after one's own sign-in")
    MANAGE_CLINIC = later("change the clinic's settings")
    MANAGE_USERS = later("manage users")
    IMPORT = later("import records")
    EXPORT = later("take lists away as files")
    SEE_PATIENTS = later("see patients")
    EDIT_PATIENTS = later("register or change patients")
    MERGE_PATIENTS = later("merge the records of patients")
    SEE_OPENINGS = later("see who opened a patient's file")
    SEE_TRAIL = later("search the audit trail")
    SEE_SCHEDULE = later("see appointments")
    MANAGE_SCHEDULE = later("change doctors' hours, leave and slots")
    BOOK = later("book appointments")
    SEE_QUEUE = later("see the queue")
    ISSUE_TOKENS = later("give out tokens")
    CALL_PATIENTS = later("call patients")
    END_DAY = later("end the clinic day")
    READ_CLINICAL = later("read clinical records")
    CONSULT = later("record visits")
    REOPEN_VISITS = later("reopen completed visits")
    READ_PRESCRIPTIONS = later("read prescriptions")
    PRESCRIBE = later("prescribe")
    SEE_DUES = later("see what a patient owes")
    SEE_BILLS = later("see bills")
    BILL = later("make bills")
    TAKE_PAYMENT = later("take payments")
    REFUND = later("give money back")
    CLOSE_DRAWERS = later("see and close the drawers of all cashiers")
    SEE_STOCK = later("see stock")
    MANAGE_STOCK = later("manage stock")
    DISPENSE = later("dispense medicines")
    RECALL = later("recall batches and see who received them")
    CHECK_BOOKS = later("check the books")
    ANALYSE = later("see the clinic's reports and analyse its data")


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
        raise NotPermitted(say("Choose a password of your own first: sign in, and Qure asks for it."))
    if not allowed(actor, permission):
        who = {"name": actor.name, "role": called(actor.role).lower()}
        raise NotPermitted(say("{name} ({role}) may not {permission}.", **who, permission=say(permission)))
