"""Lists in pages: `next` of one page is the `cursor` of the following one."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query

from core.errors import Invalid

T = TypeVar("T")
MOST = 200
DEEPEST = 5_000
LAST_PLACE = 2**63 - 2 * MOST  # a page after it can still be counted


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next` is null on the last page."""

    items: list[T]
    next: str | None


class BadCursor(Invalid):
    def __init__(self) -> None:
        super().__init__({"cursor": "This cursor is none of this list. Begin without one."})


@dataclass(frozen=True)
class Paging:
    limit: int
    cursor: str | None

    def after(self) -> Any:
        """The place where the page before ended; None at the beginning. Raises BadCursor."""
        if self.cursor is None:
            return None
        try:
            return json.loads(urlsafe_b64decode(self.cursor.encode() + b"=="))
        except ValueError:
            raise BadCursor from None

    def whole(self) -> int:
        """After which id: for lists in the order of ids. Raises BadCursor."""
        after = self.after()
        if after is None:
            return 0
        if type(after) is not int or not 0 <= after < LAST_PLACE:
            raise BadCursor
        return after

    def position(self) -> int:
        """After how many: for lists in an order of their own, which must be read from their beginning. Raises
        BadCursor, also far down, where a search should say more.
        """
        if (position := self.whole()) > DEEPEST:
            raise BadCursor
        return position

    def reach(self) -> int:
        """How many of such a list must be read to tell this page and whether another follows. Raises BadCursor."""
        return self.position() + self.limit + 1

    def page(self, found: Sequence[T], place: Callable[[T], Any]) -> Page[T]:
        """Of up to `limit + 1` records that come after; `place` tells of the last where the next page begins."""
        items = list(found[: self.limit])
        return Page(items, _cursor(place(items[-1])) if len(found) > self.limit else None)

    def part(self, every: Sequence[T]) -> Page[T]:
        """Of a list that is short by its nature, and read whole: by position. What leaves meanwhile moves the rest."""
        begin = self.position()
        items = list(every[begin : begin + self.limit])
        end = begin + len(items)
        return Page(items, _cursor(end) if end < len(every) else None)

    def rest(self, every: Sequence[T], place: Callable[[T], Any]) -> Page[T]:
        """Of such a list in the order of `place`: what leaves or comes meanwhile makes nothing skipped or told twice.
        Raises BadCursor.
        """
        after = self.after()
        try:
            left = [item for item in every if after is None or place(item) > after]
        except TypeError:
            raise BadCursor from None
        return self.page(left, place)


def _cursor(place: Any) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def paging(
    limit: Annotated[int, Query(ge=1, le=MOST, description="At most so many at once.")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="`next` of the page before.")] = None,
) -> Paging:
    return Paging(limit, cursor)


Paged = Annotated[Paging, Depends(paging)]
