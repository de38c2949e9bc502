"""What the document says there is, each with a request that fits it: for tests that try all of it."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from core.api import api

NOBODYS_ID = 2**40  # no record has it


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    about: dict[str, Any] = field(compare=False, repr=False)

    @property
    def says(self):
        return self.about.get("description", "").split("\n")[0]

    def ask(self, client, key=None):
        """With its first example, of a record that is not there."""
        address = self.path
        for parameter in self.about.get("parameters", ()):
            if parameter["in"] == "path":
                address = address.replace(f"{{{parameter['name']}}}", str(_sample(parameter["schema"])))
        required = [one for one in self.about.get("parameters", ()) if one.get("required") and one["in"] == "query"]
        asked = {one["name"]: _sample(one["schema"]) for one in required}
        keyed = any(one["name"] == "idempotency-key" for one in self.about.get("parameters", ()))
        headers = {"idempotency-key": key or uuid.uuid4().hex} if keyed else {}
        return client.request(self.method, f"/api{address}", params=asked, headers=headers, **self._body())

    def _body(self):
        content = self.about.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            return {"json": example(content["application/json"]["schema"])}
        return {"files": {"file": ("people.csv", b"name,sex\nAsha Rao,F\n")}} if content else {}


def example(schema):
    """The first that the document gives; of a choice, that of its first kind. A body without one fails."""
    named = api.openapi()["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    if kinds := named.get("oneOf") or named.get("anyOf"):
        return example(kinds[0])
    return json.loads(json.dumps(named["examples"][0]))


def _sample(schema):
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    by_kind = {"integer": NOBODYS_ID, "boolean": False}
    if schema.get("format") == "date":
        return "2025-03-01"
    return by_kind.get(schema.get("type"), "x")


OPERATIONS = [
    Operation(about["operationId"], method, path, about)
    for path, ways in api.openapi()["paths"].items()
    for method, about in ways.items()
]
