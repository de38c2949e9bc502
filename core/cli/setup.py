"""`qure set-up`: what the first screen does, without a browser."""

from typing import Annotated

import typer

from core.cli.access import ask_password, database


def set_up(
    name: Annotated[str, typer.Option(help="The clinic's name.")],
    time_zone: Annotated[str, typer.Option(help="Such as Asia/Kolkata. It cannot be changed later.")],
    currency: Annotated[str, typer.Option(help="Such as INR.")],
    username: Annotated[str, typer.Option(help="The administrator's user name.")],
    full_name: Annotated[str, typer.Option(help="The administrator's name.")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read it from the standard input.")] = False,
) -> None:
    """Make the clinic and its administrator. Works once."""
    from core import clinic, users

    with database() as session:
        if clinic.is_set_up(session):
            raise users.AlreadySetUp
    password = ask_password(password_stdin)
    with database() as session:
        users.set_up(session, users.NewClinic(name, time_zone, currency), username, full_name, password)
    typer.echo(f"{name} is set up. {full_name} can sign in as {username}.")
