"""A token as screens show it, and the one query that reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import Doctor, Patient, Priority, Token, TokenState, User, members
from core.token_queue.forecast import Range


@dataclass(frozen=True)
class TokenCard:
    """`doctor_id` is None for whoever is free first; then name and room are empty, too.

    `said`, if anything was: in how many minutes the patient would be called, as it was said with the token.
    """

    token_id: int
    number: int
    state: TokenState
    priority: Priority
    patient_id: int
    patient_name: str
    mrn: str
    doctor_id: int | None
    doctor_name: str
    room: str
    issued_at: datetime
    called_at: datetime | None
    appointment_id: int | None
    said: Range | None = None

    @property
    def waited(self) -> int | None:
        """Whole minutes until the call."""
        return None if self.called_at is None else int((self.called_at - self.issued_at).total_seconds() // 60)


_OF_TOKEN = ("number", "state", "priority", "patient_id", "doctor_id", "issued_at", "called_at", "appointment_id")


def cards() -> Select[*tuple[object, ...]]:
    """Tokens with their patient and doctor; columns in the order of TokenCard's fields, `said` as two."""
    return (
        select(
            Token.id,
            Token.number,
            members(Token.state, TokenState),
            members(Token.priority, Priority),
            Token.patient_id,
            Patient.name,
            Patient.mrn,
            Token.doctor_id,
            func.coalesce(User.name, ""),
            func.coalesce(Doctor.room, ""),
            Token.issued_at,
            Token.called_at,
            Token.appointment_id,
            Token.said_p50,
            Token.said_p90,
        )
        .join(Patient, Patient.id == Token.patient_id)
        .outerjoin(Doctor, Doctor.user_id == Token.doctor_id)
        .outerjoin(User, User.id == Doctor.user_id)
    )


def to_card(row: Sequence[Any]) -> TokenCard:
    *known, p50, p90 = row
    return TokenCard(*known, said=None if p50 is None else Range(p50, p90))  # type: ignore[misc]


def card_of(session: Session, token: Token) -> TokenCard:
    session.flush()
    return to_card(session.execute(_one(), {"token_id": token.id}).one())


def card_for_anyone(token: Token, patient: Patient) -> TokenCard:
    """Of a token for whoever is free first: there is no doctor to ask for."""
    values = {name: getattr(token, name) for name in _OF_TOKEN}
    said = None if token.said_p50 is None or token.said_p90 is None else Range(token.said_p50, token.said_p90)
    return TokenCard(
        token_id=token.id, patient_name=patient.name, mrn=patient.mrn, doctor_name="", room="", said=said, **values
    )


@cache
def _one() -> Select[*tuple[object, ...]]:
    return cards().where(Token.id == bindparam("token_id"))


def locked(session: Session, token_id: int) -> Token:
    """The token, locked until commit. Raises NotFound."""
    token = session.get(Token, token_id, with_for_update=True, populate_existing=True)
    if token is None:
        raise NotFound("token", token_id)
    return token
