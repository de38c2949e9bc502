"""Qure's sign, drawn here so that no browser asks another server for it."""

from urllib.parse import quote

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#0f766e"/>
<path d="M16 7v18M7 16h18" stroke="#fff" stroke-width="5" stroke-linecap="round"/></svg>"""

ICON = f"data:image/svg+xml,{quote(_SVG)}"
LOGO = _SVG
