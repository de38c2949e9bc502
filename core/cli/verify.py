"""`qure verify`: do the books balance, and does MongoDB say what PostgreSQL says?"""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.access import bring_up_to_date

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def verify(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Check every rule of the books, today's queue in Redis and every document in MongoDB. Exit code 1 on a break."""
    bring_up_to_date()
    from core import books, db
    from etl import verify as verifying

    with db.reading() as session:
        breaks = [(found.problem, found.repair) for found in books.check(session)]
        breaks += _queue(session)
    breaks += [(found.problem, found.repair) for found in verifying.run(progress=not as_json)]
    if as_json:
        found = [{"problem": problem, "repair": repair} for problem, repair in breaks]
        typer.echo(json.dumps({"ok": not breaks, "breaks": found}, indent=2))
    else:
        for problem, repair in breaks:
            typer.echo(f"{problem} {repair}")
        if not breaks:
            typer.echo("The books balance, MongoDB is equal to PostgreSQL, and the audit chain is unbroken.")
    raise typer.Exit(1 if breaks else 0)


def _queue(session: "Session") -> list[tuple[str, str]]:
    from core import token_queue

    astray = token_queue.astray(session)
    if astray is None:
        return [("Redis is away, so today's queue in it was not looked at.", "`qure status` tells what runs where.")]
    problem = f"{astray} entries of today's queue in Redis are not those of PostgreSQL."
    return [(problem, "Qure mends it by itself within a minute; ask again then.")] if astray else []
