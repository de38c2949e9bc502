"""How money comes and goes, in the cashier's words."""

from core.billing import PaymentMethod

METHODS = {
    PaymentMethod.CASH: ("Cash", "payments"),
    PaymentMethod.UPI: ("UPI", "qr_code_2"),
    PaymentMethod.CARD: ("Card", "credit_card"),
    PaymentMethod.TRANSFER: ("Transfer", "account_balance"),
    PaymentMethod.INSURANCE: ("Insurance", "health_and_safety"),
    PaymentMethod.ADVANCE: ("Advance", "savings"),
}
MONEY = [method for method in METHODS if method is not PaymentMethod.ADVANCE]


def word(method: PaymentMethod) -> str:
    return METHODS[method][0]
