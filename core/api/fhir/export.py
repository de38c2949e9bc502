"""All of some types as NDJSON: a line for each resource, no more than a batch of them ever in memory."""

from collections.abc import Iterator, Sequence

from core import exchange
from core.api.caller import Caller
from core.api.fhir.types import BY_KIND
from core.api.outcomes import written
from core.errors import Invalid
from core.exchange import Kind

MEDIA_TYPE = "application/fhir+ndjson"
BATCH = 500  # records


def kinds_in(sent: Sequence[str]) -> list[Kind]:
    """`Patient,Encounter`, or one after the other. Raises Invalid."""
    names = [name.strip() for part in sent for name in part.split(",") if name.strip()]
    if unknown := [name for name in names if name not in list(Kind)]:
        raise Invalid({"_type": f"There is no type {unknown[0][:40]} here."})
    return [Kind(name) for name in dict.fromkeys(names)]


def lines(caller: Caller, kinds: Sequence[Kind]) -> Iterator[bytes]:
    for kind in kinds:
        after = 0
        while records := caller.again().read(exchange.batch, kind, after, BATCH):
            resources = (resource for record in records for resource in BY_KIND[kind].resources(record))
            yield b"".join(written(resource) + b"\n" for resource in resources)
            after = records[-1].record_id
