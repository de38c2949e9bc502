"""Types of what is sent and asked for, as the document describes them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from core.errors import Invalid

L = TypeVar("L", bound="OfLine")
LARGEST_ID = 2**63 - 1

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
RecordId = Annotated[int, Field(ge=1, le=LARGEST_ID)]  # in a body
AskedId = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


_NUMBER = r"^-?\d{1,12}(\.\d{1,6})?$"


def _only_text(sent: Any) -> Decimal:
    """A float has lost the paisa before it arrives."""
    if not isinstance(sent, str) or not re.fullmatch(_NUMBER, sent, re.ASCII):
        raise ValueError('Send a number as text, as in "120.50"')
    return Decimal(sent)


def _number(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": _NUMBER, "examples": [example]}, mode="validation")


Exact = Annotated[Decimal, BeforeValidator(_only_text), _number("37.2")]
Money = Annotated[Decimal, BeforeValidator(_only_text), _number("120.50")]


def _only_a_day(sent: Any) -> Any:
    """Digits alone would be taken for the seconds since 1970."""
    if isinstance(sent, date) or (isinstance(sent, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", sent, re.ASCII)):
        return sent
    raise ValueError('This is no day, as in "2025-03-31"')


Day = Annotated[date, BeforeValidator(_only_a_day)]


class Reason(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Called in by a colleague"}]})
    reason: str


class OfLine(BaseModel):
    """Something about a line of a bill."""

    line_id: RecordId


def each_line_once(sent: list[L]) -> list[L]:
    if len({each.line_id for each in sent}) < len(sent):
        raise ValueError("The same line is given twice")
    return sent


@contextmanager
def pointing(place: Callable[[str], str]) -> Iterator[None]:
    """What a workflow calls a field, told by its place in the body: "items/0/dose"."""
    try:
        yield
    except Invalid as refusal:
        refusal.problems = {place(field): sentence for field, sentence in refusal.problems.items()}
        raise
