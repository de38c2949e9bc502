"""What a browser may load, run and frame of a screen."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

import streamlit
from starlette.requests import HTTPConnection

from core.web import origin

# Styles stand in attributes and are made while a page is drawn, and scripts of our own come as blobs: that is how
# Streamlit draws. Nothing is made code from text (no unsafe-eval); no script stands in a page but its own first one.
_SCREENS = (
    "default-src 'none'; script-src 'self' {scripts} blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' {sockets} data: blob:; "
    "media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self' blob:; manifest-src 'self'; "
    "object-src {objects}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def content(connection: HTTPConnection, content_type: str) -> str:
    host = connection.headers.get("host", "")
    known = origin.NAME.fullmatch(host)
    return _SCREENS.format(
        scripts=_inline_scripts(),
        sockets=f"ws://{host} wss://{host}" if known else "",  # some browsers do not count them as 'self'
        objects="'self'" if content_type.startswith("application/pdf") else "'none'",  # how a browser shows a PDF
    )


@cache
def _inline_scripts() -> str:
    """By their hashes: those in the page of this Streamlit."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    found = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in found)
