"""Every verb of core, one after the other: it works, for whom it is meant and for nobody else, and refuses wrong ids.

Its example is built once for all tests of the verb, in the world of this file.
"""

import os
import random

import pytest

from core import fields, permissions
from core.errors import ClinicError, NotPermitted
from core.permissions import Role
from tests.statements import statements
from tests.verbs.calling import build, undone, writes
from tests.verbs.found import VERBS, may, missing
from tests.verbs.odd import odd_for
from tests.verbs.places import arguments, places, put

ALL = os.environ.get("QURE_LONG_TESTS") == "1"
WRONG_IDS = (-1, 0, 2**63 - 1, 2**63)


@pytest.fixture(scope="module", params=VERBS)
def built(world, request):
    with undone(world.session):
        yield build(world, VERBS[request.param])


def outcome(built, actor=None, named=None):
    """The answer, or whatever was raised; nothing stays."""
    with undone(built.world.session):
        try:
            return built.call(actor) if named is None else built.call(actor, (), named)
        except Exception as refusal:
            return refusal


def test_it_works_for_whom_it_is_meant(built):
    answer = outcome(built)

    assert not isinstance(answer, Exception), answer


def test_it_is_for_the_roles_of_the_table_alone(built):
    """Whoever may not is refused before anything is asked of the database: nobody learns whether a record exists."""
    if built.verb.asks is None:
        return
    named = arguments(built)
    for place in places(built):
        named = put(named, place.path, -1) if place.is_id else named
    for role in Role:
        actor = built.world.actors[role]
        if may(actor, built.verb):
            assert not is_of_role(outcome(built, actor)), role
            continue
        with statements(built.world.session) as sent:
            told = {str(refused(built, actor, args)) for args in (arguments(built), named)}
        assert (told, sent) == ({f"{actor.name} ({role.lower()}) may not {missing(actor, built.verb)}."}, []), role


def test_the_roles_are_seen_to_be_open_where_nobody_asks(built, monkeypatch):
    """What must fail, fails: with every role allowed everything, a verb of the table lets somebody in who may not."""
    everybody = [built.world.actors[role] for role in Role]
    if built.verb.asks is None or not (strangers := [one for one in everybody if not may(one, built.verb)]):
        return
    monkeypatch.setattr(permissions, "allowed", lambda actor, permission: True)

    assert f"may not {missing(strangers[0], built.verb)}." not in str(outcome(built, strangers[0]))


def is_of_role(answer):
    """A subclass is of the record: a colleague's visit, somebody else's template."""
    return type(answer) is NotPermitted


def refused(built, actor, named):
    with pytest.raises(NotPermitted) as refusal:
        built.call(actor, (), named)
    return refusal.value


def test_ids_of_nothing_are_refused_in_words_or_find_nothing(built):
    wrong = {}
    for place, value in ((place, value) for place in places(built) if place.is_id for value in WRONG_IDS):
        with statements(built.world.session) as sent:
            answer = outcome(built, named=put(arguments(built), place.path, value))
        if not isinstance(answer, ClinicError) and (writes(sent) or isinstance(answer, Exception)):
            wrong[f"{place} {value}"] = repr(answer)

    assert wrong == {}


def test_odd_input_is_taken_or_refused_in_words_wherever_it_is_typed(built):
    """One place at a time. Here two values of each place, the same in every run; QURE_LONG_TESTS=1 tries them all."""
    wrong = {}
    for place in places(built):
        for what, value in chosen(odd_for(place), f"{built.verb.name} {place}"):
            answer = outcome(built, named=put(arguments(built), place.path, value))
            if isinstance(answer, Exception) and not is_in_words(answer):
                wrong[f"{place}: {what}"] = repr(answer)[:300]

    assert wrong == {}


def chosen(values, seed):
    return values if ALL else random.Random(seed).sample(values, min(len(values), 2))


def is_in_words(refusal):
    return (
        isinstance(refusal, ClinicError) and fields.paragraph(str(refusal)) == str(refusal) and len(str(refusal)) < 400
    )
