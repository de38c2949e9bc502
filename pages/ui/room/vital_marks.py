"""How a measured value is told: where it lies in what is usual (in words and colour), and the course it stands in."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from core.reference_ranges import BMI_FROM_YEARS, SOURCES, Band, Reading, band, reading
from core.visits import Measurements, Point
from core.words import later, say
from pages.ui.room.sparkline import sparkline
from pages.ui.show import clinic_day

_MARKS = {
    Reading.FAR_BELOW: ("▼▼", later("far below"), "alarm"),
    Reading.BELOW: ("▼", later("below"), "aside"),
    Reading.ABOVE: ("▲", later("above"), "aside"),
    Reading.FAR_ABOVE: ("▲▲", later("far above"), "alarm"),
}
SIGNS = {
    "temperature_c": (later("Temperature"), "°C"),
    "pulse_bpm": (later("Pulse"), "/min"),
    "systolic_mmhg": (later("Systolic"), "mmHg"),
    "diastolic_mmhg": (later("Diastolic"), "mmHg"),
    "respiration_bpm": (later("Breaths"), "/min"),
    "oxygen_saturation_pct": (later("SpO₂"), "%"),
    "weight_kg": (later("Weight"), "kg"),
    "height_cm": (later("Height"), "cm"),
}
STYLE = """<style>
.q-hint { display: flex; justify-content: space-between; align-items: center; gap: .4rem; min-height: 1.3rem;
  font-size: .75rem; line-height: 1.2; }
.q-quiet { opacity: .65 }
.q-aside { color: light-dark(#a34f00, #ffb45c); font-weight: 600 }
.q-alarm { color: light-dark(#b3261e, #ff8a80); font-weight: 700 }
.q-tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.3rem, 1fr)); gap: .5rem .8rem }
.q-tile { min-width: 0; font-size: .75rem; line-height: 1.35 }
.q-tile b { font-size: 1.05rem }
</style>"""


def hint(name: str, value: Decimal | int | None, points: Sequence[Point], age: float | None, on: date) -> str:
    """The line under a box: what is usual, or how the value lies to it, and the course; `on`: the visit's day."""
    said = _mark(name, value, age) if value is not None else ""
    known = band(name, age)
    quiet = _limits(known) if said else _usual(known)
    if value is not None and _grows(name, age):
        quiet = _growth(name, value, points, on)
    left = f"{said} <span class='q-quiet'>{quiet}</span>"
    return f"<div class='q-hint'><span>{left}</span>{_line(name, points)}</div>"


def tiles(measured: Measurements, courses: Mapping[str, tuple[Point, ...]], age: float | None, on: date) -> str:
    """What was measured in a visit of this day, each with its mark and its course."""
    drawn = [
        _tile(name, value, courses.get(name, ()), age, on)
        for name in SIGNS
        if (value := getattr(measured, name)) is not None
    ]
    return f"<div class='q-tiles'>{''.join(drawn)}</div>"


def what_is_usual(age: float | None) -> str:
    """For a tooltip: the bands of this age and where they come from."""
    if age is None:
        return say("What is usual depends on the age, which is not known.")
    rows = [
        f"**{say(SIGNS[name][0])}** {_usual(known)} {SIGNS[name][1]} ({say(SOURCES[name])})"
        for name in SIGNS
        if (known := band(name, age)) and _usual(known)
    ]
    rows.append(f"**BMI** {say(SOURCES['bmi'])}")
    first, last = say("At this age, at rest:"), say("Marks are a second look, not a diagnosis.")
    return "  \n".join([first, *rows, last])


def sign(name: str) -> str:
    """With its unit: "Pulse /min"."""
    word, unit = SIGNS[name]
    return f"{say(word)} {unit}"


def told(value: Decimal | int) -> str:
    return f"{Decimal(value).normalize():f}"


def _tile(name: str, value: Decimal | int, points: Sequence[Point], age: float | None, on: date) -> str:
    label, unit = SIGNS[name]
    said = _mark(name, value, age)
    below = _growth(name, value, points, on) if _grows(name, age) else ""
    grown = f"<br><span class='q-quiet'>{below}</span>" if below else ""
    short = say("Temp.") if name == "temperature_c" else say(label)  # beside its course, in a narrow tile
    return (
        f"<div class='q-tile'><span class='q-quiet'>{short}</span> {_line(name, points)}<br>"
        f"<b>{told(value)}</b> <span class='q-quiet'>{unit}</span> {said}{grown}</div>"
    )


def _mark(name: str, value: Decimal | int, age: float | None) -> str:
    where = reading(name, value, age)
    if where not in _MARKS:
        return ""
    arrow, word, kind = _MARKS[where]
    return f"<span class='q-{kind}'>{arrow} {say(word)}</span>"


def _usual(known: Band | None) -> str:
    limits = _limits(known)
    return say("usual {limits}", limits=limits) if limits else ""


def _limits(known: Band | None) -> str:
    if known is None or (known.low is None and known.high is None):
        return ""
    if known.low is None:
        return say("up to {high}", high=known.high)
    return f"{known.low}–{known.high}" if known.high is not None else say("from {low}", low=known.low)


def _grows(name: str, age: float | None) -> bool:
    """Weight at every age, height while people grow."""
    return name == "weight_kg" or (name == "height_cm" and age is not None and age < BMI_FROM_YEARS)


def _growth(name: str, value: Decimal | int, points: Sequence[Point], on: date) -> str:
    """ "+1.2 kg since 3 Feb 2025"; "" without an earlier day."""
    before = [point for point in points if point.measured_on < on]
    if not before:
        return ""
    gained = Decimal(value) - before[-1].value
    change, day = f"{gained.normalize():+f} {SIGNS[name][1]}", clinic_day(before[-1].measured_on)
    return say("{change} since {day}", change=change, day=day)


def _line(name: str, points: Sequence[Point]) -> str:
    values = [point.value for point in points]
    return sparkline(values, f"{say(SIGNS[name][0])}: {', '.join(map(told, values))}")
