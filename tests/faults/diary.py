"""What people wanted and were told, from the files that their processes left."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OPENED = b'{"said": "opened"'


@dataclass
class Told:
    wanted: dict[str, dict[str, Any]] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    answers: list[dict[str, Any]] = field(default_factory=list)  # as tests/races counts them
    refused: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    successes: list[tuple[float, float]] = field(default_factory=list)  # (began, answered)

    def unanswered(self) -> list[tuple[str, str]]:
        """(key, call) of every click that nobody got an answer to, in order."""
        return [(key, wish["call"]) for key, wish in self.wanted.items() if key not in self.settled]


def left_open(path: Path) -> list[tuple[str, str]]:
    """(key, call) of what nobody got an answer to, from where the process before began: each begins with that."""
    if not path.exists():
        return []
    written = path.read_bytes()
    began = written.rfind(OPENED, 0, written.rfind(b"\n"))
    wanted: dict[str, str] = {}
    for line in written[began:].splitlines(keepends=True):
        if not line.endswith(b"\n"):  # cut short; then nothing was sent
            break
        told = json.loads(line)
        match told["said"]:
            case "opened":
                wanted = dict(told["left"])
            case "wants":
                wanted[told["key"]] = told["call"]
            case "done" | "refused":
                wanted.pop(told["key"], None)
    return list(wanted.items())


def read(path: Path) -> Told:
    told = Told()
    for line in _lines(path):
        _take(told, line)
    return told


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):  # the last one may have been cut short; then nothing was sent
                yield json.loads(line)


def _take(told: Told, line: dict[str, Any]) -> None:
    key = line.get("key", "")
    match line["said"]:
        case "wants":
            told.wanted[key] = line
        case "done":
            told.settled.add(key)
            told.successes.append((line["began"], line["at"]))
            wish = told.wanted[key]
            wish.pop("call", None)  # there may be a million
            told.answers.append(
                {
                    "key": key,
                    "verb": wish["verb"],
                    "arguments": wish["arguments"],
                    "outcome": "done",
                    "answer": line["answer"],
                }
            )
        case "refused":
            told.settled.add(key)
            told.refused.append(line["refusal"])
        case "fault":
            told.faults.append(line)
        case "opened":
            told.opened.append(line["at"])
