"""The docs tell what the code does, and the tests fail when they lag."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from core import config
from core.permissions import ROLE_PERMISSIONS, Permission, Role
from pages.ui.catalogue import SCREENS

ROOT = Path(__file__).parent.parent
PERMISSIONS = ROOT / "docs" / "permissions.md"


def permissions_table():
    header = f"| may … | {' | '.join(role.capitalize() for role in Role)} |"
    rows = [
        f"| {permission} | {' | '.join('x' if permission in ROLE_PERMISSIONS[role] else '' for role in Role)} |"
        for permission in Permission
    ]
    return "\n".join([header, f"| --- |{' :-: |' * len(Role)}", *rows])


def screens_table():
    rows = [
        f"| {screen.title} | /{screen.address} | {screen.permission or 'everyone signed in'} | {screen.help} |"
        for screen in SCREENS
    ]
    return "\n".join(["| screen | address | needs | for |", "| --- | --- | --- | --- |", *rows])


@pytest.mark.parametrize("made", [permissions_table(), screens_table()], ids=["rights", "screens"])
def test_the_permissions_page_has_the_table_that_is_enforced(made):
    """QURE_WRITE_PERMISSIONS=1 writes it anew."""
    page, begins = PERMISSIONS.read_text(), re.escape(made[:10])
    if os.environ.get("QURE_WRITE_PERMISSIONS"):
        page = re.sub(rf"^{begins}.*?(?=\n\n|\n*\Z)", lambda _: made, page, flags=re.MULTILINE | re.DOTALL)
        PERMISSIONS.write_text(page)

    assert made in page


def test_every_setting_stands_in_the_example():
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert set(config.names()) <= example


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
)
def test_links_and_pictures_of_the_docs_exist(page):
    links = [a or b for a, b in re.findall(r"\]\(([^)#]+)\)|src(?:set)?=\"([^\"]+)\"", (ROOT / page).read_text())]

    missing = [link for link in links if "://" not in link and not ((ROOT / page).parent / link).exists()]
    assert missing == []


def test_the_tree_in_the_docs_is_the_tree():
    page = (ROOT / "docs" / "architecture.md").read_text()
    drawn = re.findall(r"^(?:  )?(\w+)/ ", page, re.MULTILINE)
    parents = (ROOT, *(ROOT / name for name in ("core", "pages", "etl")))
    folders = {path.name for parent in parents for path in parent.glob("*/") if _is_ours(path)}

    assert sorted(drawn) == sorted(folders)


def _is_ours(folder):
    kept = [path for ending in ("py", "ipynb", "po", "md") for path in folder.glob(f"*.{ending}")]
    return bool(kept) and not folder.name.startswith((".", "__"))


def test_the_order_of_imports_in_the_docs_is_the_one_that_is_checked():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract.get("containers") == ["core"]]

    assert f"`{' > '.join(layers)}`" in (ROOT / "docs" / "architecture.md").read_text()


def test_every_page_of_the_docs_is_reached_from_their_index():
    index = (ROOT / "docs" / "README.md").read_text()
    pages = {path.name for path in (ROOT / "docs").iterdir() if path.is_file()} - {"README.md"}

    assert set(re.findall(r"\]\(([\w-]+\.\w+)\)", index)) == pages


def test_the_app_is_started_and_tested_as_the_readme_says():
    readme = (ROOT / "README.md").read_text()

    assert "pip install -e . && streamlit run streamlit_app.py" in readme
    assert "pip install -e '.[test]' && pytest" in readme
