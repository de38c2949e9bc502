"""Vital signs: eight boxes with their units, the BMI while they are filled in, and what was measured before."""

import json
from decimal import Decimal

import streamlit as st

from core import visits
from core.visits import Measurements, VisitRecord
from pages.ui.drafts import recall, remember
from pages.ui.show import clock_time
from pages.ui.work import act, form_key, refusals_shown

# Column: label, step.
BOXES: dict[str, tuple[str, int | float]] = {
    "temperature_c": ("Temperature °C", 0.1),
    "pulse_bpm": ("Pulse /min", 1),
    "systolic_mmhg": ("Systolic mmHg", 1),
    "diastolic_mmhg": ("Diastolic mmHg", 1),
    "respiration_bpm": ("Breaths /min", 1),
    "oxygen_saturation_pct": ("SpO₂ %", 1),
    "weight_kg": ("Weight kg", 0.1),
    "height_cm": ("Height cm", 0.1),
}


def in_short(measured: Measurements) -> str:
    """One line: "37.0 °C · 72/min · 120/80 mmHg · 16 breaths · SpO₂ 98 % · 70.00 kg · 172.0 cm · BMI 23.7"."""
    pressure = f"{measured.systolic_mmhg or '–'}/{measured.diastolic_mmhg or '–'} mmHg"
    parts = {
        f"{measured.temperature_c} °C": measured.temperature_c,
        f"pulse {measured.pulse_bpm}": measured.pulse_bpm,
        pressure: measured.systolic_mmhg or measured.diastolic_mmhg,
        f"{measured.respiration_bpm} breaths": measured.respiration_bpm,
        f"SpO₂ {measured.oxygen_saturation_pct} %": measured.oxygen_saturation_pct,
        f"{(measured.weight_kg or Decimal(0)).normalize():f} kg": measured.weight_kg,
        f"{(measured.height_cm or Decimal(0)).normalize():f} cm": measured.height_cm,
        f"BMI {measured.bmi}": measured.bmi,
    }
    return " · ".join(text for text, value in parts.items() if value is not None)


def section(visit: VisitRecord, before: Measurements | None) -> None:
    """What was measured in this visit, and the boxes for more. `before`: the last visit's, shown as a hint."""
    st.subheader("Vitals", anchor=False)
    for taken in visit.vitals:
        st.markdown(f"{in_short(taken.measured)} :small[:gray[{clock_time(taken.recorded_at)}]]")
    if visit.vitals:
        with st.expander("Measure again", type="compact"):
            _boxes(visit.visit_id, visit.vitals[-1].measured)
    else:
        _boxes(visit.visit_id, before)


def save(visit_id: int) -> bool:
    """Record what stands in the boxes; False if they are empty. Raises Invalid."""
    typed = _typed(visit_id)
    if typed is None:
        return False
    name = _name(visit_id)
    act(name, visits.record_vitals, visit_id, typed)
    remember(visit_id, "vitals", "")
    return True


def _boxes(visit_id: int, before: Measurements | None) -> None:
    kept = json.loads(recall(visit_id, "vitals") or "{}")
    with st.grid(4, min_column_width=120, gap="small", vertical_alignment="bottom"):
        for column, (label, step) in BOXES.items():
            last = getattr(before, column, None)
            last = f"{last.normalize():f}" if isinstance(last, Decimal) else last
            st.number_input(
                label, value=kept.get(column), step=step, key=_key(visit_id, column),
                format="%.1f" if isinstance(step, float) else None,
                placeholder=f"last {last}" if last else "",
            )  # fmt: skip
    typed = {column: st.session_state.get(_key(visit_id, column)) for column in BOXES}
    given = {column: value for column, value in typed.items() if value is not None}
    remember(visit_id, "vitals", json.dumps(given) if given else "")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save vitals", key=form_key(_name(visit_id)), disabled=not given, icon=":material/check:"):
            with refusals_shown():
                save(visit_id)
                st.rerun()
        if bmi := _bmi(given):
            st.markdown(f"BMI **{bmi}** :gray[kg/m²]")


def _typed(visit_id: int) -> Measurements | None:
    values = {column: st.session_state.get(_key(visit_id, column)) for column in BOXES}
    exact = {column: _exact(value, BOXES[column][1]) for column, value in values.items()}
    return Measurements(**exact) if any(value is not None for value in exact.values()) else None  # type: ignore[arg-type]


def _exact(value: float | None, step: float) -> Decimal | int | None:
    if value is None:
        return None
    return Decimal(str(value)) if isinstance(step, float) else int(value)


def _bmi(given: dict[str, float]) -> Decimal | None:
    """Only of what can be a person: while a height is still being typed it is nonsense."""
    weight, height = given.get("weight_kg", 0), given.get("height_cm", 0)
    return visits.bmi(Decimal(str(weight)), Decimal(str(height))) if weight > 0 and height >= 20 else None


def _name(visit_id: int) -> str:
    return f"vitals_{visit_id}"


def _key(visit_id: int, column: str) -> str:
    return f"{column}-{form_key(_name(visit_id))}"
