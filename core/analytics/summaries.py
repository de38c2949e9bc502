"""The shape of the days and months that MongoDB keeps. Values are written as `documents` has it."""

from datetime import datetime
from typing import TypedDict

from bson import Decimal128


class CohortMonth(TypedDict):
    first: str  # "2024-11", the month of these patients' first visit
    patients: int  # how many of them came in this document's month


class DiagnosisMonth(TypedDict):
    code: str
    text: str
    visits: int
    patients: int


class MonthlySummary(TypedDict):
    """A month in which patients were seen, by completed visits."""

    _id: str  # "2025-03"
    date: datetime  # the first of the month
    visits: int
    patients: int
    new_patients: int  # whose first visit lies in this month
    cohorts: list[CohortMonth]
    diagnoses: list[DiagnosisMonth]


class MedicineMonth(TypedDict):
    """Units by kind of movement, all positive but `adjusted`; values are at cost."""

    id: int
    received: int
    dispensed: int
    returned: int
    expired: int
    adjusted: int
    written_off: int
    transferred: int
    sent_back: int
    received_value: Decimal128
    dispensed_value: Decimal128
    returned_value: Decimal128
    expired_value: Decimal128
    adjusted_value: Decimal128  # signed
    written_off_value: Decimal128
    transferred_value: Decimal128
    sent_back_value: Decimal128
    value_change: Decimal128  # of everything on hand, signed


class MonthlyStock(TypedDict):
    """A month in which stock moved."""

    _id: str  # "2025-03"
    date: datetime  # the first of the month
    medicines: list[MedicineMonth]


class DoctorDay(TypedDict):
    id: int | None  # None: billed without a visit
    visits: int
    invoices: int
    billed: Decimal128
    revenue: Decimal128


class DailySummary(TypedDict):
    """A clinic day on which something happened, or on which follow-ups are due: that may be a day to come.

    `total_billed` and `total_revenue` belong to the day the invoice was issued: revenue is what has been paid for
    those invoices until now, less refunds, so a later payment or refund corrects an earlier day. So do `by_kind`
    (billed with tax, by kind of line), `total_subtotal`, `total_discount`, `total_tax` and `total_due`.
    `total_received`, `total_refunded` and `by_method` (received less refunded) are the money that moved on the day
    itself, advances among it. Money counts once: what is paid from an advance came in with the advance, and what a
    credit note keeps for the patient goes out when it is paid out. `advance_received`, `advance_paid_out` (money that
    moved), `advance_applied` and `advance_credited` (none did) are what happened to advances on the day.
    `cash_short` and `cash_over` are what drawers of the day had less or more than expected when they were counted.

    `new_patients` had their first completed visit on the day; `left` are tokens called in vain or never; `slots` were
    not closed; `cancelled` appointments lay on the day. A follow-up is due on the day a visit set it for, and kept if
    that patient was seen at a later visit within seven days before or after. `reminded` are appointments whose patient
    was told of them; `wishes` waited for a slot of the day, and `wishes_met` of them got one.

    From `prescriptions` on, everything belongs to the day of its visit, however much later it happened.
    """

    _id: str  # "2025-03-01"
    date: datetime
    total_patients: int  # different people among the visits
    total_visits: int  # completed visits of this day's tokens
    total_revenue: Decimal128
    medicines_dispensed: int  # units handed over on the day; returns are not taken off
    arrivals: int  # tokens given out
    appointments: int  # slots of the day that were booked and not cancelled
    no_shows: int
    invoices: int
    total_billed: Decimal128
    total_received: Decimal128
    total_refunded: Decimal128
    credit_notes: int  # made on the day
    advance_received: Decimal128
    advance_paid_out: Decimal128
    advance_applied: Decimal128
    advance_credited: Decimal128
    drawers_closed: int
    cash_short: Decimal128
    cash_over: Decimal128
    medicines_returned: int  # units brought back on the day
    by_method: dict[str, Decimal128]
    by_doctor: list[DoctorDay]
    by_kind: dict[str, Decimal128]
    total_subtotal: Decimal128
    total_discount: Decimal128
    total_tax: Decimal128
    total_due: Decimal128
    new_patients: int
    left: int
    slots: int
    cancelled: int
    follow_ups_due: int
    follow_ups_kept: int
    reminded: int
    wishes: int
    wishes_met: int
    prescriptions: int  # that stand
    prescriptions_changed: int  # cancelled, or replaced by another
    prescribed_items: int  # of those that stand
    overridden_items: int  # of these, prescribed against a warning
    papers: int  # that stand
    sick_notes: int  # among them
    amendments: int  # findings and notes added after the signature, with a reason
    struck: int  # findings entered in error
    reopened: int  # visits, as often as they were


class DoctorPrescribing(TypedDict):
    id: int
    visits: int  # completed
    prescribed: int  # of them with a prescription that stands
    antibiotics: int  # of them with an antibiotic that is swallowed or injected
    items: int
    overridden: int  # items prescribed against a warning


class MedicinePrescribing(TypedDict):
    id: int
    items: int
    patients: int
    overridden: int  # items prescribed against a warning
    overridden_patients: int


class OverrideCount(TypedDict):
    doctor: int
    medicine: int
    kind: str
    items: int


class MonthlyPrescribing(TypedDict):
    """A month in which patients were seen: what stands prescribed at its completed visits."""

    _id: str  # "2025-03"
    date: datetime  # the first of the month
    doctors: list[DoctorPrescribing]
    medicines: list[MedicinePrescribing]
    overrides: list[OverrideCount]
