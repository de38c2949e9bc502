"""What is not as it should be and waits for this person, worst first, with the way to each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import streamlit as st
from sqlalchemy.orm import Session

from core import backup, clock, day_end, drawers, inventory, patients, quality
from core.analytics import receivables
from core.drawers import OpenDay
from core.errors import StoreUnavailable
from core.permissions import Actor, Permission, allowed
from core.web import background
from core.words import say
from pages.ui import outside_openings
from pages.ui.links import link
from pages.ui.show import clinic_day, money, plain

DIFFERENCES_OF = timedelta(days=7)
OPENINGS_OF = timedelta(days=6)  # and today
_NAMED = 3


@dataclass(frozen=True)
class Concern:
    """`sentence` is markdown; `query` is what the screen opens with, if there is one to open."""

    icon: str
    sentence: str
    screen: str
    query: dict[str, str] = field(default_factory=dict)
    colour: str = "orange"


def found(session: Session, actor: Actor) -> list[Concern]:
    """Only what the role may see, and not what its own tiles count already."""
    asked = (_day, _drawers, _differences, _others, _outside_work)
    told = (concern for ask in asked for concern in ask(session, actor))
    return [*_doors(actor), *_backups(actor), *told]


def show(concerns: list[Concern]) -> None:
    if not concerns:
        return
    with st.container(border=True, gap="xsmall"):
        for concern in concerns:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    say(
                        ":{colour}[:material/{icon}:] {sentence}",
                        colour=concern.colour,
                        icon=concern.icon,
                        sentence=concern.sentence,
                    ),
                    width="stretch",
                )
                if concern.screen:
                    link(concern.screen, **concern.query)


def unpaid() -> list[Concern]:
    """For who sees figures and no bills. From MongoDB, so outside of any transaction; nothing while it is away."""
    try:
        owed = receivables()
    except StoreUnavailable:
        return []
    bills = len(owed)
    told = plain(money(Decimal(str(owed["due"].sum()))))
    return (
        [Concern("payments", say("{number} to be paid, {told}", number=_number(bills, "bill"), told=told), "revenue")]
        if bills
        else []
    )


def _backups(actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.MANAGE_CLINIC) and (problem := backup.overview().problem):
        yield Concern("backup", plain(problem), "settings")


def _doors(actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.MANAGE_CLINIC):
        for sentence in background.open_doors():
            yield Concern("gpp_maybe", plain(sentence), "", colour="red")


def _day(session: Session, actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.END_DAY) and (days := day_end.forgotten_days(session, actor)):
        yield Concern("nightlight", say("{days} was not ended yet", days=clinic_day(days[-1])), "day-end")


def _drawers(session: Session, actor: Actor) -> Iterator[Concern]:
    today, everybody = clock.today(), allowed(actor, Permission.CLOSE_DRAWERS)
    if not everybody and not allowed(actor, Permission.TAKE_PAYMENT):
        return
    still_open = drawers.open_days(session, actor)
    if former := [one for one in still_open if one.day < today]:
        whose = say("Drawers of former days are") if everybody else say("Your drawer is")
        screen = "drawers" if everybody else "close-day"
        yield Concern(
            "lock_open", say("{whose} still open: {which}", whose=whose, which=_which(former, named=everybody)), screen
        )
    if any(one.day == today and one.cashier_id == actor.user_id for one in still_open):
        yield Concern(
            "lock_open", say("Your drawer of today is open: count it when you go"), "close-day", colour="blue"
        )


def _differences(session: Session, actor: Actor) -> Iterator[Concern]:
    if not allowed(actor, Permission.CLOSE_DRAWERS):
        return
    today = clock.today()
    for close in drawers.closes(session, actor, today - DIFFERENCES_OF, today):
        if close.difference:
            word = say("too much") if close.difference > 0 else "missing"
            amount, said = plain(money(abs(close.difference))), plain(close.explanation)
            whose = f"{plain(close.cashier)}, {clinic_day(close.day)}"
            query = {"close": str(close.close_id)}
            yield Concern("warning", f"**{amount} {word}**: {whose} :small[:gray[{said}]]", "drawers", query)


def _others(session: Session, actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.ANALYSE) and not allowed(actor, Permission.SEE_BILLS):
        unbilled = quality.score(session, actor, "unbilled").found
        if unbilled:
            sentence = say("{number} of former days without a bill", number=_number(unbilled, "visit"))
            yield Concern("receipt_long", sentence, "quality", {"check": "unbilled"})
    if allowed(actor, Permission.SEE_STOCK) and allowed(actor, Permission.ANALYSE):
        low = len(inventory.low_stock(session, actor))
        if low and not allowed(actor, Permission.MANAGE_STOCK):
            yield Concern(
                "trending_down",
                say("{number} running low or sold out", number=_number(low, "medicine")),
                "stock-report",
            )


def _outside_work(session: Session, actor: Actor) -> Iterator[Concern]:
    if not allowed(actor, Permission.SEE_OPENINGS):
        return
    today = clock.today()
    if files := patients.count_outside(session, actor, today - OPENINGS_OF, today):
        sentence = say("{number} opened outside somebody's work within a week", number=_number(files, "file"))
        yield Concern("lock_open", sentence, "users", {"tab": outside_openings.TAB}, colour="blue")


def _which(days: list[OpenDay], *, named: bool) -> str:
    words = [f"{plain(one.cashier)}, {clinic_day(one.day)}" if named else clinic_day(one.day) for one in days[:_NAMED]]
    others = len(days) - len(words)
    return "; ".join([*words, *([say("and {others:,} more", others=others)] if others else [])])


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
