"""The visible rule of priority: how much earlier someone is taken to have come."""

from datetime import timedelta

from core.models import Priority

HEAD_START = {
    Priority.NORMAL: timedelta(0),
    Priority.CHILD: timedelta(minutes=20),
    Priority.PREGNANT: timedelta(minutes=30),
    Priority.ELDERLY: timedelta(minutes=30),
    Priority.EMERGENCY: timedelta(days=1),
}
