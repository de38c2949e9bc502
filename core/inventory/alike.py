"""Medicines that may stand in for one another: the same generic, strength, form and pack."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Medicine


def alike(session: Session, medicine: Medicine) -> list[Medicine]:
    """The others that are offered, by name. What names no generic stands in for nothing."""
    if not medicine.generic:
        return []
    others = select(Medicine).where(
        func.lower(Medicine.generic) == func.lower(medicine.generic),
        Medicine.form == medicine.form,
        Medicine.pack_size == medicine.pack_size,
        Medicine.withdrawn_at.is_(None),
        Medicine.id != medicine.id,
    )
    by_name = session.scalars(others.order_by(func.lower(Medicine.name)))
    return [other for other in by_name if _bare(other.strength) == _bare(medicine.strength)]


def _bare(strength: str) -> str:
    """ "500mg" is "500 mg" """
    return "".join(strength.casefold().split())
