"""Sign in, stay signed in, sign out.

A sign-in makes a session (`sid`) kept in PostgreSQL and a JWT that names it. The token lives as long as a session may
(`session_hours`). A browser gets it only as an HttpOnly cookie, fetched with a ticket that works once within 30
seconds; a program gets it as the answer of the API.
"""

from core.auth.devices import device_told
from core.auth.second_factor import (
    RECOVERY_CODES,
    AlreadyOn,
    NotOn,
    Unreadable,
    address_for_app,
    new_recovery_codes,
    new_secret,
    recovery_codes_left,
    take_away,
    turn_off,
    turn_on,
)
from core.auth.sessions import (
    Identity,
    OpenSession,
    SignedIn,
    end_my_other_sessions,
    end_my_session,
    end_session,
    identify,
    list_my_sessions,
    list_sessions,
    needs_touch,
    open_session,
    redeem,
    sign_out,
    touch,
)
from core.auth.signing_in import CodeWanted, Refused, count_wrong, enter_code, sign_in, still_wanted

__all__ = [
    "RECOVERY_CODES",
    "AlreadyOn",
    "CodeWanted",
    "Identity",
    "NotOn",
    "OpenSession",
    "Refused",
    "SignedIn",
    "Unreadable",
    "address_for_app",
    "count_wrong",
    "device_told",
    "end_my_other_sessions",
    "end_my_session",
    "end_session",
    "enter_code",
    "identify",
    "list_my_sessions",
    "list_sessions",
    "needs_touch",
    "new_recovery_codes",
    "new_secret",
    "open_session",
    "recovery_codes_left",
    "redeem",
    "sign_in",
    "sign_out",
    "still_wanted",
    "take_away",
    "touch",
    "turn_off",
    "turn_on",
]
