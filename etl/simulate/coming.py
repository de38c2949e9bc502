"""Who comes on a day: those whose follow-up is due, those who booked, those who walk in; and who does not come."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from math import exp
from typing import TypeVar

from core.models import Appointment, AppointmentState, Patient, Priority, Sex, Slot, SlotState
from core.patients import mrn
from etl.simulate import clinical, demand
from etl.simulate.clinical import Complaint
from etl.simulate.diary import Diary
from etl.simulate.leave import Away
from etl.simulate.moments import Making
from etl.simulate.people import Person, Population
from etl.simulate.staff import AtWork

T = TypeVar("T")

_BOOKED_SHARE = 0.45  # of those who come
DAYS_AHEAD = 14  # for which slots are open
_LEAD_DAYS = 5.0  # from the booking to the appointment, on average
_REASONS = ("Feels better", "Cannot come", "Went elsewhere")


@dataclass(frozen=True, slots=True)
class Booking:
    number: int
    slot: int
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """Someone who arrives. `doctor` is an id, None for whoever is free."""

    person: Person
    minute: float
    doctor: int | None
    booking: Booking | None
    complaint: Complaint
    priority: Priority


class Patients:
    """Everybody who ever came, and who is expected when."""

    def __init__(self, making: Making, diary: Diary) -> None:
        self.making, self.diary = making, diary
        self.population = Population()
        self._expected: dict[date, list[Person]] = defaultdict(list)
        self._here: set[int] = set()
        self._due: list[Person] = []
        self._leave: Sequence[Away] = ()

    def expect(self, person: Person, on: date) -> None:
        self._expected[on].append(person)

    def arrivals(self, day: date, doctors: Sequence[AtWork]) -> list[Coming]:
        """Everybody who arrives on a day on which these doctors work, in the order of arrival."""
        number = demand.poisson(self.making.rng, demand.expected(day, self.making.patients_per_day))
        self._here, self._due = set(), self._due_by(day)
        booked = self._booked(day, doctors, number)
        walking = [self._walk_in(day, doctors) for _ in range(max(0, number - len(booked)))]
        self.diary.in_vain(day, [doctor.actor.user_id for doctor in doctors], self.population.people, self._here)
        for person in self._due:  # more than the day could take
            self.expect(person, day + timedelta(days=self.making.rng.randint(1, 4)))
        return sorted((*booked, *walking), key=lambda coming: coming.minute)

    def ahead(self, last_on: date, doctors_on: Callable[[date], Sequence[AtWork]], leave: Sequence[Away] = ()) -> None:
        """Opens the slots of the days to come, as they stand on the evening of the last day: fewer and fewer booked.

        Leave came after the bookings: it closes what is free.
        """
        self._leave = leave
        self._here = set()
        for number in range(1, DAYS_AHEAD + 1):
            day = last_on + timedelta(days=number)
            # Whoever looks at the clinic on a Sunday wants to check somebody in, too.
            doctors = doctors_on(day) or self.making.setting.doctors[: number == 1]
            usual = demand.expected(day, self.making.patients_per_day) or self.making.patients_per_day / 3
            self._due = self._due_by(day)
            wanted = round(usual * _BOOKED_SHARE * exp(-(number - 1) / _LEAD_DAYS))
            self._open(day, doctors, wanted, partial(self._book_ahead, day, last_on))
            self.diary.ahead(day, [doctor.actor.user_id for doctor in doctors], self.population.people, self._here)

    def note_left(self, booking: Booking, person: Person, starts: datetime, left_at: datetime) -> None:
        """Came and left unseen: the slot is given back."""
        self.note_appointment(booking, person, starts, AppointmentState.CANCELLED, left_at)
        self.making.rows.of(Slot).amend(booking.slot, {"state": SlotState.FREE.value})

    def note_appointment(
        self,
        booking: Booking,
        person: Person,
        starts: datetime,
        state: AppointmentState,
        left_at: datetime | None = None,
    ) -> None:
        """The row of an appointment once it is known what became of it, and its trail."""
        making = self.making
        desk, number = making.setting.desk[booking.number % 2], booking.number
        cancelled = state is AppointmentState.CANCELLED
        given_up = left_at or (booking.booked_at + (starts - booking.booked_at) / 2 if cancelled else None)
        reason = "Left unseen" if left_at else _REASONS[number % 3]
        reminded_at = self.diary.reminded_at(number, person, booking.booked_at, starts, given_up)
        making.rows.add(
            Appointment,
            id=number,
            slot_id=booking.slot,
            patient_id=person.number,
            state=state.value,
            reason=reason if cancelled else "",
            booked_by_id=desk.user_id,
            booked_at=booking.booked_at,
            reminded_at=reminded_at,
        )
        which, day = (Appointment, number), making.day_of(starts)
        making.rows.note(booking.booked_at, desk, "appointment.booked", which, {"slot_id": booking.slot}, [day])
        if given_up:
            making.rows.note(given_up, desk, "appointment.cancelled", which, {"state": state.value}, [day])
        elif state is AppointmentState.NO_SHOW:
            missed = starts + timedelta(minutes=45)
            making.rows.note(missed, desk, "appointment.missed", which, {"state": state.value}, [day])

    def _due_by(self, day: date) -> list[Person]:
        """Those whose follow-up has come; some put it off, some forget it."""
        found, rng = [], self.making.rng
        for on in sorted(on for on in self._expected if on <= day):
            for person in self._expected.pop(on):
                chance = rng.random()
                if chance < 0.78:
                    found.append(person)
                elif chance < 0.9:
                    self.expect(person, day + timedelta(days=rng.randint(3, 20)))
        return found

    def _booked(self, day: date, doctors: Iterable[AtWork], number: int) -> list[Coming]:
        """Who comes of those who are booked."""
        wanted = round(number * _BOOKED_SHARE / 0.84)
        return self._open(day, doctors, wanted, partial(self._appointment, day))

    def _open(
        self, day: date, doctors: Iterable[AtWork], wanted: int, book: Callable[[AtWork, int, int], T | None]
    ) -> list[T]:
        """Opens the slots of a day and lets some be booked, as (doctor, minute, slot); returns what came of them.

        A slot of which nothing came is free, or closed by leave.
        """
        rows = self.making.rows
        free = [(doctor, minute) for doctor in doctors for minute in doctor.slots()]
        chosen = set(self.making.rng.sample(range(len(free)), min(wanted, len(free) * 3 // 4)))
        booked = []
        for place, (doctor, minute) in enumerate(free):
            slot, starts = rows.take(Slot), self.making.at(day, minute)
            found = book(doctor, minute, slot) if place in chosen else None
            away = self._away(doctor, day, minute) if found is None else None
            rows.add(
                Slot,
                id=slot,
                doctor_id=doctor.actor.user_id,
                starts_at=starts,
                ends_at=starts + timedelta(minutes=doctor.hours.slot_minutes),
                state=(SlotState.BOOKED if found is not None else SlotState.CLOSED if away else SlotState.FREE).value,
                absence_id=away,
            )
            booked += [] if found is None else [found]
        return booked

    def _away(self, doctor: AtWork, day: date, minute: int) -> int | None:
        """The leave that closes a free slot."""
        return next((away.number for away in self._leave if away.closes(doctor, day, minute)), None)

    def _book_ahead(self, day: date, last_on: date, doctor: AtWork, minute: int, slot: int) -> Booking:
        making, rng = self.making, self.making.rng
        booked_at = making.at(last_on - timedelta(days=int(rng.expovariate(0.4))), rng.randint(540, 1080))
        person = (self._next_due() if rng.random() < 0.75 else None) or self._someone(booked_at)
        self._here.add(person.number)
        booking = Booking(making.rows.take(Appointment), slot, self._once_known(person, booked_at))
        self.note_appointment(booking, person, making.at(day, minute), AppointmentState.BOOKED)
        self.diary.came_by_list(booking.number, person, doctor.actor.user_id, booking.booked_at, making.at(day, minute))
        return booking

    def _appointment(self, day: date, doctor: AtWork, minute: int, slot: int) -> Coming | None:
        """Somebody books; None if they cancel or do not come."""
        making, rng = self.making, self.making.rng
        lead = min(21, int(rng.expovariate(1 / _LEAD_DAYS)))
        booked_at = making.at(day - timedelta(days=lead), min(minute - 30, rng.randint(540, 1080)))
        waited_for = self._next_due() if rng.random() < 0.75 else None
        person, due = waited_for or self._someone(booked_at), waited_for is not None
        self._here.add(person.number)
        booking = Booking(making.rows.take(Appointment), slot, self._once_known(person, booked_at))
        self.diary.came_by_list(booking.number, person, doctor.actor.user_id, booking.booked_at, making.at(day, minute))
        state = self._kept(person, day, lead)
        if state is not AppointmentState.BOOKED:
            self.note_appointment(booking, person, making.at(day, minute), state)
            if due:
                self.expect(person, day + timedelta(days=rng.randint(2, 12)))
            return None
        # Never before the booking, which may be of half an hour ago.
        arrives = max(doctor.hours.sessions[0][0] - 20.0, minute + min(max(rng.gauss(-6, 9), -25), 25))
        return self._coming(day, person, arrives, doctor.actor.user_id, booking, due)

    @staticmethod
    def _once_known(person: Person, at: datetime) -> datetime:
        """Whoever was here since books on the way out."""
        return max(at, (person.last_visit_at or person.registered_at) + timedelta(seconds=90))

    def _kept(self, person: Person, day: date, lead: int) -> AppointmentState:
        """The longer ahead it was booked, the likelier it is missed; the young miss more."""
        missed = 0.08 + 0.005 * lead + (0.05 if 18 <= person.age(day) < 35 else 0)
        chance = self.making.rng.random()
        if chance < missed:
            return AppointmentState.NO_SHOW
        return AppointmentState.CANCELLED if chance > 0.955 else AppointmentState.BOOKED

    def _walk_in(self, day: date, doctors: Sequence[AtWork]) -> Coming:
        making, rng = self.making, self.making.rng
        minute = demand.walk_in_minute(rng, [doctor.seat for doctor in doctors])
        waited_for = self._next_due() if rng.random() < 0.6 else None
        person, due = waited_for or self._someone(making.at(day, minute - 4)), waited_for is not None
        self._here.add(person.number)
        here = [doctor for doctor in doctors if doctor.is_in(minute)]
        return self._coming(day, person, minute, self._preferred(person, day, here), None, due)

    def _preferred(self, person: Person, day: date, doctors: Sequence[AtWork]) -> int | None:
        """Children go to the children's doctor, many others to the one they know; the rest to whoever is free."""
        rng = self.making.rng
        if person.age(day) < 14 and rng.random() < 0.75:
            return next((doctor.actor.user_id for doctor in doctors if doctor.sees_children), None)
        known = [doctor.actor.user_id for doctor in doctors if doctor.actor.user_id in person.last_seen]
        return rng.choice(known) if known and rng.random() < 0.45 else None

    def _coming(
        self, day: date, person: Person, minute: float, doctor: int | None, booking: Booking | None, due: bool
    ) -> Coming:
        complaint = clinical.complaint(self.making.rng, person, day, due)
        return Coming(person, minute, doctor, booking, complaint, self._priority(person, day))

    def _priority(self, person: Person, day: date) -> Priority:
        age, chance = person.age(day), self.making.rng.random()
        if chance < 0.004:
            return Priority.EMERGENCY
        if age >= 70:
            return Priority.ELDERLY
        if age < 5 and chance < 0.7:
            return Priority.CHILD
        expecting = person.sex is Sex.FEMALE and 20 <= age < 40 and chance < 0.04
        return Priority.PREGNANT if expecting else Priority.NORMAL

    def _next_due(self) -> Person | None:
        """Nobody comes twice on a day, though two doctors may have told them to come again."""
        while self._due:
            person = self._due.pop()
            if person.number not in self._here:
                return person
        return None

    def _someone(self, at: datetime) -> Person:
        """A patient who was here before and comes with something new, or a newcomer registered at this moment."""
        rng, known = self.making.rng, self.population.people
        share = min(0.55, len(known) / (self.making.patients_per_day * 40))
        if known and rng.random() < share:
            person = rng.choice(known)
            if person.number not in self._here and person.registered_at < at:
                return person
        return self._newcomer(at)

    def _newcomer(self, at: datetime) -> Person:
        number = self.making.rows.take(Patient)
        person = self.population.new(self.making.rng, number, at)
        desk = self.making.setting.desk[number % 2]
        self.making.rows.note(at, desk, "patient.registered", (Patient, number), {"mrn": mrn(number)})
        return person
