"""Small files as other programs write them, and where the large real ones are."""

from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared" / "data"

needs_real_files = pytest.mark.skipif(
    not REAL.is_dir(), reason="the exports of another hospital program are not beside this project (../shared/data)"
)


def real(name):
    return (REAL / f"{name}.csv").read_bytes()


def csv_of(*lines, encoding="utf-8", end="\r\n"):
    return (end.join(lines) + end).encode(encoding)


def told(findings):
    """What a run says, as (line, column, reason)."""
    return [(finding.line, finding.column, finding.reason) for finding in findings]
