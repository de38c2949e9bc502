"""Every verb that writes is killed at its points in turn, and is whole or absent: asked for again it answers the same.

CI kills each once, before its COMMIT or in or after it, at a point that differs from verb to verb. By hand, at every
point:
`QURE_SWEEP=every pytest tests/faults/test_crash_points.py` (QURE_SWEEP=7 takes another choice).
"""

import logging
import os

import pytest
from sqlalchemy import text

from core import books, db, patients
from core.patients import PatientCard, PatientDetails, Sex
from tests.faults.doors import AFTER
from tests.faults.sweep import Click, every_point, one_point, sweep
from tests.verbs.calling import meant_for
from tests.verbs.examples import EXAMPLES
from tests.verbs.found import VERBS
from tests.verbs.world import World

WHICH = os.environ.get("QURE_SWEEP", "1")
WITH_SESSION = [verb for verb in VERBS.values() if verb.takes_session and verb.function in EXAMPLES]
PARTS = sorted({verb.name.partition(".")[0] for verb in WITH_SESSION})
log = logging.getLogger(__name__)


def example_of(verb):
    def arrange(session):
        world = World(session)
        example = EXAMPLES[verb.function](world)
        return Click(verb.function, meant_for(world, verb, example), example.args, example.kwargs)

    return arrange


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_verb_is_whole_or_absent(committed, part, record_property):
    choose = every_point if WHICH == "every" else one_point(WHICH)
    swept = [sweep(verb.name, example_of(verb), choose) for verb in WITH_SESSION if verb.name.startswith(f"{part}.")]

    assert [wrong for one in swept for wrong in one.wrong] == []
    with db.transaction() as session:
        assert books.check(session) == []
    killed = {one.name: len(one.killed) for one in swept if one.killed}
    log.info("%s: %d verbs killed %d times: %s", part, len(killed), sum(killed.values()), killed)
    record_property("killed", killed)


# Verbs that are not whole, and what the sweep must say of them.


def in_two_transactions(session, actor, details: PatientDetails) -> PatientCard:
    with db.transaction() as other:
        patients.register(other, actor, details)
    return patients.register(session, actor, details)


def forgetting_its_key(session, actor, details: PatientDetails) -> PatientCard:
    session.execute(text("DELETE FROM idempotency_keys"))
    return patients.register(session, actor, details)


def leaving_a_part_for_later(session, actor, details: PatientDetails) -> PatientCard:
    def later():
        with db.transaction() as other:
            patients.register(other, actor, details)

    db.after_commit(session, later)
    return patients.register(session, actor, details)


@pytest.mark.parametrize(
    ("verb", "point", "said"),
    [
        (in_two_transactions, "UPDATE idempotency_keys SET", "killed UPDATE idempotency_keys SET: kept {"),
        (forgetting_its_key, AFTER, "asked again, it did more"),
        (leaving_a_part_for_later, "before an effect", "killed before an effect: kept"),
    ],
)
def test_the_sweep_sees_a_verb_that_is_not_whole(committed, verb, point, said):
    def arrange(session):
        world = World(session)
        return Click(verb, world.admin, [PatientDetails("Asha Rao", Sex.FEMALE)])

    def there(points):
        return [points.index(point) + 1]

    assert any(said in wrong for wrong in sweep(verb.__name__, arrange, there).wrong)
