"""Calls of verbs as the examples have them."""

from contextlib import contextmanager
from dataclasses import dataclass

from core.permissions import Actor, allowed
from tests.statements import sums_hold
from tests.verbs.examples import EXAMPLES
from tests.verbs.found import USUAL, Verb
from tests.verbs.world import World


@dataclass(frozen=True)
class Built:
    """A verb, and an example of it made for the world."""

    world: World
    verb: Verb
    actor: Actor
    args: tuple
    kwargs: dict

    def call(self, actor=None, args=None, kwargs=None):
        """As the example has it, or with something else; what runs at commit has run."""
        who = (self.world.session, actor or self.actor)[0 if self.verb.takes_session else 1 :]
        answer = self.verb.function(*who, *(self.args if args is None else args), **(kwargs or self.kwargs))
        sums_hold(self.world.session)
        return answer


def build(world, verb):
    example = EXAMPLES[verb.function](world)
    return Built(world, verb, meant_for(world, verb, example), example.args, dict(example.kwargs))


def meant_for(world, verb, example):
    """The actor who shows it at work."""
    if example.by:
        return world.actors.get(example.by, example.by)
    if verb.asks is None:
        return world.cashier
    return next(world.actors[role] for role in USUAL if allowed(world.actors[role], verb.asks))


def run(world, verb, actor, args, kwargs):
    return Built(world, verb, actor, args, kwargs).call()


@contextmanager
def undone(session):
    """Whatever happens inside is taken back."""
    kept = session.begin_nested()
    try:
        yield
    finally:
        kept.rollback()
        session.expire_all()


def writes(sent):
    return [statement for statement in sent if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
