"""Medicines that may stand in for one another: the same generic, strength, form and pack."""

from collections.abc import Iterable

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from core.models import Medicine


def alike(session: Session, medicine: Medicine) -> list[Medicine]:
    """The others that are offered, by name. What names no generic stands in for nothing."""
    return alike_of(session, [medicine.id])[medicine.id] if medicine.generic else []


def alike_of(session: Session, medicine_ids: Iterable[int]) -> dict[int, list[Medicine]]:
    """`alike` of each of these medicines, by its id."""
    ids, medicine, other = set(medicine_ids), aliased(Medicine), aliased(Medicine)
    pairs = (
        select(medicine.id, medicine.strength, other)
        .join(
            other,
            and_(
                func.lower(other.generic) == func.lower(medicine.generic),
                other.form == medicine.form,
                other.pack_size == medicine.pack_size,
                other.withdrawn_at.is_(None),
                other.id != medicine.id,
            ),
        )
        .where(medicine.id.in_(ids), medicine.generic != "")
        .order_by(func.lower(other.name))
    )
    found: dict[int, list[Medicine]] = {medicine_id: [] for medicine_id in ids}
    for medicine_id, strength, one in session.execute(pairs):
        if _bare(one.strength) == _bare(strength):
            found[medicine_id].append(one)
    return found


def _bare(strength: str) -> str:
    """ "500mg" is "500 mg" """
    return "".join(strength.casefold().split())
