"""A course as a line no higher than a word: shape only, the numbers stand beside it."""

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote

WIDTH, HEIGHT, EDGE = 46, 16, 3
# Seen on the light and on the dark background alike: a picture does not know the theme.
_LINE, _DOT = "#85968f", "#14908a"


def sparkline(values: Sequence[Decimal | int], told: str) -> str:
    """An HTML image of values, the oldest first and the last as a dot; "" for fewer than two. `told` is read aloud."""
    if len(values) < 2:
        return ""
    least, most = min(values), max(values)
    spread = float(most - least) or 1.0
    across, up = (WIDTH - 2 * EDGE) / (len(values) - 1), HEIGHT - 2 * EDGE
    flat = HEIGHT / 2
    points = [
        (EDGE + place * across, flat if most == least else HEIGHT - EDGE - float(value - least) / spread * up)
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}'>"
        f"<polyline points='{line}' fill='none' stroke='{_LINE}' stroke-width='1.5' stroke-linejoin='round'/>"
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2.5' fill='{_DOT}'/></svg>"
    )
    return f'<img src="data:image/svg+xml,{quote(svg)}" width="{WIDTH}" height="{HEIGHT}" alt="{told}" title="{told}">'
