"""/inventory/medicines: the list that the pharmacy keeps."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from core import inventory
from core.api.caller import Asking, Posting
from core.api.fields import Exact, Id, Money, RecordId
from core.api.paging import Page, Paged
from core.inventory import BatchRecord, MedicineDetails, MedicineForm, MedicineRecord

router = APIRouter(prefix="/inventory/medicines", tags=["medicines"])

_AMOXICILLIN: JsonDict = {
    "name": "Amoxicillin 500 mg",
    "form": "CAPSULE",
    "unit": "capsule",
    "price": "4.50",
    "generic": "Amoxicillin",
    "strength": "500 mg",
    "reorder_level": 100,
    "tax_percent": "5",
}


class MedicineSheet(BaseModel):
    """`unit` is what is counted and handed over (tablet, bottle); `pack_size` doses in one (100 for 100 ml).

    `barcode` is the number under the bars on the pack, `supplier_id` whom it is usually ordered from.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_AMOXICILLIN]})
    name: str
    form: MedicineForm
    unit: str
    price: Money
    generic: str = ""
    strength: str = ""
    pack_size: int = 1
    reorder_level: int = 0
    tax_percent: Exact = Decimal(0)
    is_controlled: bool = False
    barcode: str | None = None
    supplier_id: RecordId | None = None


class MedicineChanges(MedicineSheet):
    """Only what shall change."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"price": "4.75", "reorder_level": 200}]})
    name: str = ""
    form: MedicineForm = MedicineForm.OTHER
    unit: str = ""
    price: Money = Decimal(0)


@router.get("")
def search(
    caller: Asking,
    paged: Paged,
    search: Annotated[
        str, Query(max_length=200, description="Words of a name, generic or strength; or a barcode.")
    ] = "",
    withdrawn: Annotated[bool, Query(description="Those that were withdrawn; without a `search`.")] = False,
) -> Page[MedicineRecord]:
    """Medicines by name, generic, strength or barcode; without a `search` all that are kept, the oldest first."""
    if not search:
        found = caller.read(inventory.medicines_after, paged.whole(), paged.limit + 1, withdrawn=withdrawn)
        return paged.page(found, lambda medicine: medicine.medicine_id)
    return paged.part(caller.read(inventory.search_medicines, search, paged.reach()))


@router.post("", status_code=201)
def add(caller: Posting, sent: MedicineSheet, response: Response) -> MedicineRecord:
    """Put a medicine on the list."""
    added = caller.act(inventory.add_medicine, MedicineDetails(**dict(sent)))
    response.headers["location"] = f"/api/inventory/medicines/{added.medicine_id}"
    return added


@router.get("/{medicine_id:int}")
def get(caller: Asking, medicine_id: Id) -> MedicineRecord:
    """One medicine, also a withdrawn one; `on_hand` are units that may be handed over today."""
    return caller.read(inventory.get_medicine, medicine_id)


@router.patch("/{medicine_id:int}")
def change(caller: Asking, medicine_id: Id, sent: MedicineChanges) -> MedicineRecord:
    """Change what is sent and nothing else; bills that are made keep their price.

    409 if somebody else changed it at the same moment.
    """
    seen = caller.read(inventory.medicine_details, medicine_id)
    return caller.act(
        inventory.change_medicine, medicine_id, replace(seen, **sent.model_dump(exclude_unset=True)), seen
    )


@router.post("/{medicine_id:int}/withdraw", status_code=204)
def withdraw(caller: Posting, medicine_id: Id) -> Response:
    """Take a medicine off the list: not offered, ordered or received any more."""
    caller.act(inventory.withdraw, medicine_id)
    return Response(status_code=204)


@router.post("/{medicine_id:int}/reinstate", status_code=204)
def reinstate(caller: Posting, medicine_id: Id) -> Response:
    """Take a withdrawal back."""
    caller.act(inventory.reinstate, medicine_id)
    return Response(status_code=204)


@router.get("/{medicine_id:int}/batches")
def batches(caller: Asking, paged: Paged, medicine_id: Id) -> Page[BatchRecord]:
    """Every batch of a medicine, used up ones too, the latest delivery first."""
    return paged.part(caller.read(inventory.batches, medicine_id))
