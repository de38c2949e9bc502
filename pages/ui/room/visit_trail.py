"""What became of a visit since its signature, oldest first: who, when, what, why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.visits import VisitRecord
from core.words import say
from pages.ui.room import vitals
from pages.ui.show import moment, plain


@dataclass(frozen=True)
class Step:
    """`what` is markdown."""

    at: datetime
    by: str
    icon: str
    what: str
    why: str = ""


def trail(visit: VisitRecord) -> None:
    """Nothing for a visit that was never completed."""
    steps = sorted(_steps(visit), key=lambda step: step.at)
    if not steps:
        return
    st.subheader(say("Signature and amendments"), anchor=False)
    for step in steps:
        why = f"  \n{plain(step.why)}" if step.why else ""
        st.markdown(f":material/{step.icon}: {step.what}{why}  \n:small[:gray[{plain(step.by)}, {moment(step.at)}]]")


def reopened(visit: VisitRecord) -> None:
    """Over a visit in the room that was completed before: why it is open again."""
    if visit.reopenings:
        again = visit.reopenings[-1]
        st.info(
            say(
                "Reopened by {by}, {when}: {reason}  \nWhat was completed is struck with a "
                "reason, not removed. Complete the visit again when it is right.",
                by=plain(again.reopened_by),
                when=moment(again.reopened_at),
                reason=plain(again.reason),
            ),
            icon=":material/lock_open:",
        )


def _steps(visit: VisitRecord) -> Iterator[Step]:
    signed = [*(again.signed_at for again in visit.reopenings), *filter(None, [visit.completed_at])]
    for place, at in enumerate(signed):
        what = say("Completed again") if place else say("Completed")
        yield Step(at, visit.doctor_name, "lock", f"**{what}**")
    for again in visit.reopenings:
        what = say("Reopened")
        yield Step(again.reopened_at, again.reopened_by, "lock_open", f"**{what}**", again.reason)
    if signed:
        yield from (step for step in _added(visit) if step.at > signed[0] or step.why)
    yield from _struck(visit)


def _added(visit: VisitRecord) -> Iterator[Step]:
    for found in (*visit.diagnoses, *visit.struck_diagnoses):
        what = say("Diagnosis {code} added", code=plain(found.code))
        yield Step(found.recorded_at, found.recorded_by, "add", what, found.reason)
    for taken in (*visit.vitals, *visit.struck_vitals):
        yield Step(taken.recorded_at, taken.recorded_by, "monitor_heart", say("Vitals added"), taken.reason)
    for note in visit.notes:
        what = say("Note amended") if note.amends_id else say("Note added")
        yield Step(note.written_at, note.author, "edit_note", what, note.reason)


def _struck(visit: VisitRecord) -> Iterator[Step]:
    for found in visit.struck_diagnoses:
        if found.struck:
            what = say("Diagnosis {code} struck", code=plain(found.code))
            yield Step(found.struck.at, found.struck.by, "strikethrough_s", what, found.struck.reason)
    for taken in visit.struck_vitals:
        if taken.struck:
            what = say("Vitals struck: {values}", values=vitals.in_short(taken.measured))
            yield Step(taken.struck.at, taken.struck.by, "strikethrough_s", what, taken.struck.reason)
