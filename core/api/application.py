"""The API as one ASGI app, to be mounted at /api."""

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from core.api import (
    advances,
    appointments,
    auth,
    batches,
    billing,
    dispensing,
    doctors,
    events,
    icd10,
    medicines,
    patients,
    prescriptions,
    queue,
    refusals,
    reports,
    services,
    slots,
    visits,
)
from core.api.fhir import routes as fhir
from core.api.limiting import limit

_ABOUT = """The workflows of a clinic, as the screens have them.

Sign in at `/auth/login` and send what it answers as `Authorization: Bearer …`; a browser that is signed in to the
screens may read with its cookie. A refusal is a problem detail (RFC 9457) with the sentence that a screen would show.
Every `POST` that changes something needs an `Idempotency-Key`: sent again with the same key, it happens once and
answers what it answered the first time. Money is a string, never a float. Moments carry their zone; a day is the
clinic's own. Lists come in pages: send `next` as `cursor` until there is none.
"""


def _operation(route: APIRoute) -> str:
    return f"{route.tags[0]}_{route.name}"


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        return refusals.documented(super().openapi())


api = _Api(
    title="Qure",
    version="1",
    description=_ABOUT,
    docs_url=None,  # its pages load scripts from elsewhere
    redoc_url=None,
    generate_unique_id_function=_operation,
    dependencies=[Depends(limit)],
    responses=refusals.RESPONSES,
)
refusals.install(api)
for module in (
    advances,
    appointments,
    auth,
    batches,
    billing,
    dispensing,
    doctors,
    events,
    fhir,
    icd10,
    medicines,
    patients,
    prescriptions,
    queue,
    reports,
    services,
    slots,
    visits,
):
    api.include_router(module.router)
