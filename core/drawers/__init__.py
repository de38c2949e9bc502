"""The drawers of the cashiers: what should be in them, counted at the end of a day, and then locked."""

from core.drawers.lock import DayClosed, still_open

__all__ = ["DayClosed", "still_open"]
