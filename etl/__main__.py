"""`python -m etl`: feed MongoDB from PostgreSQL. Exit code 0 when done, 1 when refused or a break was found."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from core import backup, logs
from core.errors import ClinicError
from etl import rebuild as rebuilding
from etl import relay, service
from etl import verify as verifying

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Feed MongoDB from PostgreSQL.")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@app.command()
def run(every: Annotated[str, typer.Option(help="Go on for ever with this pause: 5s, 1m.")] = "") -> None:
    """Carry over what has changed."""
    pause = _pause(every)
    if pause:
        with _refusals():
            _serve(pause)
    else:
        with _up_to_date():
            _say(service.catch_up(progress=True))


@app.command()
def rebuild() -> None:
    """Make everything in MongoDB again."""
    with _up_to_date():
        written = rebuilding.run(progress=True)
        relay.drain()
    typer.echo(f"Made again: {', '.join(f'{number:,} {name}' for name, number in written.items())}.")


@app.command()
def verify() -> None:
    """Compare MongoDB with PostgreSQL, document by document."""
    with _up_to_date():
        breaks = verifying.run(progress=True)
    for found in breaks:
        typer.echo(f"{found.problem} {found.repair}")
    if breaks:
        raise typer.Exit(1)
    typer.echo("MongoDB is equal to PostgreSQL and the audit chain is unbroken.")


def _serve(pause: float) -> None:
    logs.set_up()
    feeding = service.Service(pause)
    signal.signal(signal.SIGTERM, lambda *_: feeding.stop(0))
    typer.echo(f"Feeding MongoDB every {pause:g} seconds; Ctrl+C ends it.", err=True)
    try:
        feeding.begin(backup.upgrade)
        feeding.run()
    except KeyboardInterrupt:
        feeding.stop(0)


def _say(relayed: relay.Relayed | None) -> None:
    if relayed is None:
        typer.echo("Another relay is at work and carries the changes over.")
    else:
        names = {"events": "audit events", "movements": "stock movements", "drawers": "closed drawers"}
        written = (f"{count:,} {names.get(what, what)}" for what, count in relayed._asdict().items())
        typer.echo(f"Carried over: {', '.join(written)}.")


@contextmanager
def _up_to_date() -> Iterator[None]:
    """The schema is first brought up to date, which may be refused, too."""
    with _refusals():
        backup.upgrade()
        yield


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal is a sentence and exit code 1."""
    try:
        yield
    except ClinicError as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal


def _pause(every: str) -> float:
    if not every:
        return 0
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", every.strip())
    if match is None or float(match[1]) == 0:
        raise typer.BadParameter(f"{every} is not a pause such as 5s or 1m.")
    return float(match[1]) * _SECONDS[match[2] or "s"]


if __name__ == "__main__":
    app()
