"""The catalogue is whole, and the page of rights is what the code asks for. Each example is tried in test_verbs.py."""

import re

from tests.verbs.examples import EXAMPLES
from tests.verbs.found import ACTING, ALSO, BY_FUNCTION, BY_RECORD, INNER, ROOT, STEPS, VERBS
from tests.verbs.table import PAGE, page

SCREENS = {path: path.read_text() for path in sorted((ROOT / "pages").rglob("*.py"))}


def test_every_verb_has_an_example():
    assert [verb.name for function, verb in BY_FUNCTION.items() if function not in EXAMPLES] == []


def test_nothing_is_listed_that_is_not_there_any_more():
    assert [function for function in EXAMPLES if function not in BY_FUNCTION] == []
    assert [name for name in INNER if name not in ACTING] == []
    assert [name for name in ALSO if name not in VERBS] == []


def test_every_verb_asks_for_a_permission_by_its_name_or_stands_among_the_few_that_ask_by_the_record():
    assert {verb.name for verb in VERBS.values() if verb.asks is None} == set(BY_RECORD)


def test_no_screen_calls_a_step_of_another_workflow():
    steps = (STEPS | INNER.keys()) - {"core.permissions.allowed", "core.audit.note_refusal", "core.audit.note_list"}
    calls = [rf"\b{package}\.{name}\b" for _, package, *_, name in (step.split(".") for step in steps)]
    called = re.compile("|".join(calls))

    assert [(path.name, found) for path, text in SCREENS.items() if (found := called.findall(text))] == []


def test_the_page_of_rights_is_as_the_code_asks():
    assert PAGE.read_text() == page(), "python -m tests.verbs.table writes it anew"
