"""Bills: made from a visit or by hand, numbered without gaps, paid in one or several payments, cancelled while unpaid.

A line is rounded once and every total is a sum of rounded lines. Whoever changes a bill holds its row; the counter of
the financial year is the last lock taken, so that a number is given only to a bill that is committed.
"""

from core.billing.changed import (
    BillUpToDate,
    ChangedBill,
    TakenBack,
    bill_anew,
    list_changed,
    standing_number,
    taken_back,
)
from core.billing.fees import ConsultationFee, consultation_fee
from core.billing.finding import find
from core.billing.invoices import (
    AlreadyCancelled,
    AlreadyInvoiced,
    HandedOver,
    PartlyPaid,
    VisitNotCompleted,
    cancel,
    invoice_by_hand,
    invoice_visit,
)
from core.billing.lines import DISCOUNT_LIMITS, LineDetails
from core.billing.lists import (
    Owed,
    Taken,
    Unbilled,
    get,
    list_day,
    list_of_patient,
    list_unbilled,
    list_unpaid,
    list_where,
    owed_by,
    taken_today,
)
from core.billing.payments import AlreadyPaid, InvoiceCancelled, MadeAnewFirst, Overpaid, pay
from core.billing.prices import (
    Price,
    ServiceDetails,
    ServiceExists,
    ServiceRecord,
    ServiceWithdrawn,
    add_service,
    change_service,
    list_services,
    search_prices,
    withdraw_service,
)
from core.billing.records import InvoiceCard, InvoiceRecord, LineRecord, PaymentRecord, locked, locked_with_visit
from core.models import InvoiceState, LineKind, PaymentMethod

__all__ = [
    "DISCOUNT_LIMITS",
    "AlreadyCancelled",
    "AlreadyInvoiced",
    "AlreadyPaid",
    "BillUpToDate",
    "ChangedBill",
    "ConsultationFee",
    "HandedOver",
    "InvoiceCancelled",
    "InvoiceCard",
    "InvoiceRecord",
    "InvoiceState",
    "LineDetails",
    "LineKind",
    "LineRecord",
    "MadeAnewFirst",
    "Overpaid",
    "Owed",
    "PartlyPaid",
    "PaymentMethod",
    "PaymentRecord",
    "Price",
    "ServiceDetails",
    "ServiceExists",
    "ServiceRecord",
    "ServiceWithdrawn",
    "Taken",
    "TakenBack",
    "Unbilled",
    "VisitNotCompleted",
    "add_service",
    "bill_anew",
    "cancel",
    "change_service",
    "consultation_fee",
    "find",
    "get",
    "invoice_by_hand",
    "invoice_visit",
    "list_changed",
    "list_day",
    "list_of_patient",
    "list_services",
    "list_unbilled",
    "list_unpaid",
    "list_where",
    "locked",
    "locked_with_visit",
    "owed_by",
    "pay",
    "search_prices",
    "standing_number",
    "taken_back",
    "taken_today",
    "withdraw_service",
]
