"""Who may ask: a page of our own, under a name that is ours."""

import re
import socket
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

from core.config import settings

# What a browser sends as Host. Whatever else comes there is no name, and becomes part of no address.
NAME = re.compile(r"([\w.-]+|\[[\da-f:]+\])(:\d+)?", re.ASCII | re.IGNORECASE)
# Nobody can register these for a machine of theirs; neither a name without a dot.
_OF_THE_HOUSE = (".local", ".localhost", ".lan", ".internal", ".home.arpa")


def same_origin(request: HTTPConnection) -> bool:
    """Whether a page of ours asks."""
    with suppress(ValueError):
        asking = urlsplit(request.headers.get("origin", "")).netloc
        return bool(asking) and asking in {request.headers.get("host"), _public().netloc}
    return False


def names_none(request: HTTPConnection) -> bool:
    """What is no browser names no origin; a browser always does where it writes for a page of another site."""
    return "origin" not in request.headers


def is_ours(host: str) -> bool:
    """Whether this name in a request can only mean this machine.

    A name from the public DNS may be pointed here by a stranger, whose page would then be of our origin (DNS
    rebinding): of those only the clinic's own counts.
    """
    known = NAME.fullmatch(host)
    if known is None:
        return not host
    name = known[1].lower().rstrip(".")
    with suppress(ValueError):
        return bool(ip_address(name.strip("[]")))
    if "[" in name:
        return False
    return "." not in name or name.endswith(_OF_THE_HOUSE) or name in {_public().hostname, _machine()}


def public_address(request: HTTPConnection) -> str:
    """As the setting has it, else as the browser itself reached us; a proxy that ends TLS may not tell the scheme."""
    if public := settings().public_address:
        return public
    scheme = "https" if settings().secure_cookies else request.url.scheme
    return f"{scheme}://{request.url.netloc}"


def _public() -> SplitResult:
    return urlsplit(settings().public_address or "")


@cache
def _machine() -> str:
    return socket.gethostname().lower()
