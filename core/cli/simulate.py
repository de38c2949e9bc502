"""`qure simulate`: a made-up clinic to look at, in an empty database."""

import gc
from datetime import datetime
from typing import Annotated

import typer

from core.cli.access import bring_up_to_date


def simulate(
    days: Annotated[int, typer.Option(help="How many days, up to and with the last one.")] = 365,
    patients_per_day: Annotated[int, typer.Option(help="Patients on an average day on which the clinic is open.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed makes the same clinic.")] = 1,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; yesterday unless given.")
    ] = None,
) -> None:
    """Fill an empty clinic with made-up patients, visits, bills and stock. The present is left to you."""
    bring_up_to_date()
    from etl import simulate as simulation

    gc.disable()  # millions of values and no cycles: looking for them takes a fifth of the time
    made = simulation.run(days, patients_per_day, seed, until.date() if until else None, progress=True)
    typer.echo(
        f"{made.first_on} to {made.last_on}: {made.patients:,} patients, {made.visits:,} visits, {made.rows:,} rows."
    )
    if made.logins:
        typer.echo("\nThese can sign in. The passwords are shown this once and kept nowhere:\n")
    for login in made.logins:
        typer.echo(f"  {login.role.lower():<12} {login.username:<16} {login.password:<16} {login.name}")
