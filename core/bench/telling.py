"""Figures as a table, and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from core.bench.measuring import Figure

_HEAD = (
    f"{'operation':<44} {'p50 ms':>9} {'p95 ms':>9} {'floor ms':>9} {'ratio':>7} {'budget':>7} "
    f"{'stmts':>6} {'noise':>6}"
)


def head() -> str:
    return f"{_HEAD}\n{'-' * len(_HEAD)}"


def row(figure: Figure) -> str:
    budget = "" if figure.budget is None else f"{figure.budget:g}"
    mark = {True: "", False: "  over", None: ""}[figure.is_within]
    return (
        f"{figure.name:<44} {figure.p50:9.2f} {figure.p95:9.2f} {figure.floor:9.2f} {figure.ratio:7.2f} {budget:>7} "
        f"{figure.statements:6d} {figure.noise:6.0%}{mark}"
    )


def as_json(figures: Sequence[Figure]) -> str:
    return json.dumps([{**asdict(figure), "ratio": figure.ratio} for figure in figures], indent=2)
