"""The access token of a session: a JWT signed with HS256 and nothing else, under a key that it names."""

import secrets
from datetime import datetime, timedelta
from typing import Any, cast

import jwt

from core import clock, secret
from core.config import settings

ISSUER, AUDIENCE, TYPE, ALGORITHM = "qure", "qure", "qure-session+jwt", "HS256"
CLAIMS = ("exp", "iat", "jti", "iss", "aud", "sub", "sid")


def issue(sid: str, user_id: int, started_at: datetime) -> str:
    claims = {
        "sub": str(user_id),
        "sid": sid,
        "jti": secrets.token_urlsafe(12),
        "iat": clock.now(),
        "exp": started_at + timedelta(hours=settings().session_hours),
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    key = secret.key()
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": secret.kid(key), "typ": TYPE})


def claims_of(token: str | None) -> dict[str, Any] | None:
    """What a token says, if it is ours and still good."""
    try:
        header = jwt.get_unverified_header(token or "")
        claims: dict[str, Any] = jwt.decode(
            token or "",
            secret.every()[header["kid"]],
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": list(CLAIMS), "verify_exp": False, "verify_iat": False},
        )
    except (jwt.PyJWTError, KeyError, UnicodeError):
        return None
    expires = cast(float, claims["exp"])
    good = header.get("typ") == TYPE and clock.now().timestamp() < expires  # by our clock, which tests can stop
    return claims if good else None
