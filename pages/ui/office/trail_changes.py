"""What a change of the trail says to people: the word of the field, and its values before and after.

The trail keeps what the database has: days as 2025-03-01, states in capitals. What is not known here, of another
version or for another purpose, is shown as it is kept.
"""

import re
from datetime import date, datetime
from enum import StrEnum

from core.called import called
from core.models import (
    AppointmentState,
    InvoiceState,
    MedicineForm,
    PaymentMethod,
    PrescriptionState,
    Priority,
    PurchaseOrderState,
    Sex,
    TokenState,
    VisitState,
)
from core.permissions import Role
from core.words import later, say
from pages.ui.office.trail_fields import FIELDS
from pages.ui.show import clinic_day, moment, plain, told

NOTHING = "–"
_CALLED: dict[str, type[StrEnum]] = {
    **{"role": Role, "sex": Sex, "priority": Priority, "method": PaymentMethod, "form": MedicineForm}
}
_STATES: dict[str, type[StrEnum]] = {  # by the noun of the event
    **{"token": TokenState, "appointment": AppointmentState, "visit": VisitState, "prescription": PrescriptionState},
    **{"invoice": InvoiceState, "purchase_order": PurchaseOrderState},
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})")
_OF_A_LINE = {"received_": later("Received, line {number}"), "batch ": later("Batch {number}")}
_ASKED = "asked_"


def change(event: str, field: str, before: object, after: object) -> str:
    """As markdown."""
    was, becomes = (plain(_value(event, field, value)) for value in (before, after))
    return f"{plain(_field(field))}: :gray[{was}] → {becomes}"


def _field(field: str) -> str:
    if field.startswith(_ASKED):
        return say("Asked for: {field}", field=_field(field.removeprefix(_ASKED)))
    for prefix, words in _OF_A_LINE.items():
        if (number := field.removeprefix(prefix)).isdecimal():
            return say(words, number=number)
    return say(FIELDS.get(field, field.replace("_", " ").capitalize()))


def _value(event: str, field: str, value: object) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, list):
        return ", ".join(_value(event, field, one) for one in value)
    return _written(event, field.removeprefix(_ASKED), value) if isinstance(value, str) else str(value)


def _written(event: str, field: str, value: str) -> str:
    kind, states = _CALLED.get(field), _STATES.get(event.partition(".")[0])
    if kind and value in kind.__members__.values():
        return called(kind(value))
    if field == "state" and states and value in states.__members__.values():
        return say(told(states(value))[0])
    if _DAY.fullmatch(value):
        return clinic_day(date.fromisoformat(value))
    return moment(datetime.fromisoformat(value)) if _MOMENT.fullmatch(value) else value
