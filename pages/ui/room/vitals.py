"""Vital signs: eight boxes with their units, each with what is usual and its course; then what was measured."""

import json
from decimal import Decimal

import streamlit as st

from core import clock, visits
from core.reference_ranges import bmi_class
from core.visits import Measurements, Point, VisitRecord
from core.words import say
from pages.ui.room import vital_marks
from pages.ui.room.drafts import recall, remember
from pages.ui.show import clock_time, plain
from pages.ui.waits import in_one_line
from pages.ui.work import act, form_key, refusals_shown

Courses = dict[str, tuple[Point, ...]]

# Column: step, how it is written. A whole number that is none is refused by the workflow, in words.
BOXES: dict[str, tuple[float, str]] = {
    "temperature_c": (0.1, "%.1f"),
    "pulse_bpm": (1.0, "%g"),
    "systolic_mmhg": (1.0, "%g"),
    "diastolic_mmhg": (1.0, "%g"),
    "respiration_bpm": (1.0, "%g"),
    "oxygen_saturation_pct": (1.0, "%g"),
    "weight_kg": (0.1, "%g"),
    "height_cm": (0.1, "%g"),
}


def in_short(measured: Measurements) -> str:
    """One line: "37.0 °C · pulse 72 · 120/80 mmHg · 16 breaths · SpO₂ 98 % · 70 kg · 172 cm · BMI 23.7"."""
    parts = {
        f"{measured.temperature_c} °C": measured.temperature_c,
        say("pulse {value}", value=measured.pulse_bpm): measured.pulse_bpm,
        f"{measured.systolic_mmhg or '–'}/{measured.diastolic_mmhg or '–'} mmHg": (
            measured.systolic_mmhg or measured.diastolic_mmhg
        ),
        say("{value} breaths", value=measured.respiration_bpm): measured.respiration_bpm,
        f"SpO₂ {measured.oxygen_saturation_pct} %": measured.oxygen_saturation_pct,
        f"{(measured.weight_kg or Decimal(0)).normalize():f} kg": measured.weight_kg,
        f"{(measured.height_cm or Decimal(0)).normalize():f} cm": measured.height_cm,
        f"BMI {measured.bmi}": measured.bmi,
    }
    return " · ".join(in_one_line(text) for text, value in parts.items() if value is not None)


def section(visit: VisitRecord, courses: Courses) -> None:
    """What was measured in this visit, and the boxes for more. `courses`: each sign's values so far."""
    age = _age(visit)
    st.html(vital_marks.STYLE)
    st.subheader(say("Vitals"), anchor=False, help=vital_marks.what_is_usual(age))
    earlier = {name: kept for name, points in courses.items() if (kept := _before(points, visit.visit_id))}
    if not visit.vitals:
        _boxes(visit, earlier, age)
        return
    *before, last = visit.vitals
    for taken in before:
        st.markdown(f":small[:gray[{clock_time(taken.recorded_at)}]] {in_short(taken.measured)}")
    st.html(vital_marks.tiles(last.measured, courses, age, clock.day_of(visit.started_at)))
    who = f"{clock_time(last.recorded_at)}, {plain(last.recorded_by)}"
    st.caption(" · ".join(filter(None, [who, _bmi_told(last.measured.bmi, age)])))
    with st.expander(say("Measure again"), type="compact"):
        _boxes(visit, courses, age)


def save(visit_id: int) -> bool:
    """Record what stands in the boxes; False if they are empty. Raises Invalid, or Doubtful unless it was affirmed."""
    typed = typed_in(visit_id)
    if typed is None:
        return False
    name = _name(visit_id)
    act(name, visits.record_vitals, visit_id, typed, sure=bool(st.session_state.get(_key(visit_id, "sure"))))
    remember(visit_id, "vitals", "")
    return True


def typed_in(visit_id: int) -> Measurements | None:
    given = _given(visit_id)
    return exactly(given) if given else None


def exactly(given: dict[str, float]) -> Measurements:
    return Measurements(**{column: _exact(column, value) for column, value in given.items()})  # type: ignore[arg-type]


def first_box(visit_id: int) -> str:
    return _key(visit_id, "temperature_c")


def _boxes(visit: VisitRecord, earlier: Courses, age: float | None) -> None:
    visit_id, before, on = visit.visit_id, visits.latest(earlier), clock.day_of(visit.started_at)
    kept = json.loads(recall(visit_id, "vitals") or "{}")
    with st.grid(4, min_column_width=120, gap="small"):
        for column in BOXES:
            with st.container(gap=None):
                value = _box(visit_id, column, kept.get(column), getattr(before, column))
                given = None if value is None else _exact(column, value)
                st.html(vital_marks.hint(column, given, earlier.get(column, ()), age, on))
    filled = _given(visit_id)
    remember(visit_id, "vitals", json.dumps(filled) if filled else "")
    typed = typed_in(visit_id)
    clear = typed is not None and _no_doubt(visit_id, visits.doubts(typed, before, age))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(say("Save vitals"), key=form_key(_name(visit_id)), disabled=not clear, icon=":material/check:"):
            with refusals_shown():
                save(visit_id)
                st.rerun()
        if typed and clear and (bmi := _bmi(typed)):
            st.markdown(f"BMI **{bmi}** :gray[{' · '.join(filter(None, ['kg/m²', bmi_class(bmi, age)]))}]")


def _no_doubt(visit_id: int, questions: dict[str, str]) -> bool:
    if not questions:
        return True
    st.warning("  \n".join(map(plain, questions.values())), icon=":material/help:")
    return st.checkbox(say("It is right as it stands"), key=_key(visit_id, "sure"))


def _box(visit_id: int, column: str, kept: float | None, last: Decimal | int | None) -> float | None:
    step, written = BOXES[column]
    before = "" if last is None else say("last {value}", value=vital_marks.told(last))
    return st.number_input(
        vital_marks.sign(column), value=None if kept is None else float(kept), step=step, format=written,
        key=_key(visit_id, column), placeholder=before,
    )  # fmt: skip


def _given(visit_id: int) -> dict[str, float]:
    values = {column: st.session_state.get(_key(visit_id, column)) for column in BOXES}
    return {column: value for column, value in values.items() if value is not None}


def _before(points: tuple[Point, ...], visit_id: int) -> tuple[Point, ...]:
    return tuple(point for point in points if point.visit_id != visit_id)


def _age(visit: VisitRecord) -> float | None:
    born = visit.patient.birth_date
    return clock.exact_age(born, clock.today()) if born else None


def _exact(column: str, value: float) -> Decimal | int:
    whole = BOXES[column][0] == 1 and float(value).is_integer()
    return int(value) if whole else Decimal(str(value))


def _bmi(typed: Measurements) -> Decimal | None:
    """Only of what can be a person: while a height is still being typed it is nonsense."""
    weight, height = typed.weight_kg or 0, typed.height_cm or 0
    return typed.bmi if weight > 0 and height >= 20 else None


def _bmi_told(bmi: Decimal | None, age: float | None) -> str:
    if bmi is None:
        return ""
    return ", ".join(filter(None, [f"BMI {bmi}", bmi_class(bmi, age)]))


def _name(visit_id: int) -> str:
    return f"vitals_{visit_id}"


def _key(visit_id: int, column: str) -> str:
    return f"{column}-{form_key(_name(visit_id))}"
