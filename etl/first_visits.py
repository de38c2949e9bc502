"""Which visit was a patient's first: what makes them a new patient of a day and a cohort of a month."""

from sqlalchemy import ColumnElement, exists, tuple_
from sqlalchemy.orm import aliased

from core.models import Visit, VisitState


def is_first() -> ColumnElement[bool]:
    """That a completed visit has no completed one of the same patient before it."""
    earlier = aliased(Visit)
    return ~exists().where(
        earlier.patient_id == Visit.patient_id,
        earlier.state == VisitState.COMPLETED,
        tuple_(earlier.started_at, earlier.id) < tuple_(Visit.started_at, Visit.id),
    )
