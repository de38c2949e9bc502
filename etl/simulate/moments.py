"""What every part of the simulation is handed: the dice, the rows, the clinic, and its wall clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from etl.simulate.rows import Rows
from etl.simulate.staff import Setting


@dataclass(frozen=True)
class Making:
    rng: Random
    rows: Rows
    setting: Setting
    patients_per_day: float

    def at(self, day: date, minute: float) -> datetime:
        """The instant at which so many minutes of a clinic day are over, to the second."""
        # Counted from six in the morning: clocks are put forward and back before that.
        six = datetime.combine(day, time(6), self.setting.zone).astimezone(UTC)
        return six + timedelta(seconds=round((minute - 360) * 60))

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.setting.zone).date()
