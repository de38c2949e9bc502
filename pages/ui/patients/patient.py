"""Who sits there: the banner over a visit, with what must not be overlooked in red."""

from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from core import billing, clock, patients, visits
from core.billing import Owed
from core.called import called
from core.patients import PatientCard, Sex
from core.permissions import Actor
from core.visits import PastVisit, Point
from core.words import say, say_count
from pages.ui.patients.change_patient import ask_for_clinical, change_clinical_if_asked
from pages.ui.show import clinic_day, money, plain
from pages.ui.work import Session

LONGEST_BADGE, LONGEST_DIAGNOSIS, LAST_VISITS = 36, 48, 3
# What people write down who asked and heard of none.
NO_ALLERGIES = frozenset(
    {"none", "no", "nil", "none known", "no known allergies", "nka", "nkda", "-", "नहीं", "कोई नहीं"}
)


@dataclass(frozen=True)
class Money:
    """What somebody has still to pay, and what the clinic keeps for the next bill."""

    owed: Owed
    advance: Decimal

    def __bool__(self) -> bool:
        return bool(self.owed.bills or self.advance)


@dataclass(frozen=True)
class Background:
    """What is known of somebody before a word is said. `courses`: each vital sign's values so far."""

    allergies: str
    conditions: str
    earlier: list[PastVisit]
    courses: dict[str, tuple[Point, ...]]
    money: Money


def background(session: Session, actor: Actor, patient_id: int) -> Background:
    known = patients.details(session, actor, patient_id)
    return Background(
        known.allergies,
        known.chronic_conditions,
        visits.history(session, actor, patient_id),
        visits.vital_trends(session, actor, patient_id),
        money_of(session, actor, patient_id),
    )


def money_of(session: Session, actor: Actor, patient_id: int) -> Money:
    """For roles that may see dues."""
    return Money(billing.owed_by(session, actor, patient_id), billing.advance_of(session, actor, patient_id))


def banner(card: PatientCard, known: Background, mark: str = "") -> None:
    """Name, age and sex; allergies, conditions and what is due; the last visits. `mark` stands before the name."""
    with st.container(border=True, key="patient_banner", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown(f"### {mark} {plain(card.name)}".replace("###  ", "### "), anchors=False)
            st.button(
                "", key="edit_clinical", icon=":material/edit:", type="tertiary", help=say("Allergies and conditions"),
                on_click=ask_for_clinical, args=[card.patient_id],
            )  # fmt: skip
        first = "" if known.earlier else say("first visit")
        facts = [card.age, sex(card), _weight(known), card.mrn, card.phone, first]
        st.markdown(f":gray[{plain(' · '.join(fact for fact in facts if fact))}]")
        with st.container(horizontal=True, gap="xsmall"):
            marks(known.allergies, known.conditions)
            _due(known)
        if known.earlier:
            _last_visits(known.earlier)
    change_clinical_if_asked(card.patient_id)


def sex(card: PatientCard) -> str:
    """Nothing where it is not known."""
    return "" if card.sex is Sex.UNKNOWN else called(card.sex)


def _weight(known: Background) -> str:
    if not (points := known.courses.get("weight_kg")):
        return ""
    last = points[-1]
    weight = f"{Decimal(last.value).normalize():f} kg"
    if last.measured_on == clock.today():
        return weight
    return say("{weight} on {day}", weight=weight, day=clinic_day(last.measured_on))


def _due(known: Background) -> None:
    """Money, and the follow-up that the last visit asked for."""
    money_marks(known.money)
    if known.earlier and (due_on := known.earlier[0].follow_up_on):
        if due_on < clock.today():
            _mark("orange", "event_repeat", say("Follow-up was due {day}", day=clinic_day(due_on)))
        elif due_on == clock.today():
            _mark("blue", "event_repeat", say("Follow-up due today"))
        else:
            _mark("blue", "event_repeat", say("Follow-up due {day}", day=clinic_day(due_on)))


def money_marks(of: Money) -> None:
    if of.owed.bills:
        amount = money(of.owed.amount)
        due = say_count(of.owed.bills, "{amount} to pay, {count} bill", "{amount} to pay, {count} bills", amount=amount)
        _mark("orange", "payments", due)
    if of.advance:
        _mark("green", "savings", say("{amount} in advance", amount=money(of.advance)))


def _last_visits(earlier: list[PastVisit]) -> None:
    told = [f"**{clinic_day(visit.visit_on)}** {plain(_shortened(visit))}" for visit in earlier[:LAST_VISITS]]
    if (before := len(earlier) - LAST_VISITS) > 0:
        told.append(f":gray[{say('and {count} before', count=before)}]")
    st.markdown(f":small[{' · '.join(told)}]")


def _shortened(visit: PastVisit) -> str:
    words = ", ".join(found.text for found in visit.diagnoses) or say("no diagnosis")
    return words if len(words) <= LONGEST_DIAGNOSIS else f"{words[: LONGEST_DIAGNOSIS - 1].rstrip()}…"


def marks(allergies: str, conditions: str) -> None:
    if allergies.casefold().strip(" .") in NO_ALLERGIES:
        st.markdown(f":gray-badge[:material/check: {say('No known allergies')}]")
    elif allergies:
        _mark("red", "warning", say("Allergic to {allergies}", allergies=allergies))
    else:  # nobody has asked yet: that is not the same
        st.markdown(f":gray-badge[:material/help: {say('Allergies not recorded')}]")
    if conditions:
        _mark("orange", "vital_signs", conditions)


def _mark(colour: str, icon: str, text: str) -> None:
    """A badge while it fits on a line; a badge cuts off what does not, and nothing of this may be cut off."""
    kind = "badge" if len(text) <= LONGEST_BADGE else "background"
    st.markdown(f":{colour}-{kind}[:material/{icon}: {plain(text)}]")
