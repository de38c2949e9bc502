"""/icd10: the codes that a diagnosis is written in."""

from typing import Annotated

from fastapi import APIRouter, Query

from core import icd10
from core.api.caller import Asking
from core.api.paging import Page, Paged
from core.icd10 import Code

router = APIRouter(prefix="/icd10", tags=["icd10"])


@router.get("")
def search(
    _caller: Asking,
    paged: Paged,
    search: Annotated[
        str,
        Query(max_length=200, description="Words of a disease, or the beginning of a code.", examples=["sore throat"]),
    ],
) -> Page[Code]:
    """ICD-10 codes by words or by their beginning, the nearest first."""
    return paged.part(icd10.search(search, paged.reach()))
