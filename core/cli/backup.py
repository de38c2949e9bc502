"""`qure backup`, `qure restore` and `qure restore-drill`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import ClinicError

if TYPE_CHECKING:
    from core.backup import Taken

Encrypt = Annotated[bool, typer.Option("--encrypt", help="Ask for a passphrase; nobody opens the backup without it.")]
FromStdin = Annotated[bool, typer.Option("--passphrase-stdin", help="Read the passphrase from the standard input.")]
Plain = Annotated[bool, typer.Option("--plain", help="It is not encrypted, although a passphrase is set.")]
Existing = typer.Argument(exists=True, dir_okay=False, readable=True, help="A backup.")


class WhichFile(ClinicError):
    def __init__(self) -> None:
        super().__init__("Name the file to write, or say --nightly: then it goes where the nightly ones are kept.")


class PassphraseOfTheNight(ClinicError):
    def __init__(self) -> None:
        super().__init__("A nightly backup takes the passphrase of QURE_BACKUP_PASSPHRASE. Name a file to choose one.")


def backup(
    file: Annotated[Path | None, typer.Argument(dir_okay=False, help="Where to write it.")] = None,
    encrypt: Encrypt = False,
    passphrase_stdin: FromStdin = False,
    nightly: Annotated[bool, typer.Option("--nightly", help="Under tonight's name; too many old ones go.")] = False,
) -> None:
    """Save everything of the clinic in one file, while people work. Encrypted if there is a passphrase."""
    if (file is None) != nightly:
        raise WhichFile
    if nightly and (encrypt or passphrase_stdin):
        raise PassphraseOfTheNight
    from tqdm import tqdm

    from core import backup as backups
    from core import db
    from core.config import settings

    passphrase = _new_passphrase(encrypt, passphrase_stdin) or settings().backup_passphrase
    with tqdm(desc="Saving", unit="B", unit_scale=True, disable=None) as bar:
        taken = backups.nightly(bar.update) if file is None else backups.take(file, passphrase, bar.update)
    with db.transaction() as session:
        backups.note_own(session, taken)
    typer.echo(_told(taken))


def restore(
    file: Annotated[Path, Existing],
    passphrase_stdin: FromStdin = False,
    plain: Plain = False,
) -> None:
    """Bring a backup back, into an empty place. Before the first write it is checked to its last byte."""
    from tqdm import tqdm

    from core import backup as backups
    from etl import feed, rebuild

    passphrase = _its_passphrase(file, passphrase_stdin, plain)
    with tqdm(desc="Restoring", unit="B", unit_scale=True, disable=None) as bar:
        back = backups.restore(file, passphrase, feed.forget, bar.update)
    for remark in [*back.remarks, *back.problems]:
        typer.echo(remark, err=True)
    typer.echo(
        f"{back.manifest.clinic or 'The clinic'} is back as it was at {back.manifest.taken_at:%Y-%m-%d %H:%M} UTC, "
        f"{back.rows:,} rows."
    )
    rebuild.run(progress=True)  # the app would do so too, but nobody should wait for it then
    if back.problems:
        typer.echo("Not all of its books hold: do not start Qure with it before you know why.", err=True)
        raise typer.Exit(1)
    typer.echo("Start Qure; everybody signs in anew.")


def restore_drill(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="The newest unless given.")] = None,
    passphrase_stdin: FromStdin = False,
    plain: Plain = False,
) -> None:
    """Restore a backup into a scratch place beside the clinic, prove it, and remove it again."""
    from core import backup as backups

    path = file or backups.newest().path
    passed = backups.drill(path, _its_passphrase(path, passphrase_stdin, plain))
    typer.echo(
        f"{path.name} came back whole and was proved in {passed.seconds:.0f} s: every count, every rule of the books, "
        "every document and the audit trail."
    )


def _new_passphrase(encrypt: bool, from_stdin: bool) -> str | None:
    if from_stdin:
        return _line()
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True)) if encrypt else None


def _its_passphrase(file: Path, from_stdin: bool, plain: bool) -> str | None:
    """From the standard input, the setting, or, for a file that needs one, whoever sits here."""
    from core import backup as backups
    from core.config import settings

    if plain:
        return None
    given = (_line() if from_stdin else "") or settings().backup_passphrase
    if given or not backups.is_encrypted(file) or not sys.stdin.isatty():
        return given or None
    return str(typer.prompt("Passphrase", hide_input=True))


def _line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _told(taken: "Taken") -> str:
    lock = "encrypted" if taken.encrypted else "not encrypted: whoever has the file reads everything"
    return f"{taken.path} holds the clinic as of {taken.taken_at:%Y-%m-%d %H:%M} UTC: {taken.size:,} bytes, {lock}."
