"""From a template and data to a PDF."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst

_TEMPLATES = Path(__file__).parent


@cache
def _fonts() -> "typst.Fonts":
    """Looking through the machine's fonts takes a moment: once per process."""
    return typst.Fonts()


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """`template` is a file of this folder; it reads `data` as JSON from the input of that name."""
    source = (_TEMPLATES / template).read_bytes()
    return typst.compile(source, sys_inputs={"data": json.dumps(data)}, font_paths=_fonts())
