"""Reads and writes of a page: short transactions with no drawing inside, exactly-once writes, refusals in words."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy.orm import Session as Session  # pages name the type of what `reading` gives

from core import db
from core.errors import ClinicError
from core.idempotency import KeyReused
from core.permissions import Actor
from core.web import acting
from pages.ui.messages import show_refusal
from pages.ui.session import current_actor, looked_up

P = ParamSpec("P")
R = TypeVar("R")

_ANSWERS = "answers"


@contextmanager
def reading() -> Iterator[Session]:
    """A session that PostgreSQL keeps from writing. Read, leave the block, then draw."""
    with db.reading() as session:
        yield session


def form_key(name: str) -> str:
    """The identity of one form or button until its write succeeded: widget key and idempotency key in one.

    A second click carries the same key and gets the first one's result; after success the form is a new one, so that
    a queued click addresses a widget that is no more.
    """
    key: str = st.session_state.setdefault(f"form:{name}", f"{name}-{uuid.uuid4().hex}")
    return key


def forget_form(name: str) -> None:
    """Make the form a new one, empty."""
    st.session_state.pop(f"form:{name}", None)


def act(name: str, verb: Callable[Concatenate[Session, Actor, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Do the write of a form, once. Raises what the workflow refused: call it inside `refusals_shown`."""
    answers = st.session_state.setdefault(_ANSWERS, {})
    with looked_up(None):
        actor, token = current_actor(), st.session_state.get("token")
    try:
        result = acting.act(token, actor, form_key(name), verb, *args, **kwargs)
    except KeyReused:
        forget_form(name)  # its write was done, with what the form held before: what comes next is a new one
        raise
    answers[verb] = result  # before session_state is touched again: there, another click ends this run
    forget_form(name)
    return result


def last_answer(verb: Callable[Concatenate[Session, Actor, P], R]) -> R | None:
    """What this verb answered last here, also where a second click cut short what came after it."""
    answers: dict[object, R] = st.session_state.get(_ANSWERS, {})
    return answers.get(verb)


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Show what a workflow refused, and go on drawing. Bugs pass through to the log."""
    try:
        yield
    except ClinicError as refusal:
        show_refusal(refusal)
