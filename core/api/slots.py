"""/slots: the times at which doctors can be booked."""

import re
from datetime import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from core import clock, scheduling
from core.api.caller import Asking, Posting
from core.api.fields import AskedId, Day, Id, RecordId, pointing
from core.api.paging import Page, Paged
from core.scheduling import SlotPlan, SlotRecord, SlotsOpened

router = APIRouter(prefix="/slots", tags=["slots"])


_HOURS_AND_MINUTES = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _of_the_wall(sent: Any) -> time:
    """What the clock on the clinic's wall shows has no zone of its own, and no seconds."""
    if not (isinstance(sent, str) and re.fullmatch(_HOURS_AND_MINUTES, sent)):
        raise ValueError("Send hours and minutes of the clinic's own clock, as in 09:30")
    return time.fromisoformat(sent)


WallTime = Annotated[
    time,
    BeforeValidator(_of_the_wall),
    WithJsonSchema({"type": "string", "pattern": _HOURS_AND_MINUTES, "examples": ["09:30"]}),
]


class ByPlan(BaseModel):
    """Slots of one doctor from `starts` to `ends` on some weekdays (0 is Monday), both days included."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "by": "plan",
                    "doctor_id": 2,
                    "first_on": "2025-03-03",
                    "last_on": "2025-03-07",
                    "starts": "09:00",
                    "ends": "13:00",
                    "slot_minutes": 15,
                    "weekdays": [0, 1, 2, 3, 4],
                }
            ]
        }
    )
    by: Literal["plan"]
    doctor_id: RecordId
    first_on: Day
    last_on: Day
    starts: WallTime
    ends: WallTime
    slot_minutes: int
    weekdays: list[int] = [0, 1, 2, 3, 4, 5, 6]


class ByHours(BaseModel):
    """The slots of the weekly hours of these doctors, their leave left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"by": "hours", "doctor_ids": [2, 3], "first_on": "2025-03-03", "last_on": "2025-03-30"}]
        }
    )
    by: Literal["hours"]
    doctor_ids: list[RecordId]
    first_on: Day
    last_on: Day


@router.post("/bulk", status_code=201)
def open_in_bulk(caller: Posting, sent: Annotated[ByPlan | ByHours, Field(discriminator="by")]) -> SlotsOpened:
    """Open slots by a plan, or by the weekly hours of doctors. What stands already is left alone and counted."""
    if isinstance(sent, ByHours):
        with pointing(lambda field: "doctor_ids" if field == "doctors" else field):
            return caller.act(scheduling.open_from_availability, sent.doctor_ids, sent.first_on, sent.last_on)
    about = sent.model_dump(exclude={"by", "doctor_id", "weekdays"})
    return caller.act(scheduling.open_slots, sent.doctor_id, SlotPlan(**about, weekdays=tuple(sent.weekdays)))


@router.get("")
def list_slots(
    caller: Asking,
    paged: Paged,
    day: Annotated[Day | None, Query(description="Of the clinic; without it today.")] = None,
    doctor_id: AskedId = None,
    days: Annotated[int, Query(ge=1, le=31, description="So many from `day` on.")] = 1,
) -> Page[SlotRecord]:
    """The slots of a day or of several, by time, with who is booked in them."""
    return paged.part(caller.read(scheduling.list_slots, day or clock.today(), doctor_id, days))


@router.get("/{slot_id:int}")
def get(caller: Asking, slot_id: Id) -> SlotRecord:
    """One slot, with who is booked in it."""
    return caller.read(scheduling.get_slot, slot_id)
