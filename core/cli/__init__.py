"""The `qure` command. Each group of commands is a module; what they need of core is imported when they run.

A refusal is one sentence on stderr and exit code 1. Any other error is a bug and shows its traceback.
"""

from typing import Any

import typer
from typer.core import TyperGroup

from core.cli import backup, bench, imports, notebooks, setup, simulate, status, users, verify
from core.errors import ClinicError


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except ClinicError as refusal:
            typer.echo(str(refusal), err=True)
            raise typer.Exit(1) from None


# Tracebacks stay plain: the decorated ones show local variables, and those hold patients.
app = typer.Typer(
    cls=_Commands,
    name="qure",
    help="Qure on the command line.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("status")(status.status)
app.command("set-up")(setup.set_up)
app.command("verify")(verify.verify)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("restore-drill")(backup.restore_drill)
app.command("simulate")(simulate.simulate)
app.command("bench")(bench.bench)
app.command("notebooks", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
    notebooks.notebooks
)
app.add_typer(users.app, name="users")
app.add_typer(imports.app, name="import")


def main() -> None:
    app()
