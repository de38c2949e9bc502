"""`qure status`: what runs where, and whether all is well."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.backup import Overview
    from core.status import Backlog, Status


def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """What runs where, the schema, and how far the relay is behind. Exit code 1 if something is wrong."""
    from core import status as current

    found = current.look()
    typer.echo(json.dumps({"ok": found.ok, **asdict(found)}, indent=2, default=str) if as_json else _sentences(found))
    raise typer.Exit(0 if found.ok else 1)


def _sentences(found: "Status") -> str:
    lines = [
        f"{store.name:12}{store.version or '-':8}{store.where:10}{store.address}"
        + ("" if store.reachable else "  not reachable")
        for store in found.stores
    ]
    lines.append(f"{'Schema':12}{found.schema or 'not known'}")
    lines.append(f"{'Clinic':12}{found.clinic or ('not known' if found.set_up is None else 'not set up yet')}")
    lines.append(f"{'Relay':12}{_behind('audit event', found.audit_events)}")
    lines.append(f"{'':12}{_behind('stock movement', found.stock_movements)}")
    lines.append(f"{'Backups':12}{_saved(found.backups)}")
    lines.append(f"{'':12}{_drilled(found.backups)}")
    return "\n".join([*lines, *found.problems, *found.advice, *(["All is well."] if found.ok else [])])


def _behind(what: str, backlog: "Backlog | None") -> str:
    if backlog is None:
        return f"{what}s: not known"
    if backlog.oldest_seconds is None:
        return f"no {what} is waiting"
    number = f"1 {what} is" if backlog.waiting == 1 else f"{backlog.waiting:,} {what}s are"
    return f"{number} waiting, the oldest for {_spoken(backlog.oldest_seconds)}"


def _saved(backups: "Overview") -> str:
    last = backups.newest
    if last is None:
        return f"none yet in {backups.folder}" if backups.nightly else "none is taken by Qure: see docs/backups.md"
    number = "1 backup" if backups.count == 1 else f"{backups.count:,} backups"
    size = f"{last.size / 1e6:,.1f} MB"
    return f"{number} in {backups.folder}, the newest of {last.taken_at:%Y-%m-%d %H:%M} UTC, {size}"


def _drilled(backups: "Overview") -> str:
    passed = backups.drill
    return f"last restore drill passed {passed.at:%Y-%m-%d}" if passed else "no restore drill yet: `qure restore-drill`"


def _spoken(seconds: int) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
