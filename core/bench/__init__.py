"""`qure bench`: what each operation of a clinic costs, beside the same rows through bare drivers.

Machines are noisy, so a figure is a ratio taken in one run: an operation and its floor take turns. Operations are the
functions that the screens call; a floor is the same rows through psycopg, redis or pymongo, written as tightly as
possible. Nothing is asserted about time.
"""

from core.bench.measuring import Figure, Operation, measure
from core.bench.size import Size

__all__ = ["Figure", "Operation", "Size", "measure"]
