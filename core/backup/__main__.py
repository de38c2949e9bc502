"""`python -m core.backup`: tonight's backup, for the app, which goes on meanwhile. Says as JSON what came of it."""

import json
import sys
from dataclasses import asdict

from core.backup.keeping import nightly
from core.errors import ClinicError


def main() -> int:
    """Returns the exit code."""
    try:
        said, code = asdict(nightly()), 0
    except ClinicError as refusal:
        said, code = {"problem": str(refusal)}, 1
    print(json.dumps(said, default=str))  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main())
