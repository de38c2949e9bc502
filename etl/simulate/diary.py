"""What stands beside the appointments: who was reminded, and who waited for a slot of a day that was full.

It throws dice of its own, so that whoever comes to the clinic comes with it or without.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from core.models import Appointment, WaitingListEntry
from etl.simulate.moments import Making
from etl.simulate.people import Person

_REMINDED = 0.92  # of those who have a phone and were booked before
_CAME_BY_LIST = 0.05  # of the appointments
_NOTES = ("", "", "", "Only in the morning", "After 5 pm", "Can come at short notice")
_SINCE = timedelta(hours=1)  # at least between coming onto the list and a slot


class Diary:
    """`last_on` is the last day of the simulation: what lies after its evening has not happened."""

    def __init__(self, making: Making, rng: Random, last_on: date) -> None:
        self.making, self.rng = making, rng
        self._now = making.at(last_on, 1200)

    def reminded_at(
        self, number: int, person: Person, booked_at: datetime, starts: datetime, given_up: datetime | None
    ) -> datetime | None:
        """The afternoon before; also noted."""
        making = self.making
        called = making.at(making.day_of(starts) - timedelta(days=1), 990 + self.rng.random() * 45)
        late = given_up is not None and given_up <= called
        known = person.family.phone and booked_at < called <= self._now and not late
        if not known or self.rng.random() >= _REMINDED:
            return None
        what, desk = (Appointment, number), making.setting.desk[number % 2]
        making.rows.note(called, desk, "appointment.reminded", what, {"reminded_at": called})
        return called

    def came_by_list(self, number: int, person: Person, doctor: int, booked_at: datetime, starts: datetime) -> None:
        """Now and then a slot is one for which the patient had waited."""
        waited = booked_at - person.registered_at - _SINCE
        if waited <= timedelta() or self.rng.random() >= _CAME_BY_LIST:
            return
        added_at = booked_at - _SINCE - min(waited, timedelta(days=2)) * self.rng.random()
        self._wish(person, doctor, self.making.day_of(starts), added_at, booked_at, number)

    def in_vain(self, day: date, doctors: Sequence[int], people: Sequence[Person], seen: set[int]) -> None:
        """Some evenings somebody has waited all day; the end of the day takes them off."""
        if doctors and self.rng.random() < 0.3:
            self._some(day, doctors, people, seen, 1, self.making.at(day, 1245))

    def ahead(self, day: date, doctors: Sequence[int], people: Sequence[Person], seen: set[int]) -> None:
        """Those who still wait for a day to come."""
        if doctors:
            self._some(day, doctors, people, seen, self.rng.randint(0, 3), None)

    def _some(
        self, day: date, doctors: Sequence[int], people: Sequence[Person], seen: set[int], most: int,
        settled_at: datetime | None,
    ) -> None:  # fmt: skip
        latest = min(self.making.at(day, 600), self._now)
        for person in self.rng.sample(people, min(len(people), most)):
            added_at = latest - timedelta(hours=3) * self.rng.random()
            if person.number not in seen and person.registered_at < added_at:
                self._wish(person, self.rng.choice(doctors), day, added_at, settled_at)

    def _wish(
        self, person: Person, doctor: int, day: date, added_at: datetime, settled_at: datetime | None,
        appointment: int | None = None,
    ) -> None:  # fmt: skip
        making, rows = self.making, self.making.rows
        number = rows.add(
            WaitingListEntry,
            patient_id=person.number,
            doctor_id=doctor,
            wanted_on=day,
            added_at=added_at,
            note=self.rng.choice(_NOTES),
            settled_at=settled_at,
            appointment_id=appointment,
        )
        what, desk = (WaitingListEntry, number), making.setting.desk[person.number % 2]
        rows.note(added_at, desk, "waiting.added", what, {"wanted_on": day, "doctor_id": doctor}, [day])
        if settled_at:
            event = "waiting.settled" if appointment else "waiting.expired"
            rows.note(settled_at, desk, event, what, {"settled_at": settled_at, "appointment_id": appointment}, [day])
