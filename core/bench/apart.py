"""The measuring in a process of its own, in a scratch place: the clinic of this machine is not touched."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from core.bench.size import Size
from core.stores import scratch


def run(size: Size, only: str, as_json: bool, keep: Path | None) -> int:
    """What it prints goes where this process prints. Returns its exit code."""
    asked = json.dumps({"size": asdict(size), "only": only, "as_json": as_json})
    with _folder(keep) as folder:
        return subprocess.run(
            [sys.executable, "-m", "core.bench", asked],
            cwd=Path(__file__).parents[2],
            env=scratch.environment(folder),
            check=False,
        ).returncode


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="qure-bench-"))
    try:
        yield folder
    finally:
        scratch.remove(folder)
