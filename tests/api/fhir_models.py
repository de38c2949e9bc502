"""Whether a resource is FHIR: by the models that fhir.resources keeps, and the codes and targets that they name.

The models themselves take any code and a reference to anything.
"""

import json
from importlib import import_module

from pydantic import BaseModel

_CUT_SHORT = "+"  # the list of codes goes on
_BEYOND = {"entered-in-error"}
_ANY = {"format"}  # media types


def valid(resource):
    """The model of it. Raises ValueError."""
    kind = resource["resourceType"]
    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    read = model.model_validate_json(json.dumps(resource, default=str))
    check(read)
    return read


def check(part):
    for name in part.model_fields_set:
        about = type(part).model_fields[name].json_schema_extra or {}
        value = getattr(part, name)
        for each in value if isinstance(value, list) else [value]:
            _code(each, about.get("enum_values"), name)
            _target(each, about.get("enum_reference_types"), name)
            if isinstance(each, BaseModel):
                check(each)


def _code(value, codes, name):
    known = set(codes or ()) | (_BEYOND if _CUT_SHORT in (codes or ()) else set())
    if known and name not in _ANY and value is not None and str(value) not in known:
        raise ValueError(f"{name} is none of {sorted(known)}: {value}")


def _target(value, kinds, name):
    named = getattr(value, "reference", None)
    if kinds and named and not named.startswith("#") and named.split("/")[0] not in kinds and "Resource" not in kinds:
        raise ValueError(f"{name} leads to none of {kinds}: {named}")
