"""A CSV file as lines with named cells, whatever program wrote it.

The encoding (UTF-8, UTF-16 with its mark, Windows, Latin-1) and the delimiter (comma, semicolon, tab) are found out.
Headers are matched by a table of aliases. Every cell stays text: nothing is computed, a formula is so many letters.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from core import fields, spreadsheet
from core.errors import Invalid, listed
from core.words import say

T = TypeVar("T")
Aliases = Mapping[str, tuple[str, ...]]

MOST_MEGABYTES = 10  # .streamlit/config.toml says the same to whoever uploads
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
# How files begin that are no text, whatever their names end in.
_NO_TEXT = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!\x1a",
    b"\x7fELF",
    b"MZ\x90\0",
)
# What programs write where they have nothing to say. "None" is not here: for allergies it says something.
PLACEHOLDERS = {"-", "--", "---", ".", "?", "null", "(null)", "\\n", "nan", "n/a", "#n/a", "nil", "unknown"}


class NotATable(Invalid):
    """The file as a whole cannot be read."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"file": sentence})


class MissingColumns(Invalid):
    """`missing` says in words what has no column."""

    def __init__(self, missing: Mapping[str, tuple[str, ...]], found: list[str]) -> None:
        self.missing, self.found = tuple(missing), found
        wanted = listed(f"{say(what)} ({', '.join(names)})" for what, names in missing.items())
        headers = ", ".join(header[:40] for header in found[:20])
        told = say("The file has no column for {wanted}. Its columns are: {headers}.", wanted=wanted, headers=headers)
        super().__init__({"file": told})


class Unreadable(ValueError):
    """A cell that does not say what its column should; the message says why, without the cell's text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one row. `line` is that of the file (1 is the header), `value` the cell, cut short."""

    line: int
    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` as one clean line."""

    column: str
    text: str

    @property
    def said(self) -> str:
        """The text, or "" where it only stands for nothing."""
        return "" if self.text.casefold() in PLACEHOLDERS else self.text


@dataclass(slots=True)
class Line:
    """One row of the file: its cells by field, and what is found out about it while it is read."""

    number: int
    cells: Mapping[str, Cell]
    rejected: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The cell; "" for a placeholder or where the file has no such column."""
        return self.cells[name].said if name in self.cells else ""

    def checked(self, name: str, what: str, most: int = 200) -> str:
        """The cell, refused when it is too long."""
        if problem := fields.length_problem(self.text(name), what, most):
            self.reject(name, problem)
        return self.text(name)

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """The cell as `parse` understands it, None when it is empty or was refused."""
        text = self.text(name)
        try:
            return parse(text[:200]) if text else None
        except Unreadable as problem:
            self.reject(name, str(problem))
            return None

    def reject(self, name: str, reason: str) -> None:
        self.rejected.append(self._finding(name, reason))

    def note(self, name: str, reason: str) -> None:
        self.notes.append(self._finding(name, reason))

    def _finding(self, name: str, reason: str) -> Finding:
        cell = self.cells.get(name, Cell(name, ""))
        return Finding(self.number, cell.column, reason, cell.text if len(cell.text) <= 40 else f"{cell.text[:39]}…")


@dataclass(frozen=True)
class Sheet:
    """`lines` are those whose shape is right; `rejected` names the others; `unused` the columns nobody asked for."""

    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    lines: tuple[Line, ...]
    rejected: tuple[Finding, ...]


def parse(data: bytes, aliases: Aliases, required: Mapping[str, tuple[str, ...]]) -> Sheet:
    """Read a file. `aliases` gives for each field the header names it may have, in small letters with underscores.

    `required` maps what is needed, in words, to the fields of which one will do. Raises NotATable or MissingColumns.
    """
    text, encoding = _decoded(data)
    delimiter = _delimiter(text, aliases)
    records = _records(text, delimiter)
    headers = _header(records)
    if not headers:
        raise NotATable(say("The file is empty."))
    places = {name: _places(headers, names) for name, names in aliases.items()}
    missing = {what: names for what, names in required.items() if not any(places[name] for name in names)}
    if missing:
        raise MissingColumns(missing, headers)
    used = {place for found in places.values() for place in found}
    lines, rejected = _sorted_out(records, headers, places)
    return Sheet(
        encoding=encoding,
        delimiter=_DELIMITERS[delimiter],
        columns={name: headers[found[0]] for name, found in places.items() if found},
        unused=tuple(header for place, header in enumerate(headers) if header and place not in used),
        lines=tuple(lines),
        rejected=tuple(rejected),
    )


def refused(data: bytes, aliases: Aliases, findings: Iterable[Finding]) -> bytes:
    """The rows of these findings as a file of the same columns with line and reason, to be mended and brought again."""
    text, _ = _decoded(data)
    records = _records(text, _delimiter(text, aliases))
    header = _header(records)
    reasons: dict[int, list[str]] = {}
    for finding in findings:
        reasons.setdefault(finding.line, []).append(f"{finding.column}: {finding.reason}".removeprefix(": "))
    told = ["Line", "Reason"]  # in every language: it is known by them when it comes again
    own = 2 if header[:2] == told else 0  # mended, but not enough
    rows = ([number, " ".join(reasons[number]), *record[own:]] for number, record in records if number in reasons)
    return spreadsheet.csv([*told, *header[own:]], rows)


def _decoded(data: bytes) -> tuple[str, str]:
    if len(data) > MOST_BYTES:
        raise NotATable(
            say("The file is too large: {size:,} bytes, at most {most:,}. Split it.", size=len(data), most=MOST_BYTES)
        )
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotATable(say("This is a workbook, not a CSV file. Save the sheet as CSV and import that."))
    if data.startswith(_NO_TEXT):
        raise NotATable(
            say("This is no text but a picture, a PDF, an archive or a program. Bring the list as a CSV file.")
        )
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _delimiter(text: str, aliases: Aliases) -> str:
    """The one by which the header has the most columns that we know, then the most columns."""
    names = {name for found in aliases.values() for name in found}

    def known(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader(io.StringIO(text.lstrip("\r\n ")[:10_000], newline=""), delimiter=delimiter), [])
        return sum(_plain(cell) in names for cell in cells), len(cells)

    try:
        return max(_DELIMITERS, key=known)
    except csv.Error:
        return ","


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each starts on; a quoted cell may hold line ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise NotATable(
                say(
                    "The file cannot be read from line {line} on: {error}. Is a quotation mark missing?",
                    line=line,
                    error=error,
                )
            ) from error
        yield line, record
        line = reader.line_num + 1


def _header(records: Iterator[tuple[int, list[str]]]) -> list[str]:
    """The first record that says something."""
    cleaned = ([fields.line(cell) for cell in record] for _, record in records)
    return next(filter(any, cleaned), [])


def _places(headers: list[str], names: tuple[str, ...]) -> list[int]:
    """Where a field stands, the best-known header first."""
    plain = [_plain(header) for header in headers]
    return [place for name in names for place, header in enumerate(plain) if header == name]


def _sorted_out(
    records: Iterator[tuple[int, list[str]]], headers: list[str], places: Mapping[str, list[int]]
) -> tuple[list[Line], list[Finding]]:
    lines, rejected = [], []
    for number, record in records:
        if not any(cell.strip() for cell in record):
            continue
        if len(record) == len(headers):
            lines.append(Line(number, {name: _cell(record, headers, at) for name, at in places.items() if at}))
        else:
            reason = say(
                "The row has {cells} cells where the header has {headers}.", cells=len(record), headers=len(headers)
            )
            rejected.append(Finding(number, "", reason))
    return lines, rejected


def _cell(record: list[str], headers: list[str], places: list[int]) -> Cell:
    """Where several columns hold the same field (phone, mobile), the first that says something."""
    cells = [Cell(headers[place], fields.line(spreadsheet.unquoted(record[place]))) for place in places]
    return next((cell for cell in cells if cell.said), cells[0])


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "_", fields.line(header).lstrip("\ufeff").casefold()).strip("_")
