"""Answers as FHIR has them: its media type, decimals as numbers that keep their digits, and refusals as outcomes."""

from collections.abc import Iterable, Mapping
from typing import Any

import simplejson
from fastapi import Request
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/fhir+json"
PREFIX = "/fhir/"
# What was asked for cannot be understood: to FHIR 422 is a rule of the clinic's that what was sent breaks.
_NOT_UNDERSTOOD = {422: 400}
_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    429: "throttled",
    503: "transient",
}
_WORDS = {
    400: "Something that was asked for cannot be understood.",
    401: "Nobody is signed in, or not any more.",
    403: "The role of this person does not include this, or a reason is needed: `details` says where to give it.",
    404: "There is no such record.",
    429: "Too often; `Retry-After` says when to try again.",
    503: "A store is away. Send the same again.",
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": words,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}},
    }
    for status, words in _WORDS.items()
}
SCHEMAS: dict[str, Any] = {
    "OperationOutcome": {
        "type": "object",
        "description": "FHIR R4 OperationOutcome; `diagnostics` is a sentence for people, as the screens show it.",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["severity", "code", "diagnostics"],
                    "properties": {
                        "severity": {"type": "string"},
                        "code": {"type": "string"},
                        "diagnostics": {"type": "string"},
                        "details": {"type": "object", "properties": {"text": {"type": "string"}}},
                    },
                },
            },
        },
    },
    "Resource": {
        "type": "object",
        "description": "A FHIR R4 resource, as hl7.org/fhir/R4 describes it.",
        "required": ["resourceType"],
        "properties": {"resourceType": {"type": "string"}},
    },
}


class FhirResponse(JSONResponse):
    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        return written(content)


def written(resource: Any) -> bytes:
    return simplejson.dumps(resource, use_decimal=True, ensure_ascii=False, separators=(",", ":")).encode()


def wanted(request: Request) -> bool:
    """Whether whoever asks speaks FHIR."""
    return str(request.scope["path"]).startswith(f"{request.scope.get('root_path', '')}{PREFIX}")


def only(responses: dict[str, Any]) -> dict[str, Any]:
    """Of what the whole API may answer, what FHIR here does."""
    return {status: told for status, told in responses.items() if int(status) in {200, *RESPONSES}}


def outcome(
    status: int, sentences: Iterable[str], headers: Mapping[str, str] | None = None, hint: str = ""
) -> FhirResponse:
    """`hint` tells a program what to do."""
    status = _NOT_UNDERSTOOD.get(status, status)
    about = {"severity": "error", "code": _CODES.get(status, "exception")}
    details = {"details": {"text": hint}} if hint else {}
    issues = [{**about, **details, "diagnostics": sentence} for sentence in sentences]
    return FhirResponse({"resourceType": "OperationOutcome", "issue": issues}, status, dict(headers or {}))
