"""`qure verify`: do the books balance, and does MongoDB say what PostgreSQL says?"""

import json
from typing import Annotated

import typer

from core.cli.access import bring_up_to_date


def verify(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Check every rule of the books, today's queue in Redis and every document in MongoDB. Exit code 1 on a break."""
    bring_up_to_date()
    from etl import proof

    broken = proof.run(progress=not as_json).broken
    breaks = [(problem, finding.repair) for finding in broken for problem in finding.problems]
    if as_json:
        found = [{"problem": problem, "repair": repair} for problem, repair in breaks]
        typer.echo(json.dumps({"ok": not breaks, "breaks": found}, indent=2))
    else:
        for problem, repair in breaks:
            typer.echo(f"{problem} {repair}")
        if not breaks:
            typer.echo("The books balance, MongoDB is equal to PostgreSQL, and the audit chain is unbroken.")
    raise typer.Exit(1 if breaks else 0)
