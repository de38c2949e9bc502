"""From a template and data to a PDF, or to pictures of its pages."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg
import typst

_TEMPLATES = Path(__file__).parent


@cache
def fonts() -> typst.Fonts:
    """The fonts that came with Qure and the machine's. Looking through them takes a moment: once per process."""
    return typst.Fonts(font_paths=font_folders())


def font_folders() -> list[str]:
    """Of every font that was installed with pip."""
    return sorted({str(file.path.parent) for family in fontpkg.families().values() for file in family.files})


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """`template` is a file of this folder; it reads `data` as JSON from the input of that name."""
    return bytes(typst.compile(_TEMPLATES / template, **_given(data)))


def svg_pages(template: str, data: dict[str, Any]) -> list[bytes]:
    """The same, a picture per page."""
    made = typst.compile(_TEMPLATES / template, format="svg", **_given(data))
    return [bytes(page) for page in (made if isinstance(made, list) else [made])]


def _given(data: dict[str, Any]) -> dict[str, Any]:
    return {"sys_inputs": {"data": json.dumps(data)}, "font_paths": fonts()}
