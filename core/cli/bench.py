"""`qure bench`: what each operation costs, beside the same rows through bare drivers."""

from pathlib import Path
from typing import Annotated

import typer


def bench(
    patients: Annotated[int, typer.Option(help="Patients of the clinic that is measured.")] = 20_000,
    visits: Annotated[int, typer.Option(help="Visits, each with about one prescription and one bill.")] = 100_000,
    medicines: Annotated[int, typer.Option(help="Medicines it keeps.")] = 500,
    batches: Annotated[int, typer.Option(help="Batches of them.")] = 3_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same clinic.")] = 1,
    only: Annotated[str, typer.Option(help="Measure what has this in its name.")] = "",
    keep: Annotated[
        Path | None, typer.Option(file_okay=False, help="Make the clinic here, or measure the one that is here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Measure a clinic of the asked size, in stores of its own that are removed again. Yours is not touched."""
    from core.bench import apart
    from core.bench.size import Size

    raise typer.Exit(apart.run(Size(patients, visits, medicines, batches, seed=seed), only, as_json, keep))
