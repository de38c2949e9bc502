"""Whether it is too much a day, or not for somebody of this age."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from core import dosage, formulary
from core.errors import listed
from core.formulary import Substance
from core.models import Medicine, Route
from core.prescriptions.records import ItemDetails
from core.prescriptions.taker import Taker
from core.words import date_in_words, later, say, say_count

SWALLOWED = frozenset({Route.ORAL, Route.SUBLINGUAL, Route.RECTAL})
LOCAL = frozenset({Route.TOPICAL, Route.INHALED, Route.NASAL, Route.EYE, Route.EAR, Route.VAGINAL})
_CHILD_YEARS, _CHILD_KG, _OLD_YEARS = 12, 40, 65
_WITHOUT_A_BREAK = frozenset({"QW", "STAT"})

Ordered = Sequence[tuple[Medicine, ItemDetails]]
Highest = Callable[..., str]  # tells `most`, and for whom that is
_HIGHEST: Highest = partial(say, later("the highest dose is {most} mg"))


def too_young(medicine: Medicine, item: ItemDetails, taker: Taker) -> Iterator[tuple[str, str]]:
    if taker.age_years is None or item.route in LOCAL:
        return
    for substance in substances_of(medicine):
        if substance.from_years is not None and taker.age_years < substance.from_years:
            age, reason = _age(substance.from_years), say(substance.why_not_younger)
            sentence = later("not under {age} ({name}: {reason}).")
            yield say(sentence, age=age, name=substance.name, reason=reason), substance.source


def too_much(ordered: Ordered, taker: Taker) -> Iterator[tuple[str, str]]:
    """Of the last one, with what the others before it have of the same substance."""
    medicine, item = ordered[-1]
    yield from _too_much_a_week(medicine, item)
    for substances, mg in _mg(medicine, item, 1).items():
        total = mg + sum(_mg(*other, 1).get(substances, Decimal(0)) for other in ordered[:-1])
        limit, highest = _limit(substances, taker)
        if limit is not None and total > limit:
            names, source = listed(substance.name for substance in substances), substances[0].source
            sentence, most = later("{total} mg of {names} a day; {highest}."), highest(most=_plain(limit))
            yield say(sentence, total=_plain(total), names=names, highest=most), source


def _too_much_a_week(medicine: Medicine, item: ItemDetails) -> Iterator[tuple[str, str]]:
    if item.route not in LOCAL and dosage.frequency(item.frequency) not in _WITHOUT_A_BREAK:
        for substance in substances_of(medicine):
            if substance.is_weekly:
                yield say("{name} is taken once a week, not every day.", name=substance.name), substance.source
    for (substance, *others), mg in _mg(medicine, item, 7).items():
        if not others and substance.week_mg is not None and mg > substance.week_mg:
            sentence, most = later("{total} mg of {name} a week; {highest}."), _plain(substance.week_mg)
            yield say(sentence, total=_plain(mg), name=substance.name, highest=_HIGHEST(most=most)), substance.source


def substances_of(medicine: Medicine) -> tuple[Substance, ...]:
    return formulary.substances_in(medicine.generic) or formulary.substances_in(medicine.name)


def _mg(medicine: Medicine, item: ItemDetails, days: int) -> dict[tuple[Substance, ...], Decimal]:
    """Of each substance, on a day it is taken or within some, where the box says beyond doubt how much is in it.

    Of all together where a mixture has one number ("625 mg"), or it is not said which number is whose.
    """
    substances, often = substances_of(medicine), dosage.frequency(item.frequency)
    if item.route not in SWALLOWED or often is None or not item.dose.is_finite():
        return {}
    strengths = formulary.strengths(medicine.strength or medicine.name, medicine.form, item.route)
    if not substances or len(strengths) not in {1, len(substances)}:
        return {}
    times = dosage.per_day(often) if days == 1 else dosage.intakes(often, min(days, item.duration_days))
    doses = item.dose * times.numerator / times.denominator
    if len(strengths) == 1 or formulary.names_mixture(f"{medicine.generic} {medicine.name}"):
        return {substances: sum(strengths) * doses}
    return {(substance,): mg * doses for substance, mg in zip(substances, strengths, strict=True)}


def _limit(substances: Sequence[Substance], taker: Taker) -> tuple[Decimal | None, Highest]:
    """Mg a day, and how it is told; of several together only where each has one."""
    each = [_limit_of(substance, taker) for substance in substances]
    limits = [limit for limit, _ in each if limit is not None]
    highest = next((told for _, told in each if told is not _HIGHEST), _HIGHEST)
    return (sum(limits, Decimal(0)), highest) if len(limits) == len(each) else (None, highest)


def _limit_of(substance: Substance, taker: Taker) -> tuple[Decimal | None, Highest]:
    age, weight = taker.age_years, taker.weight_kg
    limit = substance.adult_mg
    if age is not None and age >= _OLD_YEARS and substance.old_mg is not None:
        told = later("the highest dose from {years} years on is {most} mg")
        return substance.old_mg, partial(say, told, years=_OLD_YEARS)
    is_small = (age is not None and age < _CHILD_YEARS) or (weight is not None and weight < _CHILD_KG)
    if not is_small:
        return limit, _HIGHEST
    if substance.child_mg_per_kg is None:
        return limit, partial(say, later("the highest dose for adults is {most} mg"))
    kg = weight or _usual_weight(age or Decimal(0))
    by_weight = substance.child_mg_per_kg * kg
    if limit is not None and by_weight >= limit:
        return limit, _HIGHEST
    if weight:
        return by_weight, partial(say, later("the highest dose for {kg} kg is {most} mg"), kg=_plain(kg))
    told = later("the highest dose for about {kg} kg ({why_about}) is {most} mg")
    return by_weight, partial(say, told, kg=_plain(kg), why_about=_why_about(taker))


def _why_about(taker: Taker) -> str:
    if taker.outdated is None:
        return say("not weighed")
    kg, day = taker.outdated
    return say("the {kg} kg of {day} are too old", kg=_plain(kg), day=date_in_words(day))


def _usual_weight(age_years: Decimal) -> Decimal:
    """Kg by the formulas of Advanced Paediatric Life Support, for a child that was not weighed."""
    if age_years < 1:
        return round(age_years * 6 + 4, 1)
    return round(age_years * 2 + 8 if age_years <= 5 else age_years * 3 + 7, 1)


def _age(years: Decimal) -> str:
    if years >= 1:
        return say_count(int(years), "{count} year", "{count} years")
    weeks = round(years * 52)
    if weeks < 13:
        return say_count(weeks, "{count} week", "{count} weeks")
    return say_count(round(years * 12), "{count} month", "{count} months")


def _plain(amount: Decimal) -> str:
    """Small amounts to the microgram: 0.25 mg of digoxin are not 0.2."""
    return f"{round(amount, 1 if amount >= 10 else 3).normalize():,f}"
