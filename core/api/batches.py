"""/inventory: batches that arrive, what is done with them, and what the shelves hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from core import inventory
from core.api.caller import Asking, Posting
from core.api.fields import Day, Id, Money, RecordId
from core.api.paging import Page, Paged, Paging
from core.inventory import BatchRecord, Delivery, MedicineForm, Scan, StockLevel, StockState

router = APIRouter(prefix="/inventory", tags=["inventory"])
T = TypeVar("T", "Level", "ExpiringBatch")

_DELIVERY: JsonDict = {
    "medicine_id": 7,
    "number": "AX2291",
    "quantity": 500,
    "expires_on": "2027-03-31",
    "unit_cost": "3.10",
    "supplier": "Lotus Pharma",
    "delivery_note": "D 1734",
}


def _example(sent: JsonDict) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [sent]})


class DeliverySheet(BaseModel):
    """One batch as it arrives, in units. `supplier` is found or added by name; `received_on` is today unless given.

    Whoever looked at the packs says so: `shares_number`, that another medicine has the same number; `is_more`, of a
    batch that came before.
    """

    model_config = _example(_DELIVERY)
    medicine_id: RecordId
    number: str
    quantity: int
    expires_on: Day
    unit_cost: Money
    received_on: Day | None = None
    supplier: str = ""
    delivery_note: str = ""
    shares_number: bool = False
    is_more: bool = False


class Adjust(BaseModel):
    """Correct what is on hand to what was counted, by a signed number of units."""

    model_config = _example({"step": "ADJUST", "change": -2, "note": "Counted again"})
    step: Literal["ADJUST"]
    change: int
    note: str


class WriteOff(BaseModel):
    """Units that are damaged, spoilt or lost."""

    model_config = _example({"step": "WRITE_OFF", "quantity": 3, "note": "Spoilt"})
    step: Literal["WRITE_OFF"]
    quantity: int
    note: str


class WriteOffExpired(BaseModel):
    """What is left of a batch that has expired."""

    model_config = _example({"step": "WRITE_OFF_EXPIRED"})
    step: Literal["WRITE_OFF_EXPIRED"]


class SendBack(BaseModel):
    """Units that go back to the supplier who delivered them."""

    model_config = _example({"step": "SEND_BACK", "quantity": 40, "note": "Damaged on arrival"})
    step: Literal["SEND_BACK"]
    quantity: int
    note: str


class TransferOut(BaseModel):
    """Units that are handed on to another place."""

    model_config = _example({"step": "TRANSFER_OUT", "quantity": 10, "to": "Branch at the lake", "note": "Lent"})
    step: Literal["TRANSFER_OUT"]
    quantity: int
    to: str
    note: str = ""


class Block(BaseModel):
    """From this moment nothing of the batch is handed over."""

    model_config = _example({"step": "BLOCK", "reason": "Recalled by its maker"})
    step: Literal["BLOCK"]
    reason: str


class Unblock(BaseModel):
    """What is left of it is stock again."""

    model_config = _example({"step": "UNBLOCK"})
    step: Literal["UNBLOCK"]


BatchStep = Annotated[
    Adjust | WriteOff | WriteOffExpired | SendBack | TransferOut | Block | Unblock, Field(discriminator="step")
]
# The other fields of a step are the arguments of its verb.
_VERBS: dict[str, Callable[..., BatchRecord]] = {
    "ADJUST": inventory.adjust,
    "WRITE_OFF": inventory.write_off,
    "WRITE_OFF_EXPIRED": inventory.write_off_expired,
    "SEND_BACK": inventory.send_back,
    "TRANSFER_OUT": inventory.transfer_out,
    "BLOCK": inventory.block,
    "UNBLOCK": inventory.unblock,
}


@dataclass(frozen=True)
class Level:
    """One medicine, in units: `on_hand` may be handed over today; `expired` and `blocked` lie there but are no stock.

    `value` is what the usable units were bought for, `days_of_cover` for how many days they last as they went lately;
    null if none went.
    """

    medicine_id: int
    name: str
    form: MedicineForm
    unit: str
    reorder_level: int
    on_hand: int
    expired: int
    blocked: int
    value: Decimal
    state: StockState
    days_of_cover: int | None


@dataclass(frozen=True)
class ExpiringBatch:
    """`days_left` is below 0 once it has expired. `unused` units will not be used in time, and cost `at_risk`."""

    batch: BatchRecord
    days_left: int
    unused: int
    at_risk: Decimal


@router.post("/batches", status_code=201)
def receive(caller: Posting, sent: DeliverySheet) -> BatchRecord:
    """Take a delivery into stock."""
    details: dict[str, Any] = dict(sent)
    return caller.act(inventory.receive, details.pop("medicine_id"), Delivery(**details))


@router.patch("/batches/{batch_id}")
def change(caller: Posting, batch_id: Id, sent: BatchStep) -> BatchRecord:
    """Correct a batch, block it, or take units off the shelf: `step` says which.

    It moves units, so it needs an Idempotency-Key as a `POST` does.
    """
    return caller.act(_VERBS[sent.step], batch_id, **sent.model_dump(exclude={"step"}))


@router.get("/stock")
def stock(caller: Asking, paged: Paged) -> Page[Level]:
    """What is on hand of every medicine that is kept, by name."""
    return _levels(paged, caller.read(inventory.stock_on_hand))


@router.get("/low-stock")
def low_stock(caller: Asking, paged: Paged) -> Page[Level]:
    """What has to be ordered: the sold-out first, then what lasts shortest."""
    return _levels(paged, caller.read(inventory.low_stock))


@router.get("/expiring")
def expiring(caller: Asking, paged: Paged, within_days: int = 90) -> Page[ExpiringBatch]:
    """Batches that expire within so many days or have expired already, the earliest first."""
    page = paged.part(caller.read(inventory.expiring, within_days))
    return Page([_told(ExpiringBatch, batch) for batch in page.items], page.next)


@router.get("/scan")
def scan(
    caller: Asking,
    code: Annotated[str, Query(max_length=200, description="As the scanner sent it, or a batch number.")],
) -> Scan:
    """Which medicine and batch a code on a pack means."""
    return caller.read(inventory.scanned, code)


def _told(kind: type[T], record: object) -> T:
    """The properties of a record too: what is worked out of it is not sent by itself."""
    return kind(**{field.name: getattr(record, field.name) for field in fields(kind)})


def _levels(paged: Paging, found: Sequence[StockLevel]) -> Page[Level]:
    page = paged.part(found)
    return Page([_told(Level, level) for level in page.items], page.next)
