"""`qure users`: the way back in when nobody can sign in, and users without a browser."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.access import as_administrator, ask_password
from core.permissions import Role

if TYPE_CHECKING:
    from core.users import DoctorDetails, UserRecord

app = typer.Typer(help="List, add and disable users; reset passwords.", no_args_is_help=True, rich_markup_mode=None)

Username = Annotated[str, typer.Argument(help="What they sign in with.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the standard input.")]


@app.command("list")
def list_() -> None:
    """Everyone who can sign in, and who could."""
    from core import users

    with as_administrator() as (session, actor):
        found = users.list_users(session, actor)
    widest = max(len(user.username) for user in found)
    for user in found:
        state = "  (disabled)" if user.disabled else ""
        typer.echo(f"{user.username:{widest}}  {user.role:10}  {user.name}{state}")


@app.command()
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="As it is shown and printed.")],
    role: Annotated[Role, typer.Option(case_sensitive=False)],
    fee: Annotated[str | None, typer.Option(help="A doctor's consultation fee.")] = None,
    follow_up_fee: Annotated[str | None, typer.Option(help="The same fee unless given.")] = None,
    room: Annotated[str, typer.Option(help="A doctor's room.")] = "",
    password_stdin: PasswordStdin = False,
) -> None:
    """Add a user. The first one is made by `qure set-up`."""
    from core import users

    with as_administrator():
        pass  # refuse before the password is asked for
    doctor = _doctor(role, fee, follow_up_fee, room)
    new = users.NewUser(username, name, role, ask_password(password_stdin), doctor)
    with as_administrator() as (session, actor):
        users.add(session, actor, new)
    typer.echo(f"{name} can sign in as {username}.")


@app.command()
def reset_password(username: Username, password_stdin: PasswordStdin = False) -> None:
    """Set a first password, with which they choose their own; every session of this user ends."""
    from core import users

    found = _find(username)
    password = ask_password(password_stdin)
    with as_administrator() as (session, actor):
        users.reset_password(session, actor, found.user_id, password, at_the_machine=True)
    typer.echo(f"{found.name} has a new password, and chooses their own at the next sign-in.")


@app.command()
def remove_second_factor(username: Username) -> None:
    """For whoever lost the phone: the password alone signs in again; every session of this user ends."""
    from core import auth

    found = _find(username)
    with as_administrator() as (session, actor):
        auth.take_away(session, actor, found.user_id)
    typer.echo(f"{found.name} signs in with the password alone.")


@app.command()
def disable(username: Username) -> None:
    """Nobody can sign in as this user any more; nothing is deleted."""
    from core import users

    found = _find(username)
    with as_administrator() as (session, actor):
        users.disable(session, actor, found.user_id)
    typer.echo(f"{found.name} cannot sign in any more.")


def _find(username: str) -> "UserRecord":
    from core import users
    from core.errors import NotFound

    with as_administrator() as (session, actor):
        for user in users.list_users(session, actor):
            if user.username.casefold() == username.strip().casefold():
                return user
    raise NotFound("user", username)


def _doctor(role: Role, fee: str | None, follow_up_fee: str | None, room: str) -> "DoctorDetails | None":
    from core.users import DoctorDetails

    given = fee is not None or follow_up_fee is not None or room
    if given and (fee is None or role is not Role.DOCTOR):
        raise typer.BadParameter("A doctor has a --fee, and with it --follow-up-fee and --room; nobody else has.")
    if fee is None:
        return None
    return DoctorDetails(_money(fee), _money(fee if follow_up_fee is None else follow_up_fee), room)


def _money(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text} is not an amount such as 500 or 499.50.") from None
