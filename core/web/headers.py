"""The headers that every answer carries, beside the policy of what a browser may load, which is the site's own."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from core.config import settings

ALWAYS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), "
        "geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()"
    ),
}
_YEAR = 365 * 24 * 3600  # seconds


def add(headers: MutableHeaders, connection: HTTPConnection, content_policy: str, *, may_be_kept: bool) -> None:
    headers.update(ALWAYS)
    headers["content-security-policy"] = content_policy
    if not may_be_kept:
        headers["cache-control"] = "no-store"
    if settings().secure_cookies or connection.scope.get("scheme") in {"https", "wss"}:
        headers["strict-transport-security"] = f"max-age={_YEAR}"
