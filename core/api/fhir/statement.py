"""FHIR CapabilityStatement: what is served, of the table that serves it."""

from datetime import date

from core.api.fhir.terms import Resource
from core.api.fhir.types import TYPES, Type
from core.api.outcomes import MEDIA_TYPE

_SINCE = date(2026, 11, 28)  # of the statement, not of a clinic
_ABOUT = (
    "The records of a clinic, to be read. Clinical types are searched by `patient` or `_id`, and of somebody outside"
    " one's own work only once a reason was given. All of a type leaves as NDJSON from /export?_type=…, for whoever may"
    " take lists away."
)


def statement(address: str) -> Resource:
    security = {
        "cors": False,
        "description": "A Bearer token of /api/auth/login, or the cookie of a browser that is signed in.",
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE.isoformat(),
        "kind": "instance",
        "software": {"name": "Qure"},
        "implementation": {"description": "Qure", "url": address},
        "fhirVersion": "4.0.1",
        "format": [MEDIA_TYPE],
        "rest": [
            {
                "mode": "server",
                "documentation": _ABOUT,
                "security": security,
                "resource": [_served(each) for each in TYPES],
            }
        ],
    }


def _served(of: Type) -> Resource:
    return {
        "type": of.kind,
        "documentation": of.about,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [{"name": name, "type": kind} for name, kind in of.params],
    }
