"""Refusals for programs: problem details (RFC 9457), with the sentence that a screen would show."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def problem(
    status: int, sentence: str, kind: str = "", headers: Mapping[str, str] | None = None, **more: object
) -> ProblemResponse:
    """`kind` names the refusal for programs ("already-paid"); without one the status says it all."""
    about = {
        "type": f"/api/problems#{kind}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
    }
    return ProblemResponse({**about, **more}, status, dict(headers or {}))
