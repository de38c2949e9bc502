"""`python -m core.bench SIZE`: the measuring itself, in the data folder of the environment. Started by `qure bench`."""

import json
import sys
from typing import TextIO

from core.bench import analytics, demo, front, telling
from core.bench.clinic import opened
from core.bench.measuring import measure
from core.bench.size import Size
from core.errors import ClinicError


def main(size: Size, as_json: bool, only: str) -> None:
    with opened(size, lambda words: _say(words, sys.stderr)) as clinic:
        figures = []
        if not as_json:
            _say(telling.head())
        for family in (front, analytics, demo):
            for operation in family.operations(clinic):
                if only in operation.name:
                    figures.append(measure(operation))
                    if not as_json:
                        _say(telling.row(figures[-1]))
    if as_json:
        _say(telling.as_json(figures))


def _say(line: str, to: TextIO = sys.stdout) -> None:
    to.write(line + "\n")
    to.flush()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    try:
        main(Size(**given["size"]), given["as_json"], given["only"])
    except ClinicError as refusal:
        sys.exit(str(refusal))
