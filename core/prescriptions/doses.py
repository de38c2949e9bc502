"""Whether it is too much a day, or not for somebody of this age."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core import dosage, formulary
from core.formulary import Substance
from core.models import Medicine, Route
from core.prescriptions.records import ItemDetails
from core.prescriptions.taker import Taker
from core.words import say

SWALLOWED = frozenset({Route.ORAL, Route.SUBLINGUAL, Route.RECTAL})
LOCAL = frozenset({Route.TOPICAL, Route.INHALED, Route.NASAL, Route.EYE, Route.EAR, Route.VAGINAL})
_CHILD_YEARS, _CHILD_KG, _OLD_YEARS = 12, 40, 65
_WITHOUT_A_BREAK = frozenset({"QW", "STAT"})

Ordered = Sequence[tuple[Medicine, ItemDetails]]


def too_young(medicine: Medicine, item: ItemDetails, taker: Taker) -> Iterator[tuple[str, str]]:
    if taker.age_years is None or item.route in LOCAL:
        return
    for substance in substances_of(medicine):
        if substance.from_years is not None and taker.age_years < substance.from_years:
            reason = substance.why_not_younger
            yield (
                say(
                    "not under {age} ({name}: {reason}).",
                    age=_age(substance.from_years),
                    name=substance.name,
                    reason=reason,
                ),
                substance.source,
            )


def too_much(ordered: Ordered, taker: Taker) -> Iterator[tuple[str, str]]:
    """Of the last one, with what the others before it have of the same substance."""
    medicine, item = ordered[-1]
    yield from _too_much_a_week(medicine, item)
    for substances, mg in _mg(medicine, item, 1).items():
        total = mg + sum(_mg(*other, 1).get(substances, Decimal(0)) for other in ordered[:-1])
        limit, whose = _limit(substances, taker)
        if limit is not None and total > limit:
            names = " and ".join(substance.name for substance in substances)
            highest = say("the highest dose {whose} is {plain} mg", whose=whose, plain=_plain(limit)).replace("  ", " ")
            yield (
                say("{plain} mg of {names} a day; {highest}.", plain=_plain(total), names=names, highest=highest),
                substances[0].source,
            )


def _too_much_a_week(medicine: Medicine, item: ItemDetails) -> Iterator[tuple[str, str]]:
    if item.route not in LOCAL and dosage.frequency(item.frequency) not in _WITHOUT_A_BREAK:
        for substance in substances_of(medicine):
            if substance.is_weekly:
                yield say("{name} is taken once a week, not every day.", name=substance.name), substance.source
    for (substance, *others), mg in _mg(medicine, item, 7).items():
        if not others and substance.week_mg is not None and mg > substance.week_mg:
            highest = say("the highest dose is {plain} mg", plain=_plain(substance.week_mg))
            yield (
                say("{plain} mg of {name} a week; {highest}.", plain=_plain(mg), name=substance.name, highest=highest),
                substance.source,
            )


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


def _limit(substances: Sequence[Substance], taker: Taker) -> tuple[Decimal | None, str]:
    """Mg a day, and for whom that is; of several together only where each has one."""
    each = [_limit_of(substance, taker) for substance in substances]
    limits = [limit for limit, _ in each if limit is not None]
    whose = next((said for _, said in each if said), "")
    return (sum(limits, Decimal(0)), whose) if len(limits) == len(each) else (None, whose)


def _limit_of(substance: Substance, taker: Taker) -> tuple[Decimal | None, str]:
    age, weight = taker.age_years, taker.weight_kg
    limit = substance.adult_mg
    if age is not None and age >= _OLD_YEARS and substance.old_mg is not None:
        return substance.old_mg, say("from {OLD_YEARS} years on", OLD_YEARS=_OLD_YEARS)
    is_small = (age is not None and age < _CHILD_YEARS) or (weight is not None and weight < _CHILD_KG)
    if not is_small:
        return limit, ""
    if substance.child_mg_per_kg is None:
        return limit, say("for adults")
    kg = weight or _usual_weight(age or Decimal(0))
    by_weight = substance.child_mg_per_kg * kg
    if limit is None or by_weight < limit:
        return by_weight, say("for {plain} kg", plain=_plain(kg)) if weight else say(
            "for about {plain} kg ({why_about})", plain=_plain(kg), why_about=_why_about(taker)
        )
    return limit, ""


def _why_about(taker: Taker) -> str:
    if taker.outdated is None:
        return say("not weighed")
    kg, day = taker.outdated
    return say("the {plain} kg of {day} {day_2:%B %Y} are too old", plain=_plain(kg), day=day.day, day_2=day)


def _usual_weight(age_years: Decimal) -> Decimal:
    """Kg by the formulas of Advanced Paediatric Life Support, for a child that was not weighed."""
    if age_years < 1:
        return round(age_years * 6 + 4, 1)
    return round(age_years * 2 + 8 if age_years <= 5 else age_years * 3 + 7, 1)


def _age(years: Decimal) -> str:
    if years >= 1:
        return f"{years.normalize():f} year{'' if years == 1 else 's'}"
    weeks = round(years * 52)
    return f"{weeks} weeks" if weeks < 13 else f"{round(years * 12)} months"


def _plain(amount: Decimal) -> str:
    """Small amounts to the microgram: 0.25 mg of digoxin are not 0.2."""
    return f"{round(amount, 1 if amount >= 10 else 3).normalize():,f}"
