"""For every verb of core a call that succeeds, made for the world it is given: function -> (world -> With)."""

from tests.verbs.examples import clinic, desk, money, people, room, stock

EXAMPLES = {
    **clinic.EXAMPLES,
    **people.EXAMPLES,
    **desk.EXAMPLES,
    **room.EXAMPLES,
    **money.EXAMPLES,
    **stock.EXAMPLES,
}
