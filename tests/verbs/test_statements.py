"""No query in a loop: in a clinic where there is several times as much, every verb sends just as many statements.

How many stands in statements.csv, which a small clinic writes with QURE_WRITE_STATEMENTS=1; the tests live in a larger
one. So a change that adds a statement is a line in the diff, and one that adds a statement for each row fails.
"""

import ast
import collections.abc
import csv
import os
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import select

from core.models import Visit
from tests.verbs import deep
from tests.verbs.examples import EXAMPLES
from tests.verbs.found import ROOT, VERBS

TABLE = Path(__file__).with_name("statements.csv")
SMALL, LARGE = 2, 3  # of whatever there can be several of

# Steps of other verbs, one after the other, each with its own entry in the trail.
STEP_BY_STEP = {
    "day_end.end_day": "whoever still stands in the queue or the book is closed as at the desk; once a day",
    "imports.batches.save": "a row is received as by hand, with its warnings; in a job of its own",
    "imports.medicines.save": "a row is added as by hand; in a job of its own",
    "imports.patients.save": "a row is registered as by hand; in a job of its own",
    **dict.fromkeys(
        ("samples.take_services", "samples.take_medicines"), "a row is added as by hand; once in a clinic's life"
    ),
    "scheduling.opening.open_from_availability": "each doctor is held in turn, as many as the clinic has",
    "visits.changing.change": "what a program sends of one visit: each diagnosis as typed in the room",
}
# Of what they answer with there is one, or none, however large this clinic is.
OF_ONE = {
    **dict.fromkeys(("audit_trail.search", "documents.opening.opened", "dispensing.given.bills_of_code"), "one record"),
    **{
        f"exchange.asking.list_{kind}": "one record by its number; of a patient there are several elsewhere"
        for kind in ("patients", "staff", "conditions", "vitals", "requests")
    },
    "billing.lists.beside": "the bill that it supplements, or the one that supplements it",
    "billing.lists.taken_on": "a row for each way to pay",
    "drawers.reading.open_days": "a row for each day, and there is one",
    "drawers.reading.get_close": "the parts of one drawer stand in its row",
    "exchange.taking.available": "asks nothing of the database",
    "exports.available": "asks nothing of the database",
    "day_end.forgotten_days": "no day was forgotten here; it is a list of days",
    "patients.merging.preview_merge": "a count for each table",
    "prescriptions.overrides.overrides": "none of these medicines is warned of",
    "quality.scoreboard.scoreboard": "a count for each check",
    "quality.scoreboard.records": "of visits without a code, and there are few",
    "token_queue.expecting.expected_waits": "what was learned of each doctor, and nothing was yet",
    "visits.drafts.draft": "one draft",
    "visits.reading.current": "a doctor sits with one patient",
}

# What screens and routes ask once for each of a few, as (file, what is asked).
ASKED_FOR_EACH = {
    ("pages/books.py", "books.named"): "for each rule that is broken",
    ("pages/ui/office/concerns.py", "ask"): "each thing that may be wrong, once",
    ("pages/ui/counter/counter_lines.py", "dispensing.substitutes"): "for each line of one bill that is short",
    ("pages/ui/finding.py", "kind"): "each kind of thing that can be found, once",
    ("pages/ui/prescribing/prescription_rows.py", "inventory.batches"): "for each medicine with nothing usable there",
}
_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@pytest.fixture(scope="module")
def large(world):
    """(the clinic, {verb: Cost})"""
    with pytest.MonkeyPatch.context() as patch:
        clinic = deep.Deep(world.session)
        clinic.times = SMALL if os.environ.get("QURE_WRITE_STATEMENTS") else LARGE
        costs = deep.live(clinic, patch, days=range(clinic.times, 0, -1))
        reading = [name for name, cost in costs.items() if not cost.writes]
        costs |= {name: deep.ask(clinic, name) for name in reading}
        if clinic.times == SMALL:
            TABLE.write_text("\n".join(f"{name},{cost.statements}" for name, cost in costs.items()) + "\n")
        yield clinic, costs


def table():
    return {name: int(statements) for name, statements in csv.reader(TABLE.read_text().splitlines())}


def test_every_verb_sends_as_many_statements_as_in_a_small_clinic(large):
    _, costs = large
    sent = {name: cost.statements for name, cost in costs.items() if name not in STEP_BY_STEP}

    assert sent == {name: statements for name, statements in table().items() if name not in STEP_BY_STEP}


def test_what_goes_step_by_step_sends_more_for_more(large):
    _, costs = large
    known = table()

    assert [name for name in STEP_BY_STEP if costs[name].statements <= known[name]] == []


def test_what_answers_with_several_had_several(large):
    """Else nothing is shown by its statements."""
    _, costs = large
    several = {name for name, verb in VERBS.items() if holds_several(get_type_hints(verb.function).get("return"))}
    few = {name for name in several if not costs[name].writes and costs[name].rows < LARGE}

    assert few == OF_ONE.keys()


def holds_several(hint, inside=()):
    kind = get_origin(hint) or hint
    if isinstance(kind, type) and issubclass(kind, collections.abc.Collection) and not issubclass(kind, str | bytes):
        return True
    parts = get_args(hint)
    if is_dataclass(hint) and hint not in inside:
        parts = get_type_hints(hint).values()
    return any(holds_several(part, (*inside, hint)) for part in parts)


def test_a_query_for_each_row_is_seen(large, monkeypatch):
    clinic, costs = large
    name = "billing.lists.list_unbilled"
    verb = VERBS[name]

    def as_well(session, actor):
        for visit in verb.function(session, actor):
            session.execute(select(Visit.state).where(Visit.id == visit.visit_id))

    monkeypatch.setitem(EXAMPLES, as_well, EXAMPLES[verb.function])
    monkeypatch.setitem(VERBS, name, replace(verb, function=as_well))

    assert deep.ask(clinic, name).statements >= costs[name].statements + LARGE


def test_no_screen_and_no_route_asks_in_a_loop():
    paths = [path for folder in ("pages", "core/api") for path in (ROOT / folder).rglob("*.py")]
    found = {(str(path.relative_to(ROOT)), asked) for path in paths for asked in asked_in_loops(path.read_text())}

    assert found == ASKED_FOR_EACH.keys()


def test_a_question_in_a_loop_is_found():
    assert set(asked_in_loops("for one in bills:\n    billing.get(session, actor, one)")) == {"billing.get"}
    assert set(asked_in_loops("[caller.read(billing.get, one) for one in bills]")) == {"caller.read"}
    assert set(asked_in_loops("[one for one in billing.list_unbilled(session, actor)]")) == set()


def asked_in_loops(source):
    """The functions that are given a session, or open one, once for each round."""
    for loop in (node for node in ast.walk(ast.parse(source)) if isinstance(node, _LOOPS)):
        for part in _each_round(loop):
            yield from (ast.unparse(call.func) for call in ast.walk(part) if isinstance(call, ast.Call) and _asks(call))


def _each_round(loop):
    if isinstance(loop, ast.For | ast.While):
        return loop.body
    made = [loop.key, loop.value] if isinstance(loop, ast.DictComp) else [loop.elt]
    return [*made, *(test for each in loop.generators for test in each.ifs), *(g.iter for g in loop.generators[1:])]


def _asks(call):
    given = {argument.id for argument in call.args[:1] if isinstance(argument, ast.Name)}
    return "session" in given or ast.unparse(call.func) in {"reading", "ui.reading", "caller.read", "caller.act"}
