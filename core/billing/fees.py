"""What a consultation costs: less for a follow-up, which is a visit to the same doctor within the clinic's days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from core import clinic, clock
from core.errors import NotFound
from core.models import Doctor, User, Visit, VisitState
from core.permissions import Actor, Permission, require
from core.words import date_in_words, say

_SEEN_BEFORE = select(func.max(Visit.started_at)).where(
    Visit.patient_id == bindparam("patient"),
    Visit.doctor_id == bindparam("doctor"),
    Visit.state == VisitState.COMPLETED,
    Visit.started_at < bindparam("until"),
)
_FEES = (
    select(User.name, Doctor.consultation_fee, Doctor.follow_up_fee, _SEEN_BEFORE.scalar_subquery())
    .join(User, User.id == Doctor.user_id)
    .where(Doctor.user_id == bindparam("doctor"))
)


@dataclass(frozen=True)
class ConsultationFee:
    """`follow_up_until` is the last day on which a visit to this doctor is a follow-up of the one before; None without
    one, and where the clinic has no follow-ups."""

    amount: Decimal
    is_follow_up: bool
    follow_up_until: date | None
    seen_on: date | None = None

    @property
    def basis(self) -> str:
        """Why it is this much."""
        if self.seen_on is None:
            return say("Consultation fee: not seen by this doctor before")
        if self.follow_up_until is None:
            return say("Consultation fee: the clinic has no follow-ups")
        days, day = (self.follow_up_until - self.seen_on).days, date_in_words(self.seen_on)
        if self.is_follow_up:
            return say("Follow-up fee: seen on {day}, within {days} days", day=day, days=days)
        return say("Consultation fee: seen on {day}, more than {days} days before", day=day, days=days)


def consultation_fee(session: Session, actor: Actor, patient_id: int, doctor_id: int, at: datetime) -> ConsultationFee:
    """What a visit at this moment will cost, as far as is known today. Raises NotFound."""
    require(actor, Permission.BOOK)
    fee, _ = fee_of(session, patient_id, doctor_id, at)
    return fee


def fee_of(session: Session, patient_id: int, doctor_id: int, at: datetime) -> tuple[ConsultationFee, str]:
    """And the name of the doctor. Raises NotFound."""
    asked = {"patient": patient_id, "doctor": doctor_id, "until": at}
    row = session.execute(_FEES, asked).one_or_none()
    if row is None:
        raise NotFound("doctor", doctor_id)
    name, usual, less, before = row
    seen = clock.day_of(before) if before else None
    days = clinic.profile(session).follow_up_days
    until = seen + timedelta(days=days) if seen and days else None
    is_follow_up = until is not None and clock.day_of(at) <= until
    return ConsultationFee(less if is_follow_up else usual, is_follow_up, until, seen), name
