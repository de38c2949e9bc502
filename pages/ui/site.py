"""The addresses of the screens, as the guard must know them."""

from core.web.guard import API, Site
from pages.ui import policy
from pages.ui.catalogue import SCREENS as CATALOGUE
from pages.ui.catalogue import WAITING_ROOM

_UPLOADS = "/_stcore/upload_file/"

SCREENS = Site(
    words={screen.address for screen in (*CATALOGUE, WAITING_ROOM)}
    | {
        *("today", "auth", "session", "logout", "paper", "document", "token", "print", "genuine", "live", "board"),
        *("changes", "health", "ready", "media", "static", "component", "_stcore", "stream", "upload_file", "metrics"),
        *("host-config", "agent"),
    },
    content=policy.content,
    signed_in=("/media/", "/_stcore/metrics", _UPLOADS),
    closed=("/_stcore/agent/", "/_stcore/script-health-check"),
    uploads=(_UPLOADS, f"{API}patients/import"),
    every_moment=(
        *("/static/", "/health", "/ready", "/live/board", "/_stcore/health", "/_stcore/host-config", "/favicon"),
    ),
    # Streamlit's own scripts, styles and fonts.
    same_for_all=("/static/", "/favicon.png"),
)
