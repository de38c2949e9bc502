"""How often one person, or one address that nobody is signed in at, may ask this process."""

import time
from functools import cache
from math import ceil

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.api.refusals import TooOften
from core.auth import tokens
from core.config import settings
from core.web.cookies import token_shown

_limiter = MovingWindowRateLimiter(MemoryStorage())


@cache
def _rate() -> RateLimitItem:
    return parse(settings().api_rate)


def limit(request: Request) -> None:
    """Raises TooOften. A token that is none of ours counts for its address: anybody can make up many."""
    claims = tokens.claims_of(token_shown(request))
    address = request.client.host if request.client else ""
    if wait := seconds_to_wait(f"user {claims['sub']}" if claims else f"address {address}"):
        raise TooOften(wait)


def seconds_to_wait(who: str) -> int:
    """0 for who may ask now."""
    if _limiter.hit(_rate(), who):
        return 0
    return max(1, ceil(_limiter.get_window_stats(_rate(), who).reset_time - time.time()))
