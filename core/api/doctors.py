"""/doctors: whom patients can be booked with or wait for."""

from fastapi import APIRouter

from core import users
from core.api.caller import Asking
from core.api.paging import Page, Paged
from core.users import DoctorChoice

router = APIRouter(prefix="/doctors", tags=["doctors"])


@router.get("")
def list_doctors(caller: Asking, paged: Paged) -> Page[DoctorChoice]:
    """The doctors who work here, by name, each with the room of today."""
    return paged.part(caller.read(users.list_doctors))
