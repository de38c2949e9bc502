"""What each screen is for, and the commonest jobs on it, by its address: what Help beside its title tells."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.words import later


@dataclass(frozen=True)
class Guide:
    """`jobs` are whole sentences: what to do for what comes of it."""

    purpose: str
    jobs: tuple[str, ...]


_WELCOME = {
    "today": Guide(
        later("What waits for you now, and the way there."),
        (later("Click a line under a number to open its screen."), later("What is wrong stands first; mend it today.")),
    ),
    "account": Guide(
        later("Your own sign-in: password, second factor, language, and where you are signed in."),
        (
            later("Turn on the second factor: a stolen password alone then opens nothing."),
            later("Sign out everywhere else if you left a screen open."),
        ),
    ),
}
_FRONT_DESK = {
    "desk": Guide(
        later("Whoever comes in gets a token here."),
        (
            later("Type part of a name or phone number; the first patient found is chosen."),
            later("Nobody found? Register the patient with New patient."),
            later("Who has an appointment is checked in with one click, in the list of today."),
        ),
    ),
    "patients": Guide(
        later("The record of a patient, and every job that is done with it."),
        (
            later("Find a patient, then book, bill, change or archive."),
            later("Two records of one person are merged; a merge can be undone."),
        ),
    ),
    "calendar": Guide(
        later("Appointments by day and doctor."),
        (
            later("Click a free slot, type a few letters of the name, book."),
            later("Click a booked slot to check in, move or cancel."),
            later("No slots? Set the doctor's weekly hours, then open slots, under Doctors' hours."),
        ),
    ),
    "hours": Guide(
        later("When each doctor can be booked."),
        (
            later("Type the week as 9-13, 14-17."),
            later("Open slots for the weeks to come: only then can patients be booked."),
            later("Enter leave; the patients that it touches are listed."),
        ),
    ),
    "reminders": Guide(
        later("Messages for the patients of tomorrow."),
        (later("Copy a message, send it by phone, mark it as sent."),),
    ),
    "cash": Guide(
        later("Bills, payments and money given back."),
        (
            later("Visits without a bill stand first: one click makes the bill."),
            later("Take cash, UPI or card; the receipt is printed."),
            later("Open a paid bill to give money back, line by line."),
        ),
    ),
    "close-day": Guide(
        later("You count your drawer at the end of your day, and lock it."),
        (
            later("Type how many of each note; the total stands beside it."),
            later("Explain a difference in a few words, then close the drawer."),
        ),
    ),
    "queue": Guide(
        later("Everyone who waits, for which doctor and how long."),
        (
            later("Open the menu of a token to skip, transfer or hurry it."),
            later("The waiting-room screen shows the numbers that are called."),
        ),
    ),
    "day-end": Guide(
        later("The clinic day is ended here, and what was left undone is listed."),
        (later("Go through what is left, then end the day: tokens and bookings that are open are closed."),),
    ),
}
_DOCTOR = {
    "room": Guide(
        later("Call the next patient, examine, prescribe and complete the visit on one screen."),
        (
            later("Type a few letters of a diagnosis; the first one found is taken with a key."),
            later("Type a medicine in short: para 500 1-0-1 5d pc."),
            later("What you type is kept as a draft; completing the visit signs and locks it."),
        ),
    ),
    "visit": Guide(
        later("One visit as it was written."),
        (
            later("Its doctor adds to it with a reason; nothing is written over."),
            later("An administrator can open it again."),
        ),
    ),
    "overrides": Guide(
        later("Warnings of prescriptions that were answered with a reason, month by month."),
        (later("Look whether the same warning is answered again and again."),),
    ),
}
_PHARMACY = {
    "counter": Guide(
        later("Medicines are handed over here."),
        (
            later("Scan the bill, or type the name; batches are chosen for you, the oldest first."),
            later("What is short is offered of another maker, or noted as owed."),
            later("What comes back is taken under Returns."),
        ),
    ),
    "stock": Guide(
        later("Medicines, their batches, deliveries and orders."),
        (
            later("Add a medicine with New medicine, or many from a file."),
            later("Under Receive, type or scan a delivery line by line."),
            later("Under Orders stands what runs out, with the reason."),
            later("Under Count, count the shelf; differences are posted with one click."),
        ),
    ),
    "recall": Guide(
        later("A bad batch is blocked, and everybody who got of it is reached."),
        (later("Type or scan its number, block it, take the list with phone numbers."),),
    ),
}
_REPORTS = {
    "reports": Guide(
        later("Six numbers of the clinic and their course."),
        (later("Choose the days above; click a figure for what is behind it."),),
    ),
    "revenue": Guide(
        later("What was billed, received and is owed."),
        (later("Click a bar to list its bills."), later("Take a figure away from the menu beside it.")),
    ),
    "operations": Guide(
        later("When patients come, how long they wait, and how slots are used."),
        (later("Look for the hours in which waits are long; move a doctor's hours there."),),
    ),
    "stock-report": Guide(
        later("How long the stock lasts, what expires and what is used."),
        (later("Look at what expires soon; it is money."),),
    ),
    "patients-report": Guide(
        later("New and returning patients, diagnoses and follow-ups."),
        (later("See how many come back when they should."),),
    ),
    "prescribing": Guide(
        later("What is prescribed, by whom, and against which warnings. No patient is named."),
        (later("Compare doctors, then talk to them."),),
    ),
    "lab": Guide(
        later("Groups of patients without names, for questions of your own."),
        (
            later("Choose who belongs to the group; small numbers are hidden."),
            later("Take the code or a notebook away and go on from there."),
        ),
    ),
    "quality": Guide(
        later("Records in which something is missing or contradictory."),
        (later("Start with the worst; each line leads to its record."),),
    ),
}
_CLINIC = {
    "drawers": Guide(
        later("The drawers of all cashiers, and what was missing in them."),
        (later("Close a drawer that was left open; print a close again."),),
    ),
    "books": Guide(
        later("Proof that money and stock add up."),
        (later("Ask every rule; what is broken comes with the way to mend it."),),
    ),
    "trail": Guide(
        later("Who did what to which record, and when. Nothing here can be changed."),
        (later("Choose days, a person or a kind of work; open a line for what changed."),),
    ),
    "users": Guide(
        later("Who works here, in which role, with which fee and room."),
        (
            later("Add a user with a first password; they choose their own at the first sign-in."),
            later("Who leaves is switched off, not deleted."),
            later("Whoever forgot the password gets a new first one."),
        ),
    ),
    "import": Guide(
        later("Patients, medicines and stock of another program come in as files."),
        (later("Choose a file; Qure shows what would come in before anything is written."),),
    ),
    "export": Guide(
        later("Lists leave the clinic as CSV or Excel."),
        (later("Choose a list and its days. Who took what is kept in the trail."),),
    ),
    "settings": Guide(
        later("The clinic's name and rules, the price list, note templates and backups."),
        (
            later("Put in address and tax number: they stand on bills."),
            later("Fill the price list, from the sample list if you like."),
            later("Look whether there is a backup of last night."),
        ),
    ),
}
GUIDES: Mapping[str, Guide] = {**_WELCOME, **_FRONT_DESK, **_DOCTOR, **_PHARMACY, **_REPORTS, **_CLINIC}
