"""How often one person, or one address that nobody is signed in at, may ask this process."""

import time
from functools import cache
from hashlib import sha256
from math import ceil

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.api.refusals import TooOften
from core.config import settings
from core.web.cookies import token_in

_limiter = MovingWindowRateLimiter(MemoryStorage())


@cache
def _rate() -> RateLimitItem:
    return parse(settings().api_rate)


def limit(request: Request) -> None:
    """Raises TooOften."""
    shown = request.headers.get("authorization") or token_in(request.cookies)
    address = request.client.host if request.client else ""
    who = sha256(shown.encode()).hexdigest() if shown else address
    if not _limiter.hit(_rate(), who):
        until = _limiter.get_window_stats(_rate(), who).reset_time
        raise TooOften(max(1, ceil(until - time.time())))
