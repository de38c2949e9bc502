"""From a template and data to a PDF, or to pictures of its pages."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg
import typst

from core.papers.fixed_words import WORDS
from core.words import read_in, say

_TEMPLATES = Path(__file__).parent


@cache
def fonts() -> typst.Fonts:
    """The fonts that came with Qure and the machine's. Looking through them takes a moment: once per process."""
    return typst.Fonts(font_paths=font_folders())


def font_folders() -> list[str]:
    """Of every font that was installed with pip."""
    return sorted({str(file.path.parent) for family in fontpkg.families().values() for file in family.files})


def pdf(template: str, data: dict[str, Any], language: str) -> bytes:
    """`template` is a file of this folder; it reads `data` as JSON from the input of that name."""
    return bytes(typst.compile(_TEMPLATES / template, **_given(data, language)))


def svg_pages(template: str, data: dict[str, Any], language: str) -> list[bytes]:
    """The same, a picture per page."""
    made = typst.compile(_TEMPLATES / template, format="svg", **_given(data, language))
    return [bytes(page) for page in (made if isinstance(made, list) else [made])]


def _given(data: dict[str, Any], language: str) -> dict[str, Any]:
    """The words that stand in the templates themselves go with the data: typst knows no reader."""
    with read_in(language):
        told = {**data, "language": language, "words": {word: say(word) for word in WORDS}}
    return {"sys_inputs": {"data": json.dumps(told)}, "font_paths": fonts()}
