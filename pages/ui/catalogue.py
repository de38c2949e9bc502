"""Every screen once: its address, file, title, icon, section of the navigation and the permission it needs."""

from dataclasses import dataclass
from pathlib import Path

from core.permissions import Actor, Permission, allowed

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


P = Permission
SCREENS = (
    Screen("", "home", "Today", "home", "", None, "What to do now"),
    Screen(
        *("account", "account", "My account", "account_circle", "", None),
        "Password, second factor, where one is signed in",
        reached=True,
    ),
    Screen("desk", "desk", "Desk", "person_search", "Front desk", P.ISSUE_TOKENS, "Find or register, give a token"),
    Screen("patients", "patients", "Patients", "folder_shared", "Front desk", P.SEE_PATIENTS, "Records and every job"),
    Screen("calendar", "calendar", "Calendar", "calendar_month", "Front desk", P.BOOK, "Slots and appointments"),
    Screen(
        *("hours", "hours", "Doctors' hours", "schedule", "Front desk", P.MANAGE_SCHEDULE),
        "Weekly hours, leave, open slots",
    ),
    Screen(
        "reminders", "reminders", "Reminders", "notifications", "Front desk", P.BOOK, "Messages for tomorrow's patients"
    ),
    Screen("cash", "cash", "Cash", "payments", "Front desk", P.TAKE_PAYMENT, "Bills and payments"),
    Screen("close-day", "close_day", "Day close", "lock", "Front desk", P.TAKE_PAYMENT, "Count the drawer, lock it"),
    Screen("queue", "queue", "Queue", "groups", "Front desk", P.SEE_QUEUE, "Everyone who waits, per doctor"),
    Screen(
        "day-end", "day_end", "End of day", "nightlight", "Front desk", P.END_DAY, "Close the queue, see what is left"
    ),
    Screen("room", "room", "Room", "stethoscope", "Doctor", P.CONSULT, "Call, examine, prescribe"),
    Screen(
        *("visit", "visit", "Visit", "clinical_notes", "Doctor", P.READ_CLINICAL),
        "One visit, whole: read, amend, reopen",
        reached=True,
    ),
    Screen(
        *("overrides", "overrides", "Overrides", "gpp_maybe", "Doctor", P.READ_CLINICAL),
        "Warnings answered with a reason, by month",
    ),
    Screen(
        *("counter", "counter", "Counter", "medication", "Pharmacy", P.DISPENSE),
        "Hand over, what is owed, returns, register",
    ),
    Screen("stock", "stock", "Stock", "inventory_2", "Pharmacy", P.MANAGE_STOCK, "Medicines, batches, deliveries"),
    Screen("recall", "recall", "Recall", "campaign", "Pharmacy", P.RECALL, "Block a batch, reach who got of it"),
    Screen("reports", "reports", "At a glance", "monitoring", "Reports", P.ANALYSE, "Six numbers and their course"),
    Screen("revenue", "revenue", "Revenue", "paid", "Reports", P.ANALYSE, "Billed, received, owed, by whom and how"),
    Screen("operations", "operations", "Operations", "timer", "Reports", P.ANALYSE, "Arrivals, waits, slots, pace"),
    Screen("stock-report", "stock_report", "Stock figures", "shelves", "Reports", P.ANALYSE, "Cover, expiry, use"),
    Screen(
        *("patients-report", "patients_report", "Patients over time", "group", "Reports", P.ANALYSE),
        "New, returning, diagnoses, follow-ups",
    ),
    Screen(
        *("prescribing", "prescribing", "Prescribing", "prescriptions", "Reports", P.ANALYSE),
        "What is prescribed, and against which warnings",
    ),
    Screen("lab", "lab", "Analyst Lab", "science", "Reports", P.ANALYSE, "Cohorts, their code, data dictionary"),
    Screen("quality", "quality", "Data quality", "fact_check", "Reports", None, "Records that need mending"),
    Screen(
        *("drawers", "drawers", "Drawers", "point_of_sale", "Clinic", P.CLOSE_DRAWERS),
        "Open drawers, closes, cash differences",
    ),
    Screen("books", "books", "Books", "balance", "Clinic", P.CHECK_BOOKS, "Does everything add up, and what mends it"),
    Screen("trail", "trail", "Trail", "history", "Clinic", P.SEE_TRAIL, "Who did what, when, to which record"),
    Screen("users", "users", "Users", "manage_accounts", "Clinic", P.MANAGE_USERS, "Who works here"),
    Screen("import", "imports", "Import", "upload_file", "Clinic", P.IMPORT, "Patients and stock of another program"),
    Screen("export", "exports", "Export", "download", "Clinic", P.EXPORT, "Lists as CSV and Excel"),
    Screen("settings", "settings", "Settings", "settings", "Clinic", P.MANAGE_CLINIC, "Clinic, prices, rules"),
)
WAITING_ROOM = Screen(
    "waiting-room", "waiting_room", "Waiting room", "tv", "", None, "Numbers now called", reached=True
)
