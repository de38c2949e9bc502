"""Rules a reviewer would otherwise have to remember. Who may import whom stands in pyproject.toml (import-linter)."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [
    path
    for folder in ("core", "etl", "pages")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in path.parts
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
OF_PAGES = [path for path in SOURCES if "pages" in path.parts]
PAGES = sorted((ROOT / "pages").glob("*.py"))
SCREENS = {f"pages.{path.stem}" for path in PAGES} - {"pages.__init__"}
WORKFLOWS = [
    path
    for path in SOURCES
    if path.is_relative_to(ROOT / "core")
    and not {"models", "migrations", "stores", "analytics", "cli", "imports"} & set(path.relative_to(ROOT).parts)
]
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
# These carry the actor for others; they do not act for it.
CARRIERS = {"audit.py", "permissions.py", "idempotency.py"}
FORBIDDEN_IN_PAGES = ("sqlalchemy", "psycopg", "redis", "pymongo", "core.models", "core.db", "etl")


def named(path):
    return str(path.relative_to(ROOT))


@cache
def tree(path):
    return ast.parse(path.read_text())


@cache
def functions(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]


def everywhere(sources, wrong):
    """{path: what is wrong there}, of the paths with something wrong."""
    return {named(path): found for path in sources if (found := wrong(path))}


def test_files_and_functions_fit_on_a_screen_or_two():
    def too_long(path):
        lines = len(path.read_text().splitlines())
        long = [f.name for f in functions(path) if f.end_lineno - f.lineno + 1 > LONGEST_FUNCTION]
        return [*long, lines] if lines > LONGEST_FILE else long

    assert everywhere(SOURCES, too_long) == {}


def test_files_of_tests_are_no_longer_either():
    long = [named(path) for path in TESTS if len(path.read_text().splitlines()) > LONGEST_FILE]

    assert long == []


def test_nobody_imports_upwards():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout[-3000:]


def test_core_never_commits():
    guilty = [named(path) for path in SOURCES if ".commit(" in path.read_text() and "core" in path.parts]

    assert guilty == []


def test_whatever_takes_an_actor_asks_for_permission_first():
    def unguarded(path):
        return [
            function.name
            for function in tree(path).body
            if isinstance(function, ast.FunctionDef)
            and not function.name.startswith("_")
            and "actor" in {argument.arg for argument in function.args.args}
            and not first_step(function).startswith("require(actor, ")
        ]

    assert everywhere([path for path in WORKFLOWS if path.name not in CARRIERS], unguarded) == {}


def first_step(function):
    has_docstring = ast.get_docstring(function) is not None
    return ast.unparse(function.body[1 if has_docstring else 0])


def test_nothing_is_drawn_while_a_transaction_is_open():
    """`st.stop` and `st.rerun` work by raising, which would roll the work back."""
    opens = ("transaction()", "reading()", "ui.reading()", "db.transaction()", "db.reading()")

    def drawn(path):
        return [
            ast.unparse(call.func)
            for block in ast.walk(tree(path))
            if isinstance(block, ast.With) and any(ast.unparse(item.context_expr) in opens for item in block.items)
            for call in ast.walk(ast.Module(block.body, []))
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith(("st.", "ui."))
        ]

    assert everywhere(OF_PAGES, drawn) == {}


def test_a_dialog_asks_for_itself_who_is_at_the_tab():
    """It redraws itself without its page: an actor handed to it may have signed out since."""

    def trusting(path):
        return [
            function.name
            for function in functions(path)
            if any(ast.unparse(d).startswith(("st.dialog", "st.fragment")) for d in function.decorator_list)
            and "actor" in {argument.arg for argument in function.args.args}
        ]

    assert everywhere(OF_PAGES, trusting) == {}


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_holds_no_sql_and_no_tables_and_knows_no_other_page(path):
    imported = set(_imported(path))

    assert not [name for name in imported if name.startswith(FORBIDDEN_IN_PAGES)]
    assert not imported & SCREENS


def test_what_screens_share_knows_no_screen():
    shared = (path for path in SOURCES if path.is_relative_to(ROOT / "pages" / "ui"))

    assert {named(path): known for path in shared if (known := SCREENS.intersection(_imported(path)))} == {}


def _imported(path):
    """Modules, and whatever is taken from one, as dotted names."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module)):
                yield from (module, *(f"{module}.{alias.name}" for alias in node.names))


@pytest.mark.parametrize("path", [p for p in PAGES if p.stem not in {"__init__", "waiting_room"}], ids=named)
def test_a_page_is_guarded_before_anything_else(path):
    """Streamlit can be made to run a page without its frame; so every page stops strangers by itself."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    body = [node for node in tree(path).body if isinstance(node, ast.Assign | ast.Expr | ast.With)]
    first_call = next(ast.unparse(node) for node in body if any(isinstance(n, ast.Call) for n in ast.walk(node)))

    assert "ui.page" in calls
    assert first_call.startswith(("actor = ui.page(", "ui.page("))
