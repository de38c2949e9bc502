"""How commands reach the database: brought up to date first, and on behalf of an administrator.

Whoever may run a command on this machine already owns its data, so the first active administrator stands in.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from core.errors import ClinicError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.permissions import Actor


class NotSetUp(ClinicError):
    def __init__(self) -> None:
        super().__init__("This clinic has not been set up yet. Open Qure in a browser, or run `qure set-up`.")


def bring_up_to_date() -> None:
    """The database has the newest schema from here on."""
    from core import backup

    backup.upgrade()


@contextmanager
def database() -> "Iterator[Session]":
    """One transaction on a database of the newest schema."""
    from core import db

    bring_up_to_date()
    with db.transaction() as session:
        yield session


@contextmanager
def as_administrator() -> "Iterator[tuple[Session, Actor]]":
    """A transaction and the first active administrator. Raises NotSetUp."""
    from sqlalchemy import select

    from core.models import User
    from core.permissions import Actor, Role

    with database() as session:
        user = session.scalar(select(User).where(User.role == Role.ADMIN, User.disabled_at.is_(None)).order_by(User.id))
        if user is None:
            raise NotSetUp
        yield session, Actor(user.id, user.name, user.role)


def ask_password(from_stdin: bool) -> str:
    """Typed twice without being shown, or the first line of the standard input.

    Never asked inside a transaction: nobody should wait while somebody thinks of a password.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
