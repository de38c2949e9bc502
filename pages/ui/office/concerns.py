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
from core.words import later, say, say_count
from pages.ui.links import link
from pages.ui.office import outside_openings
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
                icon = f":{concern.colour}[:material/{concern.icon}:]"
                st.markdown(f"{icon} {concern.sentence}", width="stretch")
                if concern.screen:
                    link(concern.screen, **concern.query)


def unpaid() -> list[Concern]:
    """For who sees figures and no bills. From MongoDB, so outside of any transaction; nothing while it is away."""
    try:
        owed = receivables()
    except StoreUnavailable:
        return []
    if owed.empty:
        return []
    due = plain(money(Decimal(str(owed["due"].sum()))))
    sentence = say_count(len(owed), "{count:,} bill to be paid, {due}", "{count:,} bills to be paid, {due}", due=due)
    return [Concern("payments", sentence, "revenue")]


def _backups(actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.MANAGE_CLINIC) and (problem := backup.overview().problem):
        yield Concern("backup", plain(problem), "settings")


def _doors(actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.MANAGE_CLINIC):
        for sentence in background.open_doors():
            yield Concern("gpp_maybe", plain(sentence), "", colour="red")


def _day(session: Session, actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.END_DAY) and (days := day_end.forgotten_days(session, actor)):
        yield Concern("nightlight", say("{day} was not ended yet", day=clinic_day(days[-1])), "day-end")


def _drawers(session: Session, actor: Actor) -> Iterator[Concern]:
    today, everybody = clock.today(), allowed(actor, Permission.CLOSE_DRAWERS)
    if not everybody and not allowed(actor, Permission.TAKE_PAYMENT):
        return
    still_open = drawers.open_days(session, actor)
    if former := [one for one in still_open if one.day < today]:
        which = _which(former, named=everybody)
        if everybody:
            yield Concern("lock_open", say("Drawers of former days are still open: {which}", which=which), "drawers")
        else:
            yield Concern("lock_open", say("Your drawer is still open: {which}", which=which), "close-day")
    if any(one.day == today and one.cashier_id == actor.user_id for one in still_open):
        sentence = say("Your drawer of today is open: count it when you go")
        yield Concern("lock_open", sentence, "close-day", colour="blue")


def _differences(session: Session, actor: Actor) -> Iterator[Concern]:
    if not allowed(actor, Permission.CLOSE_DRAWERS):
        return
    today = clock.today()
    for close in drawers.closes(session, actor, today - DIFFERENCES_OF, today):
        if close.difference:
            amount, why = plain(money(abs(close.difference))), plain(close.explanation)
            sentence = later("{amount} too much") if close.difference > 0 else later("{amount} missing")
            whose = f"{plain(close.cashier)}, {clinic_day(close.day)}"
            query = {"close": str(close.close_id)}
            yield Concern(
                "warning", f"**{say(sentence, amount=amount)}**: {whose} :small[:gray[· {why}]]", "drawers", query
            )


def _others(session: Session, actor: Actor) -> Iterator[Concern]:
    if allowed(actor, Permission.ANALYSE) and not allowed(actor, Permission.SEE_BILLS):
        unbilled = quality.score(session, actor, "unbilled").found
        if unbilled:
            sentence = say_count(
                unbilled,
                "{count:,} visit of former days without a bill",
                "{count:,} visits of former days without a bill",
            )
            yield Concern("receipt_long", sentence, "quality", {"check": "unbilled"})
    if allowed(actor, Permission.SEE_STOCK) and allowed(actor, Permission.ANALYSE):
        low = len(inventory.low_stock(session, actor))
        if low and not allowed(actor, Permission.MANAGE_STOCK):
            sentence = say_count(
                low, "{count:,} medicine running low or sold out", "{count:,} medicines running low or sold out"
            )
            yield Concern("trending_down", sentence, "stock-report")


def _outside_work(session: Session, actor: Actor) -> Iterator[Concern]:
    if not allowed(actor, Permission.SEE_OPENINGS):
        return
    today = clock.today()
    if files := patients.count_outside(session, actor, today - OPENINGS_OF, today):
        sentence = say_count(
            files,
            "{count:,} file opened outside somebody's work within a week",
            "{count:,} files opened outside somebody's work within a week",
        )
        yield Concern("lock_open", sentence, "users", {"tab": outside_openings.TAB}, colour="blue")


def _which(days: list[OpenDay], *, named: bool) -> str:
    words = [f"{plain(one.cashier)}, {clinic_day(one.day)}" if named else clinic_day(one.day) for one in days[:_NAMED]]
    others = len(days) - len(words)
    return "; ".join([*words, *([say("and {others:,} more", others=others)] if others else [])])
