"""The one small document that tells reports how fresh they are and whose clinic they show."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.analytics import store
from core.analytics.documents import Feed, instant
from core.models import Clinic, Doctor, User

COLLECTION = "feed"
SHAPE = 6  # goes up with every change of a document's fields or of the indexes


def write(session: Session, fed_at: datetime | None, *, whole: bool) -> None:
    clinic = session.get(Clinic, 1)
    doctors = session.execute(select(User.id, User.name).join(Doctor).order_by(User.id))
    feed: Feed = {
        "_id": "relay",
        "shape": SHAPE,
        "whole": whole,
        "fed_at": instant(fed_at) if fed_at else None,
        "clinic": {
            "name": clinic.name,
            "currency": clinic.currency,
            "country": clinic.country,
            "time_zone": clinic.time_zone,
        }
        if clinic
        else None,
        "doctors": [{"id": key, "name": name} for key, name in doctors],
    }
    store.put(COLLECTION, [feed])


def forget() -> None:
    """What MongoDB holds is of another past: whoever feeds it next makes it again from PostgreSQL."""
    store.put(COLLECTION, [{"_id": "relay", "whole": False}])


def is_whole() -> bool:
    """False where MongoDB is new, was lost, was fed in another shape, or a rebuild did not come to its end."""
    return any(store.find(COLLECTION, {"_id": "relay", "whole": True, "shape": SHAPE}))
