"""One registry of keys: the buttons, Help and docs/screens.md agree with it.

QURE_WRITE_KEYS=1 writes the table of the docs anew.
"""

import ast
import os
import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from pages.ui import keys
from pages.ui.catalogue import SCREENS

ROOT = Path(__file__).parent.parent.parent
DOCS, HEAD = ROOT / "docs" / "screens.md", "## Keys\n\n"
TITLES = {screen.address: screen.title for screen in SCREENS}


@cache
def sources():
    """The modules of the screens, as trees."""
    return {path: ast.parse(path.read_text()) for path in (ROOT / "pages").rglob("*.py")}


def written(tree):
    """Every text of a module that is a key with Alt or Ctrl."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"(Alt|Ctrl|Shift)\+\w+", text)}


def table():
    rows = ["| screen | key | what it does |", "| --- | --- | --- |"]
    rows += [f"| every screen | {key.keys} | {key.does} |" for key in keys.EVERYWHERE]
    for address, of_screen in keys.OF_SCREENS.items():
        rows += [f"| {TITLES[address]} | {key.keys} | {key.does} |" for key in of_screen.values()]
    return "\n".join(rows) + "\n"


def test_no_button_has_a_key_that_the_registry_does_not_know():
    loose = {path.name: written(tree) - {keys.PRIMARY} for path, tree in sources().items() if path.name != "keys.py"}

    assert {name: found for name, found in loose.items() if found} == {}


def test_every_key_of_the_registry_is_taken_by_a_button():
    taken = {
        (node.value.id if isinstance(node.value, ast.Name) else node.value.attr, node.slice.value)
        for node in chain.from_iterable(map(ast.walk, sources().values()))
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and isinstance(node.slice, ast.Constant)
    }
    registry = {
        name: of_screen for name, of_screen in vars(keys).items() if name.isupper() and isinstance(of_screen, dict)
    }
    wanted = {(name, key) for name, of_screen in registry.items() if name != "OF_SCREENS" for key in of_screen}

    assert {(name, key) for name, key in wanted - taken if key not in ("search", "primary")} == set()


def test_a_key_means_one_thing_on_a_screen_and_none_that_the_browser_or_streamlit_needs():
    for address, of_screen in keys.OF_SCREENS.items():
        often = Counter(key.keys for key in of_screen.values())
        assert max(often.values()) == 1, address
        assert not {key.upper() for key in often} & {"C", "R", "ALT+F4", "ALT+LEFT", "ALT+RIGHT", "CTRL+N", "CTRL+W"}


def test_the_docs_have_the_table_of_the_registry():
    before, _, told = DOCS.read_text().partition(HEAD)
    if os.environ.get("QURE_WRITE_KEYS"):
        DOCS.write_text(before + HEAD + table())
        told = table()

    assert told == table()


@pytest.mark.parametrize("address", ["cash", "today"])
def test_a_screen_has_its_own_keys_and_those_of_every_screen(address):
    told = {key.keys: key.does for key in keys.of_screen(address)}

    assert (told.get("Alt+1") == "makes the bill of the first visit") == (address == "cash")
    assert told["?"] == "opens this help"
    assert len(told) == len(keys.of_screen(address))
