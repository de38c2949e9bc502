"""Calls of verbs as the examples have them."""

from contextlib import contextmanager

from core.permissions import allowed
from tests.verbs.examples import EXAMPLES
from tests.verbs.found import USUAL


@contextmanager
def undone(session):
    """Whatever happens inside is taken back."""
    kept = session.begin_nested()
    try:
        yield
    finally:
        if kept.is_active:
            kept.rollback()
        session.expire_all()


def meant_for(world, verb, example):
    """The actor who shows it at work."""
    if example.by:
        return world.actors.get(example.by, example.by)
    if verb.asks is None:
        return world.cashier
    return next(world.actors[role] for role in USUAL if allowed(world.actors[role], verb.asks))


def run(world, verb, actor, args, kwargs):
    before = (world.session, actor) if verb.takes_session else (actor,)
    return verb.function(*before, *args, **kwargs)


def call(world, verb):
    example = EXAMPLES[verb.function](world)
    answer = run(world, verb, meant_for(world, verb, example), example.args, example.kwargs)
    world.session.flush()
    return answer
