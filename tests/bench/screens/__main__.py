"""The command: `python -m tests.bench.screens --help`."""

import json
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from core.permissions import Role
from tests.bench.screens import starting, walls
from tests.bench.screens.clicks import clicked
from tests.bench.screens.serving import Bare, Clinic, noise, running
from tests.browser.conftest import CHROMIUM, FLAGS

AFTER = (5.0, 150.0)  # seconds: Streamlit keeps a closed session for two minutes, in case its browser comes back
PARTS = ("start", "clicks", "walls", "memory")
COLUMNS = ("clinic", "role", "screen", "action", "times", "p50_ms", "p95_ms", "floor_p50_ms", "ratio_p50", "ratio_p95")


def asked(arguments: list[str] | None = None) -> Namespace:
    parser = ArgumentParser("python -m tests.bench.screens", description="How fast the screens are, in Chromium.")
    parser.add_argument("folders", nargs="+", type=Path, help="one data folder, or two that are measured in turns")
    parser.add_argument("--days", type=int, nargs="+", default=[365, 3650], help="of each clinic that must be made")
    parser.add_argument("--patients-per-day", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--roles", nargs="+", type=Role, choices=list(Role), default=list(Role))
    parser.add_argument("--only", nargs="*", default=[], help="addresses of screens")
    parser.add_argument("--show-queries", action="store_true", help="what each screen asked; makes it slower")
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--json", type=Path)
    return parser.parse_args(arguments)


def run(wanted: Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {"noise": noise()}
    with tempfile.TemporaryDirectory(prefix="qure-screens-") as logs, chromium() as browser:
        bare = Bare(Path(logs))
        clinics = [Clinic(folder, Path(logs), show_queries=wanted.show_queries) for folder in wanted.folders]
        for clinic, days in zip(clinics, wanted.days, strict=False):
            clinic.prepare(days, wanted.patients_per_day)
        if "start" in wanted.parts:
            found["start"] = [starting.started(browser, bare, clinic, 3) for clinic in clinics]
        with running(bare, *clinics):
            if "clicks" in wanted.parts:
                found["clicks"] = rows = []
                only = set(wanted.only)
                for of_role in clicked(browser, bare, clinics, wanted.repeats, wanted.roles, only):
                    rows += [row.figures() for row in of_role]
                    tell(table([row.figures() for row in of_role]))
            found |= sessions(wanted, clinics[0])
    return found


def sessions(wanted: Namespace, clinic: Clinic) -> dict[str, Any]:
    found = {}
    if "walls" in wanted.parts:
        every = min(walls.ASKS_EVERY, 2.0)
        found["walls"] = walls.apart(walls.watched(clinic, wanted.viewers, 20.0, every))
    if "memory" in wanted.parts:
        desk = ("desk", "Appointments today", clinic.tokens()[Role.RECEPTION])
        found["memory"] = walls.apart(walls.weighed(clinic, wanted.viewers, *desk, AFTER))
    return found


@contextmanager
def chromium() -> Iterable[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = [COLUMNS, *([_cell(row[name]) for name in COLUMNS] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    told = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(told + [f"  {row['screen']}: {row['asked']}" for row in rows if row["asked"]])


def _cell(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    wanted = asked()
    found = run(wanted)
    for part in ("start", "walls", "memory"):
        if part in found:
            tell(f"{part}: {json.dumps(found[part])}")
    tell(found["noise"])
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=1))
