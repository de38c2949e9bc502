"""docs/security.md names the test that shows each protection; here it is seen that they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)


def protections():
    table = PAGE.partition("## What is protected how")[2].partition("\n## ")[0]
    return [row for row in table.splitlines() if row.startswith("| ")][2:]


def test_each_protection_names_a_test_that_exists():
    assert [row.split("|")[1] for row in protections() if "`tests/" not in row] == []
    assert [(file, name) for file, name in NAMED if not shown_by(file, name)] == []


def test_a_test_that_is_not_there_is_missed():
    assert not shown_by("tests/pages/test_guard.py", "test_nothing_of_the_kind")
    assert not shown_by("tests/test_nowhere.py", "")


def shown_by(file, name):
    path = ROOT / file
    return path.exists() and bool(re.search(rf"^def {name or 'test_'}", path.read_text(), re.MULTILINE))


def test_every_setting_that_protects_stands_in_the_example():
    example = (ROOT / ".env.example").read_text()

    assert [name for name in re.findall(r"`(QURE_\w+)", PAGE) if f"\n{name}=" not in example] == []
