"""What a number box gives, as workflows want it. An empty box becomes a number that the workflow refuses in words."""

from decimal import Decimal


def amount(typed: float | None) -> Decimal:
    """Money or a percentage, exactly as it was typed."""
    return Decimal("NaN") if typed is None else Decimal(str(typed))


def whole(typed: float | None) -> int:
    return -1 if typed is None else int(typed)
