"""A closed day stays closed: whoever moves money asks first, and waits for one who closes at this moment.

Money is moved under FOR KEY SHARE on the own users row, a drawer is closed under FOR UPDATE on it: a payment in flight
is in the close, or refused.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import Conflict
from core.models import DayClose, User
from core.permissions import Actor, Permission, require
from core.words import say


class DayClosed(Conflict):
    def __init__(self) -> None:
        super().__init__(
            say("Your drawer of today is closed: its money is counted. A colleague can do it, you tomorrow.")
        )


def still_open(session: Session, actor: Actor) -> None:
    """Call it before money comes or goes, after the bill is locked. Raises DayClosed.

    The verb that moves the money has asked for its own permission.
    """
    require(actor, Permission.SIGN_IN)
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update(read=True, key_share=True))
    # A later day is closed where a clock was set back: money of a day before it could not be counted any more.
    closed = select(DayClose.id).where(DayClose.cashier_id == actor.user_id, DayClose.closed_on >= clock.today())
    if session.scalar(closed.limit(1)):
        raise DayClosed
