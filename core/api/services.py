"""/services: the price list."""

from typing import Annotated

from fastapi import APIRouter, Query

from core import billing
from core.api.caller import Asking
from core.api.paging import Page, Paged
from core.billing import Price

router = APIRouter(prefix="/services", tags=["services"])


@router.get("")
def price_list(
    caller: Asking,
    paged: Paged,
    search: Annotated[str, Query(max_length=200, description="Every word of it is part of the name.")] = "",
) -> Page[Price]:
    """All that can be on a bill: consultations, services, medicines. With a `search`, services and medicines."""
    if search:
        return paged.part(caller.read(billing.search_prices, search, paged.reach()))
    return paged.part(caller.read(billing.price_list))
