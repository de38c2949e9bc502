"""`python -m core.backup`: tonight's backup, for the app, which goes on meanwhile. Says as JSON what came of it.

In the language that is named, as a page has a reader; else in English.
"""

import json
import sys
from dataclasses import asdict

from core.backup.keeping import nightly
from core.errors import ClinicError
from core.words import ENGLISH, read_in


def main(language: str = ENGLISH) -> int:
    """Returns the exit code."""
    try:
        with read_in(language):
            said, code = asdict(nightly()), 0
    except ClinicError as refusal:
        said, code = {"problem": str(refusal)}, 1
    print(json.dumps(said, default=str))  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
