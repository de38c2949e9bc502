"""What a stranger finds in the folder does what it says: Makefile, hooks before a commit, CONTRIBUTING.md."""

import importlib.util
import re
import shlex
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text()
CI = (ROOT / ".ci" / "run").read_text()
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
TOOLS = {"ruff", "mypy", "lint-imports", "pytest", "streamlit", "python", "pip"}


def recipes():
    """{target: its commands}."""
    found = re.findall(r"^(\w+):  ## .+\n((?:\t.+\n)+)", MAKEFILE + "\n", re.MULTILINE)
    return {target: [line.strip() for line in commands.splitlines()] for target, commands in found}


def commands_of(text):
    """Commands of one line in a page, without what is said about them."""
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines() if line]


def test_make_alone_lists_every_target_and_what_it_is_for():
    [phony] = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)

    assert phony.split() == list(recipes())
    assert ".DEFAULT_GOAL := help" in MAKEFILE


def test_make_runs_the_commands_of_the_readme_and_of_ci():
    targets = recipes()

    assert f"{targets['install'][0]} && {targets['test'][0]}\n" in README
    assert f"&& {targets['run'][0]}\n" in README
    assert "\n".join(targets["check"]) in CI


def test_make_calls_nothing_that_is_not_there():
    modules = re.findall(r"python -m ([\w.]+)", MAKEFILE)
    files = re.findall(r"pytest -q (\S+)", MAKEFILE)

    assert [name for name in modules if importlib.util.find_spec(name) is None] == []
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_hooks_before_a_commit_are_checks_of_make_by_tools_that_are_installed():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]

    assert {repo["repo"] for repo in config["repos"]} == {"local"}  # nothing is fetched
    assert {hook["language"] for hook in hooks} == {"system"}
    checked = " ".join(recipes()["check"])
    assert [hook["entry"] for hook in hooks if hook["entry"] not in checked] == []


def test_contributing_names_what_there_is():
    named = set(re.findall(r"\b((?:core|pages|etl|tests|docs)/[\w/.-]*\w)", CONTRIBUTING))
    targets = set(re.findall(r"`make (\w+)`|^make (\w+)", CONTRIBUTING, re.MULTILINE))

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    assert {one or other for one, other in targets} <= set(recipes())


def test_contributing_names_commands_that_there_are():
    programs = {words[0] for words in commands_of(CONTRIBUTING)} - {"make", "bash", "python3"}

    assert programs <= TOOLS
    assert all(words[1] in recipes() for words in commands_of(CONTRIBUTING) if words[0] == "make" and len(words) > 1)
