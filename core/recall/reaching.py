"""The list of a recall as a file, letters to those who may still have some at home, and a message to send.

What was taken away, by whom and how many rows, stands in the trail of each batch.
"""

from collections.abc import Sequence
from itertools import groupby

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clinic, clock, dosage, fields
from core.clinic import Profile
from core.errors import Conflict, check, listed
from core.exports import Rows, kind_of_file
from core.models import Batch
from core.papers import Letterhead, RecallLetter, RecallLetters
from core.permissions import Actor, Permission, require
from core.recall.tracing import Recipient, Traced, recipients
from core.spreadsheet import DAY, WHOLE, Column
from core.words import say

LONGEST_LETTER = 4_000
_COLUMNS = (
    *(Column("Patient"), Column("MRN"), Column("Phone"), Column("Medicine"), Column("Batch"), Column("Bill")),
    *(Column("Handed over on", DAY), Column("Handed over", WHOLE), Column("Returned", WHOLE), Column("Instead of")),
)


class NobodyToWriteTo(Conflict):
    def __init__(self) -> None:
        super().__init__(say("Nobody has any of it at home: there is no letter to write."))


def take(session: Session, actor: Actor, batch_ids: Sequence[int], kind: str) -> Rows:
    """Everybody who got of these batches, to be made a file of this kind."""
    require(actor, Permission.RECALL)
    kind, found = kind_of_file(kind), recipients(session, actor, batch_ids)
    _note(session, actor, batch_ids, "batch.recipients_exported", found, kind)
    rows = [
        (
            *(one.patient, one.mrn, one.phone, one.medicine, one.batch_number, one.number),
            *(one.given_on, one.given, one.returned, one.instead_of),
        )
        for one in found
    ]
    return Rows("Recall", _COLUMNS, rows)


def letters(session: Session, actor: Actor, batch_ids: Sequence[int], text: str) -> RecallLetters:
    """One for each patient who has not brought everything back. Raises NobodyToWriteTo or Invalid."""
    require(actor, Permission.RECALL)
    text = fields.paragraph(text)
    check(text=fields.required_problem(text, say("The letter"), LONGEST_LETTER))
    found = [one for one in recipients(session, actor, batch_ids) if one.still_out]
    if not found:
        raise NobodyToWriteTo
    profile = clinic.profile(session)
    _note(session, actor, batch_ids, "batch.recall_letters_made", found, ".pdf")
    written = [_letter(profile, list(rows)) for _, rows in groupby(found, lambda one: one.patient_id)]
    head = Letterhead(profile.name, profile.address, profile.phone, "", "", "", "", "")
    today = format_date(clock.today(), "d MMMM y", locale=profile.locale)
    return RecallLetters(head, today, text, tuple(written))


def default_letter(batches: Sequence[Traced], profile: Profile) -> str:
    """To begin with; the pharmacist changes it."""
    text = say(
        "We are calling back {named}. By our books you got some of it.\n\nPlease do not use what you "
        "still have of it. Bring it to our pharmacy with this letter: you get your money back or the "
        "medicine from another batch.",
        named=_named(batches),
    )
    unwell = say("If you have taken of it and feel unwell, or have any question, come to the clinic.")
    if profile.phone:
        unwell = say(
            "If you have taken of it and feel unwell, or have any question, come to the clinic or call {phone}.",
            phone=profile.phone,
        )
    return f"{text}\n\n{unwell}"


def default_message(batches: Sequence[Traced], profile: Profile) -> str:
    """For a telephone: short, and without the name of anybody."""
    text = say(
        "{clinic}: we are calling back {named}. Please do not use it, and bring what you still have to our pharmacy.",
        clinic=profile.name,
        named=_named(batches),
    )
    return f"{text} {say('Questions: {phone}.', phone=profile.phone)}" if profile.phone else text


def _named(batches: Sequence[Traced]) -> str:
    numbers: dict[str, list[str]] = {}
    for one in batches:
        numbers.setdefault(one.batch.medicine, []).append(one.batch.number)
    return listed(
        say("{medicine}, batch {number}", medicine=medicine, number=listed(dict.fromkeys(of)))
        for medicine, of in numbers.items()
    )


def _letter(profile: Profile, got: Sequence[Recipient]) -> RecallLetter:
    lines = tuple(
        (
            format_date(one.given_on, "d MMM y", locale=profile.locale),
            one.medicine,
            one.batch_number,
            dosage.units(one.still_out, one.unit),
            one.number,
        )
        for one in got
    )
    return RecallLetter(got[0].patient, got[0].mrn, lines)


def _note(
    session: Session, actor: Actor, batch_ids: Sequence[int], event: str, found: Sequence[Recipient], kind: str
) -> None:
    told: audit.Changes = {"rows": (None, len(found)), "kind": (None, kind)}
    with session.no_autoflush:  # all entries in one statement
        for batch in session.scalars(select(Batch).where(Batch.id.in_(batch_ids)).order_by(Batch.id)):
            audit.record(session, actor, audit.READ, event, batch, told)
