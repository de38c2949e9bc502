"""`qure import`: a file of another program into this clinic, or with --dry-run only what would become of it."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.access import as_administrator

if TYPE_CHECKING:
    from core.imports.reading import Outcome
    from core.imports.sheet import Finding

app = typer.Typer(
    help="Bring in patients, medicines or batches from a CSV file.", no_args_is_help=True, rich_markup_mode=None
)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV file.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and write nothing.")]
Source = Annotated[str, typer.Option(help="The program the file comes from, if you import from several.")]
LeaveOut = Annotated[bool, typer.Option("--leave-out-doubles", help="Leave out who may be on record already.")]


@app.command()
def patients(
    file: File, dry_run: DryRun = False, source: Source = "import", leave_out_doubles: LeaveOut = False
) -> None:
    """Register the patients of a file."""
    from core.imports import patients
    from core.imports.reading import outcome

    data = _read(file)
    with as_administrator() as (session, actor):
        if dry_run:
            found = outcome(patients.preview(session, actor, data, source, leave_out_doubles=leave_out_doubles))
        else:
            found = patients.save(session, actor, data, source, leave_out_doubles=leave_out_doubles)
    _tell(file, found, dry_run)


@app.command()
def medicines(file: File, dry_run: DryRun = False, source: Source = "import") -> None:
    """Add the medicines of a file to the list."""
    from core.imports import medicines
    from core.imports.reading import outcome

    data = _read(file)
    with as_administrator() as (session, actor):
        if dry_run:
            found = outcome(medicines.preview(session, actor, data, source))
        else:
            found = medicines.save(session, actor, data, source)
    _tell(file, found, dry_run)


@app.command()
def batches(file: File, dry_run: DryRun = False) -> None:
    """Receive what is left in a stock ledger."""
    from core.imports import batches
    from core.imports.reading import outcome

    data = _read(file)
    with as_administrator() as (session, actor):
        found = outcome(batches.preview(session, actor, data)) if dry_run else batches.save(session, actor, data)
    _tell(file, found, dry_run)


def _read(file: Path) -> bytes:
    from core.imports.sheet import MOST_BYTES

    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)  # one more tells that it is too large


def _tell(file: Path, found: "Outcome", dry_run: bool) -> None:
    typer.echo(f"{file.name}: {found.rows:,} rows")
    typer.echo(
        f"{'would be added' if dry_run else 'added'} {found.added:,}, already there {found.already_there:,}, "
        f"rejected {found.rejected_rows:,}"
    )
    for remark in found.remarks:
        typer.echo(remark)
    if found.rejected:
        typer.echo("Rejected:")
    for finding in found.rejected:
        typer.echo(f"  {_where(finding)}: {finding.reason}")
    if found.notes:
        typer.echo("Notes, on rows that are fine otherwise:")
    for (column, reason), lines in _grouped(found.notes).items():
        text = f"{column} {reason} (line {', '.join(map(str, lines))})".strip()
        typer.echo(textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="    "))
    if dry_run:
        typer.echo("Nothing was written.")


def _where(finding: "Finding") -> str:
    value = f' "{finding.value}"' if finding.value else ""
    return f"line {finding.line}" + (f", {finding.column}" if finding.column else "") + value


def _grouped(notes: "list[Finding]") -> dict[tuple[str, str], list[int]]:
    lines: dict[tuple[str, str], list[int]] = {}
    for note in notes:
        lines.setdefault((note.column, note.reason), []).append(note.line)
    return lines
