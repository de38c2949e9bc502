"""What if: the waiting room of past days, replayed with another doctor, other slots, arrivals or breaks.

Everything is learned from `waiting_times()` and given back in its shape. What that frame does not know is assumed:
whoever booked waits for the doctor who called them and anybody else for whoever is free first; a patient needs the
share of a doctor's usual minutes that they needed on the day, with any doctor; whoever left would have stayed for a
wait that is shorter than the one they gave up. Nothing is drawn at random: the same frame gives the same answer.
"""

from collections.abc import Iterator, Mapping
from math import isfinite

import pandas as pd

from core.analytics.replay import Arrival, Outcome, Seat, serve

# How much sooner than they came some are called, minutes: as core.token_queue.HEAD_START.
HEAD_START = {"NORMAL": 0.0, "CHILD": 20.0, "PREGNANT": 30.0, "ELDERLY": 30.0, "EMERGENCY": 1440.0}
HELPER = "One more doctor"
LONG_WAIT = 30.0  # minutes
_BIN = 15  # minutes; hours are learned no finer
_BREAK = 4  # of these without a call are a break
_RARELY = 0.15  # of the calls in a doctor's busiest quarter of an hour: less is no working time

Team = Mapping[str, Seat]


def team(waits: pd.DataFrame) -> dict[str, Seat]:
    """Each doctor's usual minutes for a patient (their mean) and hours at work, by name."""
    seen = waits[waits["consulted_minutes"].notna() & (waits["doctor"].astype("str") != "")]
    return {
        str(name): Seat(max(1.0, float(calls["consulted_minutes"].mean())), _hours(calls))
        for name, calls in seen.groupby(seen["doctor"].astype("str"))
    }


def one_more(doctors: Team) -> dict[str, Seat]:
    """A helper of average pace who works as long as the one with the longest hours; nobody if there is no doctor."""
    if not doctors:
        return {}
    pace = sum(seat.minutes for seat in doctors.values()) / len(doctors)
    longest = max(doctors.values(), key=lambda seat: sum(end - start for start, end in seat.hours))
    return {HELPER: Seat(pace, longest.hours)}


def with_breaks(doctors: Team, minutes: float) -> dict[str, Seat]:
    """As if no break were longer than this: work after it begins sooner and ends as before."""
    found = {}
    for name, seat in doctors.items():
        hours = list(seat.hours[:1])
        for start, end in seat.hours[1:]:
            hours.append((min(start, hours[-1][1] + minutes), end))
        found[name] = Seat(seat.minutes, tuple(hours))
    return found


def busiest(waits: pd.DataFrame, share: float = 0.1) -> pd.DataFrame:
    """The days with the most arrivals: this share of all days, at least one."""
    arrivals = waits.groupby("date").size().sort_values(ascending=False, kind="stable")
    return waits[waits["date"].isin(arrivals.index[: max(1, round(share * len(arrivals)))])]


def replayed(waits: pd.DataFrame, doctors: Team, helper: Team | None = None) -> pd.DataFrame:
    """The same patients on the same days, called as the rules of the queue would have it.

    On each day those doctors work who called somebody on it, and the helper. Returns the frame with doctor, called,
    finished, left, waited_minutes and consulted_minutes as they come out; NaN for whoever nobody called in time.
    """
    if waits.empty:
        return waits.copy()
    days = pd.concat([_replayed_day(day, doctors, helper or {}) for _, day in waits.groupby("date")])
    return days.astype({"doctor": "category"})


def in_slots(waits: pd.DataFrame, doctors: Team, minutes: float) -> pd.DataFrame:
    """As if every appointment had been given the free slot of this length nearest to when its patient came, and
    everybody had come on time. Who finds no slot comes as they did."""
    moved = waits.copy()
    booked = waits[waits["booked"] & waits["doctor"].astype("str").isin(list(doctors))]
    for (_, name), patients in booked.groupby([booked["date"], booked["doctor"].astype("str")]):
        free = _slots(doctors[str(name)], minutes)
        for index, arrived in patients["arrived"].sort_values(kind="stable").items():
            if free:
                slot = min(free, key=lambda start: (abs(start - float(arrived)), start))
                free.remove(slot)
                moved.loc[index, "arrived"] = slot
    return moved


def spread(waits: pd.DataFrame, share: float) -> pd.DataFrame:
    """As if those without an appointment had come more evenly between the day's first and last of them.

    `share` is how far each one moves towards an even distance from the next: 0 leaves everything as it was.
    """
    moved = waits.copy()
    walking = waits[~waits["booked"]]
    by_day = walking.groupby("date")["arrived"]
    first, last, number = by_day.transform("min"), by_day.transform("max"), by_day.transform("size")
    even = first + (last - first) * (by_day.rank(method="first") - 1) / (number - 1).clip(lower=1)
    moved.loc[walking.index, "arrived"] = walking["arrived"] + share * (even - walking["arrived"])
    return moved


def compared(scenarios: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per scenario, in their order. Index: scenario str.

    seen int64, patients called · median, p90, longest: float64, minutes waited · over_30: float64, share who waited
    longer than half an hour. NaN where nobody was called.
    """
    waited = {name: frame["waited_minutes"].dropna() for name, frame in scenarios.items()}
    columns = {
        "seen": {name: len(values) for name, values in waited.items()},
        "median": {name: values.quantile(0.5) for name, values in waited.items()},
        "p90": {name: values.quantile(0.9) for name, values in waited.items()},
        "longest": {name: values.max() for name, values in waited.items()},
        "over_30": {name: (values > LONG_WAIT).mean() for name, values in waited.items()},
    }
    table = pd.DataFrame(columns, index=pd.Index(list(scenarios), name="scenario", dtype="str"))
    return table.astype({"seen": "int64"} | dict.fromkeys(["median", "p90", "longest", "over_30"], "float64"))


def _hours(calls: pd.DataFrame) -> tuple[tuple[float, float], ...]:
    """From when to when a doctor calls: the quarters of an hour with calls on enough of the days, joined."""
    quarters = (calls["called"] // _BIN).astype("int64")
    days = pd.DataFrame({"date": calls["date"], "quarter": quarters}).drop_duplicates().groupby("quarter").size()
    found: list[list[int]] = []
    for quarter in sorted(int(key) for key in days.index[days >= days.max() * _RARELY].tolist()):
        if found and quarter - found[-1][1] <= _BREAK:
            found[-1][1] = quarter
        else:
            found.append([quarter, quarter])
    return tuple((float(first * _BIN), float((last + 1) * _BIN)) for first, last in found)


def _replayed_day(day: pd.DataFrame, doctors: Team, helper: Team) -> pd.DataFrame:
    called_by = day["doctor"].astype("str").where(day["called"].notna(), "")
    at_work = {name: seat for name, seat in doctors.items() if (called_by == name).any()} | dict(helper)
    names = list(at_work)
    arrivals = list(_arrivals(day, at_work, {name: place for place, name in enumerate(names)}))
    outcomes = serve(arrivals, {place: at_work[name] for place, name in enumerate(names)})
    after = pd.DataFrame([_told(outcome, names) for outcome in outcomes], index=day.index)
    after["doctor"] = after["doctor"].where(after["doctor"] != "", day["doctor"].astype("str"))
    after["waited_minutes"] = after["called"] - day["arrived"]
    after["consulted_minutes"] = after["finished"] - after["called"]
    return day.assign(**{name: after[name] for name in after.columns})


def _arrivals(day: pd.DataFrame, at_work: Team, places: Mapping[str, int]) -> Iterator[Arrival]:
    columns = ("arrived", "doctor", "priority", "booked", "left", "waited_minutes", "consulted_minutes")
    for minute, doctor, priority, booked, left, waited, consulted in zip(
        *(day[column].tolist() for column in columns), strict=True
    ):
        factor = consulted / at_work[doctor].minutes if doctor in at_work and isfinite(consulted) else 1.0
        patience = waited * 0.99 if left and isfinite(waited) else 1e9
        place = minute - HEAD_START.get(priority, 0.0)
        yield Arrival(minute, place, places.get(doctor) if booked else None, max(0.1, factor), patience)


def _told(outcome: Outcome, names: list[str]) -> dict[str, object]:
    called = float("nan") if outcome.called is None else outcome.called
    return {
        "doctor": "" if outcome.doctor is None else names[outcome.doctor],
        "called": called,
        "finished": float("nan") if outcome.left else outcome.ended,
        "left": outcome.left,
    }


def _slots(seat: Seat, minutes: float) -> list[float]:
    found = []
    for start, end in seat.hours:
        found += [start + place * minutes for place in range(int((end - start) // minutes))]
    return found
