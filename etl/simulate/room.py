"""A visit in a doctor's room: what is found, written and prescribed, and what is billed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from core import icd10
from core.analytics.replay import Outcome
from core.billing import ConsultationFee
from core.billing.lines import Charge, invoice_line
from core.models import Diagnosis, InvoiceLine, LineKind, Visit, VisitState, Vitals
from etl.simulate import clinical, demand
from etl.simulate.charting import Charting, Seen, finding
from etl.simulate.coming import Coming, Patients
from etl.simulate.moments import Making
from etl.simulate.papers import Papers
from etl.simulate.prescribing import Prescribing
from etl.simulate.staff import AtWork


@dataclass(frozen=True, slots=True)
class Treated:
    """A completed visit: when its patient leaves the room, and what is to be billed."""

    ended: float
    coming: Coming
    visit: int
    lines: list[InvoiceLine]


class Room:
    """`rng` decides what doctors write; what patients have is drawn from the dice of the clinic."""

    def __init__(self, making: Making, rng: Random, until: date) -> None:
        self._making = making
        self._papers = Papers(making, rng)
        self._charting = Charting(making, rng, until)
        self._prescribing = Prescribing(making, rng, self._papers)

    def visit(
        self, patients: Patients, day: date, doctor: AtWork, coming: Coming, outcome: Outcome, token: int
    ) -> Treated:
        assert outcome.called is not None
        making, person = self._making, coming.person
        started, ended = making.at(day, outcome.called + 0.5), making.at(day, outcome.ended)
        again = _follow_up(making, patients, coming, day)
        visit = making.rows.add(
            Visit,
            patient_id=person.number,
            doctor_id=doctor.actor.user_id,
            token_id=token,
            state=VisitState.COMPLETED.value,
            started_at=started,
            completed_at=ended,
            follow_up_on=again,
        )
        conditions = coming.complaint.conditions
        measured = clinical.vitals(making.rng, person, day, conditions) if making.rng.random() < 0.93 else {}
        weight = measured.get("weight_kg")
        assert weight is None or isinstance(weight, Decimal)
        seen = Seen(visit, person, doctor.actor, day, started, ended, conditions, weight)
        self._charting.opened(doctor.actor, person, started)
        self._findings(seen, measured)
        self._charting.write(seen)
        items = clinical.prescription(making.rng, person, day, seen.conditions, making.setting)
        lines = [_consultation(making, doctor, coming, day), *self._prescribing.write(seen, items)]
        changes = {"state": VisitState.COMPLETED.value, "follow_up_on": again}
        making.rows.note(ended, doctor.actor, "visit.completed", (Visit, visit), changes, visit_id=visit)
        self._papers.of_visit(seen, items)
        self._charting.go_on(seen)
        person.last_visit_at = ended
        person.last_seen[doctor.actor.user_id] = day
        return Treated(outcome.ended, coming, visit, lines)

    def _findings(self, seen: Seen, measured: Mapping[str, Any]) -> None:
        making = self._making
        if measured:
            self._charting.slip(seen, measured)
            making.rows.add(Vitals, **finding(seen.visit, seen.doctor, seen.part(0.25), **measured))
        for condition in seen.conditions:
            code = icd10.find(condition.code)
            assert code is not None
            found = finding(seen.visit, seen.doctor, seen.part(0.5), code=code.code, text=code.title)
            making.rows.add(Diagnosis, **found)


def _follow_up(making: Making, patients: Patients, coming: Coming, day: date) -> date | None:
    """On a day on which the clinic is open; chronic patients are always told to come again."""
    again = coming.complaint.again
    chronic = set(coming.complaint.conditions) <= set(coming.person.chronic)
    if not again or not (chronic or making.rng.random() < 0.6):
        return None
    on = day + timedelta(days=again + making.rng.randint(-2, 3))
    while not demand.is_open(on) or on <= day:
        on += timedelta(days=1)
    patients.expect(coming.person, on)
    return on


def _consultation(making: Making, doctor: AtWork, coming: Coming, day: date) -> InvoiceLine:
    """As `billing.invoice_visit` charges it: a follow-up is a visit to the same doctor within the clinic's days."""
    profile, last = making.setting.profile, coming.person.last_seen.get(doctor.actor.user_id)
    until = last + timedelta(days=profile.follow_up_days) if last and profile.follow_up_days else None
    again = until is not None and day <= until
    fee = ConsultationFee(doctor.follow_up_fee if again else doctor.fee, again, until, last)
    what = f"{'Follow-up' if again else 'Consultation'}, {doctor.actor.name}"
    tax = profile.consultation_tax_percent
    return invoice_line(Charge(LineKind.CONSULTATION, what, fee.amount, tax, basis=fee.basis))
