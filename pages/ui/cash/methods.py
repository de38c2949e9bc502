"""How money comes and goes, in the cashier's words."""

from core.bill_papers import word as word
from core.billing import PaymentMethod

ICONS = {
    PaymentMethod.CASH: "payments",
    PaymentMethod.UPI: "qr_code_2",
    PaymentMethod.CARD: "credit_card",
    PaymentMethod.TRANSFER: "account_balance",
    PaymentMethod.INSURANCE: "health_and_safety",
    PaymentMethod.ADVANCE: "savings",
}
METHODS = list(ICONS)
MONEY = [method for method in METHODS if method is not PaymentMethod.ADVANCE]
