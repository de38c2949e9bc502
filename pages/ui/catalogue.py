"""Every screen once: its address, file, title, icon, section of the navigation and the permission it needs."""

from dataclasses import dataclass
from pathlib import Path

from core.permissions import Actor, Permission, allowed
from core.words import later

FOLDER = Path(__file__).parent.parent


@dataclass(frozen=True)
class Screen:
    """`permission` None: everyone who is signed in. One that is `reached` by links stays out of the navigation."""

    address: str
    file: str
    title: str
    icon: str
    section: str
    permission: Permission | None
    help: str
    reached: bool = False

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.file}.py"

    def open_to(self, actor: Actor) -> bool:
        return self.permission is None or allowed(actor, self.permission)


# Sections of the navigation.
FRONT_DESK, DOCTOR, PHARMACY = later("Front desk"), later("Doctor"), later("Pharmacy")
REPORTS, CLINIC = later("Reports"), later("Clinic")

P = Permission
SCREENS = (
    Screen("", "home", later("Today"), "home", "", None, later("What to do now")),
    Screen(
        *("account", "account", later("My account"), "account_circle", "", None),
        later("Password, second factor, where one is signed in"),
        reached=True,
    ),
    Screen(
        *("desk", "desk", later("Desk"), "person_search", FRONT_DESK, P.ISSUE_TOKENS),
        later("Find or register, give a token"),
    ),
    Screen(
        *("patients", "patients", later("Patients"), "folder_shared", FRONT_DESK, P.SEE_PATIENTS),
        later("Records and every job"),
    ),
    Screen(
        *("calendar", "calendar", later("Calendar"), "calendar_month", FRONT_DESK, P.BOOK),
        later("Slots and appointments"),
    ),
    Screen(
        *("hours", "hours", later("Doctors' hours"), "schedule", FRONT_DESK, P.MANAGE_SCHEDULE),
        later("Weekly hours, leave, open slots"),
    ),
    Screen(
        *("reminders", "reminders", later("Reminders"), "notifications", FRONT_DESK, P.BOOK),
        later("Messages for tomorrow's patients"),
    ),
    Screen("cash", "cash", later("Cash"), "payments", FRONT_DESK, P.TAKE_PAYMENT, later("Bills and payments")),
    Screen(
        *("close-day", "close_day", later("My drawer"), "lock", FRONT_DESK, P.TAKE_PAYMENT),
        later("Count the drawer, lock it"),
    ),
    Screen(
        *("queue", "queue", later("Queue"), "groups", FRONT_DESK, P.SEE_QUEUE),
        later("Everyone who waits, per doctor"),
    ),
    Screen(
        *("day-end", "day_end", later("End of day"), "nightlight", FRONT_DESK, P.END_DAY),
        later("Close the queue, see what is left"),
    ),
    Screen("room", "room", later("Room"), "stethoscope", DOCTOR, P.CONSULT, later("Call, examine, prescribe")),
    Screen(
        *("visit", "visit", later("Visit"), "clinical_notes", DOCTOR, P.READ_CLINICAL),
        later("One visit, whole: read, amend, reopen"),
        reached=True,
    ),
    Screen(
        *("overrides", "overrides", later("Overrides"), "gpp_maybe", DOCTOR, P.READ_CLINICAL),
        later("Warnings answered with a reason, by month"),
    ),
    Screen(
        *("counter", "counter", later("Counter"), "medication", PHARMACY, P.DISPENSE),
        later("Hand over, what is owed, returns, register"),
    ),
    Screen(
        *("stock", "stock", later("Stock"), "inventory_2", PHARMACY, P.MANAGE_STOCK),
        later("Medicines, batches, deliveries"),
    ),
    Screen(
        *("recall", "recall", later("Recall"), "campaign", PHARMACY, P.RECALL),
        later("Block a batch, reach who got of it"),
    ),
    Screen(
        *("reports", "reports", later("At a glance"), "monitoring", REPORTS, P.ANALYSE),
        later("Six numbers and their course"),
    ),
    Screen(
        *("revenue", "revenue", later("Revenue"), "paid", REPORTS, P.ANALYSE),
        later("Billed, received, owed, by whom and how"),
    ),
    Screen(
        *("operations", "operations", later("Operations"), "timer", REPORTS, P.ANALYSE),
        later("Arrivals, waits, slots, pace"),
    ),
    Screen(
        *("stock-report", "stock_report", later("Stock figures"), "shelves", REPORTS, P.ANALYSE),
        later("Cover, expiry, use"),
    ),
    Screen(
        *("patients-report", "patients_report", later("Patients over time"), "group", REPORTS, P.ANALYSE),
        later("New, returning, diagnoses, follow-ups"),
    ),
    Screen(
        *("prescribing", "prescribing", later("Prescribing"), "prescriptions", REPORTS, P.ANALYSE),
        later("What is prescribed, and against which warnings"),
    ),
    Screen(
        *("lab", "lab", later("Analyst lab"), "science", REPORTS, P.ANALYSE),
        later("Cohorts, their code, data dictionary"),
    ),
    Screen(
        *("quality", "quality", later("Data quality"), "fact_check", REPORTS, None),
        later("Records that need mending"),
    ),
    Screen(
        *("drawers", "drawers", later("Drawers"), "point_of_sale", CLINIC, P.CLOSE_DRAWERS),
        later("Open drawers, closes, cash differences"),
    ),
    Screen(
        *("books", "books", later("Books"), "balance", CLINIC, P.CHECK_BOOKS),
        later("Does everything add up, and what mends it"),
    ),
    Screen(
        *("trail", "trail", later("Trail"), "history", CLINIC, P.SEE_TRAIL),
        later("Who did what, when, to which record"),
    ),
    Screen("users", "users", later("Users"), "manage_accounts", CLINIC, P.MANAGE_USERS, later("Who works here")),
    Screen(
        *("import", "imports", later("Import"), "upload_file", CLINIC, P.IMPORT),
        later("Patients and stock of another program"),
    ),
    Screen("export", "exports", later("Export"), "download", CLINIC, P.EXPORT, later("Lists as CSV and Excel")),
    Screen(
        *("settings", "settings", later("Settings"), "settings", CLINIC, P.MANAGE_CLINIC),
        later("Clinic, prices, rules"),
    ),
)
WAITING_ROOM = Screen(
    "waiting-room", "waiting_room", later("Waiting room"), "tv", "", None, later("Numbers now called"), reached=True
)
