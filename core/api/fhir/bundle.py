"""A page of what was found, as a Bundle."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from fastapi import Request

from core.api.caller import Caller
from core.api.fhir.asking import Asked
from core.api.fhir.terms import Resource, told
from core.api.fhir.types import Type
from core.exchange import Record
from core.web.origin import public_address

Placed = tuple[tuple[int, int], Resource]
_OF_PAGES = ("_count", "cursor")


def base(request: Request) -> str:
    """The address of this FHIR server, under the name it was asked by."""
    return f"{public_address(request).rstrip('/')}{request.scope['root_path']}/fhir"


def search(request: Request, caller: Caller, of: Type, asked: Asked) -> Resource:
    place = asked.place
    # The record that the page before ended in is read again: it may make more resources than fitted.
    records = of.read(caller, asked.wanted, max(place[0] - 1, 0), asked.paging.limit + 2)
    found = [
        placed
        for placed in _placed(of, records)
        if placed[0] > place and (not asked.resource_id or placed[1]["id"] == asked.resource_id)
    ]
    page = asked.paging.page(found, lambda placed: placed[0])
    address = f"{base(request)}/{of.kind}"
    entries = [
        {"fullUrl": f"{address}/{resource['id']}", "resource": resource, "search": {"mode": "match"}}
        for _, resource in page.items
    ]
    links = list(_links(request, address, of, page.next))
    return told({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries})


def _placed(of: Type, records: Sequence[Record]) -> Iterator[Placed]:
    for record in records:
        for number, resource in enumerate(of.resources(record), start=1):
            yield (record.record_id, number), resource


def _links(request: Request, address: str, of: Type, after: str | None) -> Iterator[Resource]:
    """`self` tells what was understood."""
    known = {name for name, _ in of.params} | set(_OF_PAGES)
    asked = [(name, value) for name, value in request.query_params.multi_items() if name in known]
    yield {"relation": "self", "url": _address(address, asked)}
    if after:
        following = [pair for pair in asked if pair[0] != "cursor"]
        yield {"relation": "next", "url": _address(address, [*following, ("cursor", after)])}


def _address(address: str, asked: list[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(asked)}" if asked else address
