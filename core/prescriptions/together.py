"""What does not go together: the same twice, two of a class, and known interactions, also with what is still taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from core import formulary
from core.formulary import Substance
from core.models import Medicine, Route
from core.prescriptions.doses import LOCAL, Ordered, substances_of
from core.prescriptions.taker import Taker
from core.words import date_in_words, later, say

RECORD = later("The patient's prescriptions")
GONE_ON_WITH_DAYS = 7  # what ends so soon is gone on with, not doubled


@dataclass(frozen=True)
class _Other:
    medicine: Medicine
    route: Route
    label: str
    ends_soon: bool = False


def doubles(ordered: Ordered, taker: Taker) -> Iterator[tuple[str, str]]:
    """The last one beside those before it and those still running; for each other medicine at most one sentence."""
    medicine, item = ordered[-1]
    for other in _others(ordered, taker):
        if other.ends_soon or not _meet(item.route, other.route):
            continue
        if same := _same(medicine, other.medicine):
            yield say("{label} has the same {same} in it.", label=other.label, same=same), say(RECORD)
        elif group := _same_class(medicine, other.medicine):
            title = say(formulary.title(group))
            yield say("{label} is of the same class, {title}.", label=other.label, title=title), "WHO ATC"


def clashes(ordered: Ordered, taker: Taker) -> Iterator[tuple[str, str]]:
    medicine, item = ordered[-1]
    if item.route in LOCAL:
        return
    for other in _others(ordered, taker):
        if other.route in LOCAL:
            continue
        seen = set()
        for one, another in _pairs(medicine, other.medicine):
            for known in formulary.interactions(one, another):
                if known.effect not in seen:
                    seen.add(known.effect)
                    yield say("with {label}: {effect}.", label=other.label, effect=say(known.effect)), known.source


def _others(ordered: Ordered, taker: Taker) -> Iterator[_Other]:
    mine = ordered[-1][0]
    for medicine, item in ordered[:-1]:
        yield _Other(medicine, item.route, medicine.name)
    for running in taker.running:
        since = date_in_words(running.since, "d MMMM")
        label = say("{name} (since {since}, {doctor})", name=running.medicine.name, since=since, doctor=running.doctor)
        if running.medicine.id != mine.id or not running.is_own:
            yield _Other(running.medicine, running.route, label, running.days_left <= GONE_ON_WITH_DAYS)


def _meet(one: Route, other: Route) -> bool:
    """In the blood, or in the same place."""
    return (one in LOCAL) == (other in LOCAL) and (one not in LOCAL or one is other)


def _pairs(one: Medicine, other: Medicine) -> Iterator[tuple[Substance, Substance]]:
    return ((a, b) for a in substances_of(one) for b in substances_of(other) if a != b)


def _same(one: Medicine, other: Medicine) -> str | None:
    names = {substance.name for substance in substances_of(one)} & {s.name for s in substances_of(other)}
    if names:
        return min(names)
    generic = one.generic.casefold()
    return one.generic if generic and generic == other.generic.casefold() else None


def _same_class(one: Medicine, other: Medicine) -> str | None:
    for mine, theirs in _pairs(one, other):
        for group in mine.classes:
            if group in theirs.classes and formulary.is_double(group):
                return group
    return None
