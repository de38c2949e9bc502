"""The catalogue is whole: whatever acts for somebody has an example, and each example works."""

import pytest

from tests.verbs.calling import call, undone
from tests.verbs.examples import EXAMPLES
from tests.verbs.found import ACTING, BY_FUNCTION, INNER, VERBS


def test_every_verb_has_an_example():
    missing = [verb.name for function, verb in BY_FUNCTION.items() if function not in EXAMPLES]

    assert missing == []


def test_no_example_is_of_something_that_is_no_verb_any_more():
    assert [function for function in EXAMPLES if function not in BY_FUNCTION] == []
    assert [name for name in INNER if name not in ACTING] == []


@pytest.mark.parametrize("name", VERBS)
def test_an_example_works_for_whom_it_is_meant(world, name):
    with undone(world.session):
        call(world, VERBS[name])
