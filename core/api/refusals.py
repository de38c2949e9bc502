"""What a workflow refuses, as an answer: the status that HTTP has for it, and the sentence of the screens."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from core import logs, tries
from core.api import outcomes
from core.errors import ClinicError, Conflict, Invalid, NotFound, NotPermitted, SetupNeeded, StoreUnavailable
from core.idempotency import KeyReused
from core.patients import ReasonNeeded
from core.prescriptions import PrescribingWarnings
from core.web.guard import TOO_LARGE, TooLarge, went_wrong
from core.web.problems import MEDIA_TYPE, problem

AGAIN_AFTER = 5  # seconds, where a store is away


class SignedOut(ClinicError):
    def __init__(self, sentence: str = "Sign in first.") -> None:
        super().__init__(sentence)


class TooOften(ClinicError):
    def __init__(self, seconds: int, what: str = "Too many requests") -> None:
        self.seconds = seconds
        super().__init__(f"{what}. Try again in {seconds} s.")


# The first that fits.
_STATUS: tuple[tuple[type[ClinicError], int], ...] = (
    (SignedOut, 401),
    (NotPermitted, 403),
    (ReasonNeeded, 403),
    (NotFound, 404),
    (KeyReused, 422),
    (Invalid, 422),
    (tries.Waiting, 429),
    (TooOften, 429),
    (Conflict, 409),
    (StoreUnavailable, 503),
    (SetupNeeded, 503),
)
_WORDS = {
    400: "The body is not what its content type says.",
    401: "Nobody is signed in, or not any more.",
    403: "The role of this person does not include this, or a reason is needed.",
    404: "There is no such record.",
    409: "The record is not in a state that allows this.",
    413: "More than is taken at once.",
    422: "Something that was sent cannot be accepted; `errors` says what.",
    429: "Too often; `Retry-After` says when to try again.",
    503: "A store is away. Send the same again, with its key.",
}
_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Names the refusal for programs."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people, as the screens show it."},
        "errors": {
            "type": "array",
            "description": "With 422: each field and what is wrong with it.",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "warnings": {
            "type": "array",
            "description": "Of `prescribing-warnings`: each warning that no reason answers yet.",
            "items": {"$ref": "#/components/schemas/Warned"},
        },
        "open_at": {"type": "string", "description": "Where to say why a file outside one's own work is opened."},
    },
    "examples": [
        {
            "type": "/api/problems#already-paid",
            "title": "Conflict",
            "status": 409,
            "detail": "Bill 2024-25/000017 is paid already.",
        }
    ],
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, words in _WORDS.items()
}


def documented(document: dict[str, Any]) -> dict[str, Any]:
    document.setdefault("components", {}).setdefault("schemas", {}).update({"Problem": _SCHEMA, **outcomes.SCHEMAS})
    for path, ways in document["paths"].items():
        if path.startswith(outcomes.PREFIX):
            ways["get"]["responses"] = outcomes.only(ways["get"]["responses"])
    return document


def install(api: FastAPI) -> None:
    api.add_exception_handler(ClinicError, _refused)
    api.add_exception_handler(RequestValidationError, _not_understood)
    api.add_exception_handler(HTTPException, _of_http)
    api.add_exception_handler(Exception, _failed)


def kind_of(refusal: type[ClinicError]) -> str:
    """ "already-paid" of AlreadyPaid."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", refusal.__name__).lower()


def status_of(refusal: type[ClinicError]) -> int:
    return next((status for kind, status in _STATUS if issubclass(refusal, kind)), 409)


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, ClinicError)
    status = status_of(type(refusal))
    more: dict[str, Any] = {}
    sentence = str(refusal)
    if isinstance(refusal, KeyReused):
        sentence = "This Idempotency-Key was already used with other contents. Send a new one."
    elif isinstance(refusal, Invalid):
        more = {"errors": list(_errors(refusal.problems))}
    elif isinstance(refusal, PrescribingWarnings):
        more = {"warnings": to_jsonable_python(refusal.warnings)}
    elif isinstance(refusal, ReasonNeeded):
        more = {"open_at": f"/api/patients/{refusal.patient_id}/openings"}
    return _told(request, status, sentence, kind_of(type(refusal)), _headers(refusal, status), **more)


def _told(
    request: Request,
    status: int,
    sentence: str,
    kind: str = "",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """In the words of whoever asks: an outcome under /fhir, problem details elsewhere."""
    if outcomes.wanted(request):
        sentences = [error["detail"] for error in more.get("errors", ())] or [sentence]
        hint = f"POST a reason to {more['open_at']}" if "open_at" in more else ""
        return outcomes.outcome(status, sentences, headers, hint)
    return problem(status, sentence, kind, headers, **more)


def _errors(problems: Mapping[str, str]) -> Iterator[dict[str, str]]:
    return ({"pointer": f"#/{field}", "detail": sentence} for field, sentence in problems.items())


def _headers(refusal: ClinicError, status: int) -> dict[str, str]:
    if status == 401:
        return {"www-authenticate": "Bearer"}
    if isinstance(refusal, TooOften | tries.Waiting):
        return {"retry-after": str(refusal.seconds)}
    return {"retry-after": str(AGAIN_AFTER)} if status == 503 else {}


def _not_understood(request: Request, error: Exception) -> Response:
    """What was typed is not told back: it may be a patient's."""
    assert isinstance(error, RequestValidationError)
    errors = [_misunderstood(found) for found in error.errors()]
    sentence = "; ".join(f"{each['pointer'].rpartition('/')[2]}: {each['detail']}" for each in errors[:5])
    return _told(request, 422, sentence, "not-understood", errors=errors)


def _misunderstood(found: Mapping[str, Any]) -> dict[str, str]:
    """Where it stands in the body, or which parameter it is. Names of kinds (WalkIn) are no part of what was sent."""
    place = [str(part) for part in found["loc"][1:] if not str(part)[:1].isupper()]
    match found["type"]:
        case "union_tag_invalid":
            return {"pointer": _pointer(place), "detail": f"This is none of {found['ctx']['expected_tags']}"}
        case "extra_forbidden":
            return {"pointer": _pointer(place[:-1]), "detail": "Something that is not asked for was sent"}
    return {"pointer": _pointer(place), "detail": found["msg"]}


def _pointer(place: list[str]) -> str:
    return "#/" + "/".join(place)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, TooLarge):
        return _told(request, 413, TOO_LARGE)
    headers = {"allow": ", ".join(_methods_at(request))} if error.status_code == 405 else error.headers
    return _told(request, error.status_code, str(error.detail), headers=headers)


def _methods_at(request: Request) -> list[str]:
    """Each way of asking at one address is a route of its own. A word of ours is nobody's id."""
    every = iter_route_contexts(request.app.routes)
    here = [one for one in every if one.original_route.matches(request.scope)[0] is not Match.NONE]
    meant = [one for one in here if "{" not in (one.path or "")] or here
    return sorted({method for one in meant for method in one.methods or ()})


def _failed(request: Request, _error: Exception) -> Response:
    """A bug: the guard logs it under the number that is told."""
    return _told(request, 500, went_wrong(logs.number()))
