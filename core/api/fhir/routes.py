"""/fhir: metadata, one resource, a search, and all of some types."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import StreamingResponse

from core import exchange
from core.api import outcomes
from core.api.caller import Asking
from core.api.fhir import bundle, export
from core.api.fhir.asking import Asked, ResourceId, record_id
from core.api.fhir.statement import statement
from core.api.fhir.types import TYPES, Type
from core.api.outcomes import FhirResponse
from core.errors import NotFound
from core.exchange import Wanted

_RESOURCE = {"content": {outcomes.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Resource"}}}}

router = APIRouter(
    prefix="/fhir",
    tags=["fhir"],
    default_response_class=FhirResponse,
    responses={**outcomes.RESPONSES, 200: _RESOURCE},
)


class NdjsonResponse(StreamingResponse):
    media_type = export.MEDIA_TYPE


@router.get("/metadata", response_model=None)
def metadata(request: Request) -> FhirResponse:
    """What is served (CapabilityStatement). For everybody."""
    return FhirResponse(statement(bundle.base(request)))


@router.get(
    "/export",
    response_model=None,
    response_class=NdjsonResponse,
    responses={200: {"content": {export.MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
def take_all(
    caller: Asking,
    types: Annotated[
        list[str],
        Query(alias="_type", max_length=20, description="`Patient,Encounter`; without it whatever you may take."),
    ] = [],  # noqa: B006
) -> NdjsonResponse:
    """All resources of some types, one on each line. For whoever may take lists away and see these; it is noted."""
    kinds = export.kinds_in(types) or exchange.available(caller.actor)
    caller.act(exchange.begin, kinds)
    return NdjsonResponse(export.lines(caller, kinds))


def _reading(of: Type) -> Callable[..., Any]:
    def read(caller: Asking, resource_id: ResourceId) -> FhirResponse:
        records = of.read(caller, Wanted(record_id=record_id(resource_id)), 0, 1)
        made = (resource for record in records for resource in of.resources(record))
        found = next((resource for resource in made if resource["id"] == resource_id), None)
        if found is None:
            raise NotFound(of.kind, resource_id)
        return FhirResponse(found)

    return read


def _searching(of: Type) -> Callable[..., Any]:
    def search(request: Request, caller: Asking, asked: Annotated[Asked, Depends(of.asked)]) -> FhirResponse:
        return FhirResponse(bundle.search(request, caller, of, asked))

    return search


for _type in TYPES:
    router.add_api_route(
        f"/{_type.kind}",
        _searching(_type),
        response_model=None,
        name=f"search_{_type.kind}",
        summary=f"Search {_type.kind}",
        description=f"{_type.about}, a page of them (Bundle).",
    )
    router.add_api_route(
        f"/{_type.kind}/{{resource_id}}",
        _reading(_type),
        response_model=None,
        name=f"read_{_type.kind}",
        summary=f"Read one {_type.kind}",
        description=f"{_type.about}: one of them.",
    )
