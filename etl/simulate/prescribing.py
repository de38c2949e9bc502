"""Prescriptions in a visit: issued, now and then replaced or taken back before they are billed, and their paper."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from core import dosage
from core.billing.lines import invoice_line, medicine_charge
from core.models import InvoiceLine, OverriddenWarning, Prescription, PrescriptionItem, PrescriptionState
from core.prescriptions import ItemDetails
from core.prescriptions.issuing import written_number
from etl.simulate.answering import Answer, Answering
from etl.simulate.charting import Seen
from etl.simulate.moments import Making
from etl.simulate.papers import Papers

_REPLACED, _TAKEN_BACK = 0.012, 0.003
_PATTERNS, _IN_A_PATTERN = {"OD": "1-0-0", "BD": "1-0-1", "TDS": "1-1-1", "HS": "0-0-1"}, 0.15
_WHY_REPLACED = ("Days put right", "Too dear, fewer days first", "Has some of it at home")
_WHY_TAKEN_BACK = ("Has all of it at home", "Would rather wait and see")


class Prescribing:
    def __init__(self, making: Making, rng: Random, papers: Papers) -> None:
        self._making, self._rng, self._papers = making, rng, papers
        self._answering = Answering(making, rng)

    def write(self, seen: Seen, wanted: Sequence[ItemDetails]) -> list[InvoiceLine]:
        """What is billed of it."""
        items, answers = self._answering.heard(seen, [self._spelt(item) for item in wanted])
        if not items:
            return []
        drawn, at = self._rng.random(), seen.ended - timedelta(seconds=20)
        earlier = self._replaced(seen, items, at) if drawn < _REPLACED else None
        prescription, numbers = self._issue(seen, items, answers, at, earlier)
        if _REPLACED <= drawn < _REPLACED + _TAKEN_BACK:
            self._cancel(seen, prescription, seen.ended - timedelta(seconds=5), self._rng.choice(_WHY_TAKEN_BACK))
            which = (Prescription, prescription)
            cancelled = {"state": PrescriptionState.CANCELLED.value}
            at = seen.ended - timedelta(seconds=5)
            self._making.rows.note(at, seen.doctor, "prescription.cancelled", which, cancelled, visit_id=seen.visit)
            return []
        self._papers.prescription(seen, prescription)
        medicines = self._making.setting.by_id
        return [
            invoice_line(medicine_charge(medicines[item.medicine_id], number), item.quantity or 1)
            for item, number in zip(items, numbers, strict=True)
        ]

    def _spelt(self, item: ItemDetails) -> ItemDetails:
        """The same in the pattern of a day, as some like it better."""
        pattern = _PATTERNS.get(item.frequency)
        return replace(item, frequency=pattern) if pattern and self._rng.random() < _IN_A_PATTERN else item

    def _replaced(self, seen: Seen, items: Sequence[ItemDetails], at: datetime) -> int:
        """One that was issued a moment before, with other days for its first medicine."""
        first, *others = items
        days = max(1, first.duration_days + self._rng.choice((-2, 2, 3)))
        pack = self._making.setting.by_id[first.medicine_id].pack_size
        other = replace(first, duration_days=days, quantity=dosage.quantity(first.dose, first.frequency, days, pack))
        number, _ = self._issue(seen, [other, *others], {}, at - timedelta(seconds=30))
        self._cancel(seen, number, at, self._rng.choice(_WHY_REPLACED))
        return number

    def _issue(
        self,
        seen: Seen,
        items: Sequence[ItemDetails],
        answers: dict[int, Answer],
        at: datetime,
        earlier: int | None = None,
    ) -> tuple[int, list[int]]:
        rows, prescription = self._making.rows, self._making.rows.take(Prescription)
        number = written_number(prescription)
        rows.add(
            Prescription,
            id=prescription,
            number=number,
            visit_id=seen.visit,
            issued_at=at,
            issued_by_id=seen.doctor.user_id,
            replaces_id=earlier,
            cancelled_at=None,
            cancelled_by_id=None,
        )
        event = "prescription.issued" if earlier is None else "prescription.amended"
        which = (Prescription, prescription)
        rows.note(at, seen.doctor, event, which, {"number": number}, visit_id=seen.visit)
        return prescription, [self._item(prescription, item, answers.get(item.medicine_id)) for item in items]

    def _item(self, prescription: int, item: ItemDetails, answer: Answer | None) -> int:
        number = self._making.rows.add(
            PrescriptionItem,
            prescription_id=prescription,
            medicine_id=item.medicine_id,
            dose=item.dose,
            route=item.route.value,
            frequency=item.frequency,
            duration_days=item.duration_days,
            quantity=item.quantity,
            instructions=item.instructions,
            override_reason=answer.reason if answer else "",
        )
        for warned in answer.warnings if answer else ():
            self._making.rows.add(OverriddenWarning, prescription_item_id=number, **warned)
        return number

    def _cancel(self, seen: Seen, prescription: int, at: datetime, reason: str) -> None:
        cancelled = {"cancelled_at": at, "cancelled_by_id": seen.doctor.user_id, "cancel_reason": reason}
        state = {"state": PrescriptionState.CANCELLED.value}
        self._making.rows.of(Prescription).amend(prescription, state | cancelled)
