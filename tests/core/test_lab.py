"""Cohorts of the lab: the code that is shown is the code that counts, and nobody can be told from small numbers."""

import json
from datetime import date

import pandas as pd
import pytest

from core import analytics
from core.analytics import lab
from core.analytics.history import DIAGNOSES, PRESCRIPTIONS, VISITS
from core.analytics.lab import DIMENSIONS, Cohort
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_patient


def frame(columns, rows):
    empty = {str: "", int: 0}
    usual = {
        c.name: None if c.kind == "float64" else empty[str if c.kind in ("str", "ordered category") else int]
        for c in columns
    }
    days = {c.name for c in columns if c.name.endswith("_date")}
    values = [usual | dict.fromkeys(days) | row for row in rows]
    return pd.DataFrame(values, columns=[c.name for c in columns]).astype({c.name: c.dtype for c in columns})


def visit(number, patient=None, **told):
    """One visit of a patient of one's own, on Saturday 1 March 2025 at nine."""
    usual = {
        "visit_date": pd.Timestamp(2025, 3, 1),
        "sex": "FEMALE",
        "age_band": "35-44",
        "doctor": "Dr Sen",
        "hour": 9,
    }
    return {"visit": f"v{number}", "patient": patient or f"p{number}"} | usual | told


@pytest.fixture
def frames():
    """Twenty women by Dr Sen and nine men by Dr O'Neil; the men have a cold and get paracetamol."""
    men = {"sex": "MALE", "doctor": 'Dr "O\'Neil"', "visit_date": pd.Timestamp(2025, 4, 7), "hour": 17}
    rows = [visit(number) for number in range(20)] + [
        visit(number, follow_up_days=7.0, **men) for number in range(20, 29)
    ]
    ids = range(20, 29)
    return {
        "visits": frame(VISITS, rows),
        "diagnoses": frame(
            DIAGNOSES,
            [{"visit": f"v{n}", "patient": f"p{n}", "code": "J06.9", "text": "Common cold"} for n in ids]
            + [{"visit": "v0", "patient": "p0", "code": "I10", "text": "Hypertension"}],
        ),
        "prescriptions": frame(
            PRESCRIPTIONS, [{"visit": f"v{n}", "patient": f"p{n}", "medicine": "Paracetamol"} for n in ids]
        ),
    }


def patients(result):
    return result.total["patients"].iloc[0]


def told(result):
    """Rows as (value of the dimension, patients); None where they are hidden."""
    by = result.table.columns[0]
    return [(row[by], None if row["hidden"] else row["patients"]) for row in result.table.to_dict("records")]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, 29),
        ({"sexes": ("MALE",)}, 9),
        ({"sexes": ("MALE", "FEMALE")}, 29),
        ({"age_bands": ("35-44",)}, 29),
        ({"age_bands": ("75+",)}, 0),
        ({"doctors": ('Dr "O\'Neil"',)}, 9),
        ({"diagnosis": "j06"}, 9),
        ({"diagnosis": "J069"}, 9),
        ({"diagnosis": "common COLD"}, 9),
        ({"diagnosis": "Z99, cold"}, 9),
        ({"diagnosis": " , ,"}, 29),
        ({"medicines": ("Paracetamol",)}, 9),
        ({"weekdays": ("Monday",)}, 9),
        ({"hours": (8, 12)}, 20),
        ({"follow_up": "set"}, 9),
        ({"follow_up": "not set"}, 20),
        ({"sexes": ("FEMALE",), "follow_up": "set"}, 0),
    ],
    ids=str,
)
def test_each_choice_narrows_the_cohort(frames, choice, expected):
    assert patients(Cohort(**choice).run(frames)) == expected


@pytest.mark.parametrize(
    "by", [(name,) for name in DIMENSIONS] + [("sex", "weekday"), ("medicine", "month"), ()], ids=str
)
def test_the_code_shown_makes_the_very_result(frames, by, monkeypatch):
    cohort = Cohort(date(2025, 3, 1), date(2025, 4, 30), sexes=("FEMALE", "MALE"), by=by)
    asked = []
    for name in frames:
        monkeypatch.setattr(analytics, name, lambda _name=name, **period: asked.append(period) or frames[_name])

    names = {}
    exec(cohort.code(), names)

    result = cohort.run(frames)
    pd.testing.assert_frame_equal(names["table"], result.table)
    pd.testing.assert_frame_equal(names["total"], result.total)
    assert asked == [{"first": date(2025, 3, 1), "last": date(2025, 4, 30)}] * len(cohort.frames)
    assert lab.figure(result.table).layout.meta["alt"]


def test_only_what_is_needed_is_read(frames):
    assert Cohort(by=("sex",)).frames == ("visits",)
    assert Cohort(diagnosis="J06", by=("medicine",)).frames == ("visits", "diagnoses", "prescriptions")


@pytest.mark.parametrize(
    "typed", ['"]) or True', "'; import os #", "\\", "\n", "{0}", "लक्ष्मी", '"""', "\0x", "%s", "\u2028"]
)
def test_whatever_is_typed_is_text_and_never_a_step(frames, typed):
    cohort = Cohort(diagnosis=f"x{typed}y", doctors=(typed,), medicines=(typed,))

    compile(cohort.code(), "code", "exec")
    assert patients(cohort.run(frames)) == 0


@pytest.mark.parametrize("by", [("name",), ("sex", "sex"), ("sex", "month", "hour")])
def test_there_is_no_counting_by_what_is_not_known(by):
    with pytest.raises(ValueError, match="cannot be counted by"):
        Cohort(by=by)


def test_fewer_than_eight_patients_are_not_told_and_neither_is_who_would_give_them_away(frames):
    sizes = {"Dr A": 30, "Dr B": 12, "Dr C": 7}
    rows = [visit(f"{name}{number}", doctor=name) for name, size in sizes.items() for number in range(size)]

    result = Cohort(by=("doctor",)).run({"visits": frame(VISITS, rows)})

    assert told(result) == [("Dr A", 30), ("Dr B", None), ("Dr C", None)]
    assert result.table[["visits", "patients"]].iloc[1:].isna().all(axis=None)
    assert patients(result) == 49
    few, away = sorted(lab.hidden_cells(result.table), key=lambda hidden: hidden.cell, reverse=True)
    assert (few.cell, few.why) == (("Dr C",), "fewer than 8 patients")
    assert (away.cell, away.why[:26]) == (("Dr B",), "the smallest of the others")


def test_two_small_groups_hide_each_other(frames):
    sizes = {"Dr A": 30, "Dr B": 7, "Dr C": 1}
    rows = [visit(f"{name}{number}", doctor=name) for name, size in sizes.items() for number in range(size)]

    assert told(Cohort(by=("doctor",)).run({"visits": frame(VISITS, rows)})) == [
        ("Dr A", 30),
        ("Dr B", None),
        ("Dr C", None),
    ]


def test_small_groups_of_fewer_than_eight_together_hide_the_smallest_of_the_others(frames):
    sizes = {"Dr A": 30, "Dr B": 12, "Dr C": 1, "Dr D": 1}
    rows = [visit(f"{name}{number}", doctor=name) for name, size in sizes.items() for number in range(size)]

    result = Cohort(by=("doctor",)).run({"visits": frame(VISITS, rows)})

    assert told(result) == [("Dr A", 30), ("Dr B", None), ("Dr C", None), ("Dr D", None)]


def test_one_patient_who_came_often_is_one_patient(frames):
    rows = [visit(number, patient="p1") for number in range(40)]

    result = Cohort(by=("doctor",)).run({"visits": frame(VISITS, rows)})

    assert told(result) == [("Dr Sen", None)]
    assert result.total[["visits", "patients"]].isna().all(axis=None)


def test_what_is_shared_is_rounded_to_five(frames):
    rows = [visit(number) for number in range(12)] + [visit(number, doctor="Dr B") for number in range(20, 33)]

    result = Cohort(by=("doctor",), to_share=True).run({"visits": frame(VISITS, rows)})

    assert told(result) == [("Dr B", 15), ("Dr Sen", 10)]
    assert patients(result) == 25


def test_an_unknown_age_is_counted_as_unknown(frames):
    rows = [visit(number, age_band=None if number < 10 else "75+") for number in range(20)]

    result = Cohort(by=("age_band", "sex")).run({"visits": frame(VISITS, rows)})

    assert list(result.table["patients"]) == [10, 10]
    assert "75+, Female (10)" in lab.figure(result.table).layout.meta["alt"]


@pytest.mark.parametrize("by", [(name,) for name in DIMENSIONS] + [("age_band", "sex"), ()], ids=str)
def test_an_empty_clinic_counts_nobody(by):
    nobody = {"visits": frame(VISITS, []), "prescriptions": frame(PRESCRIPTIONS, [])}

    result = Cohort(by=by).run(nobody)

    assert patients(result) == 0
    assert "nothing to show" in lab.figure(result.table).layout.meta["alt"]


def test_the_figure_states_its_finding_and_shows_what_is_hidden(frames):
    rows = [visit(number) for number in range(20)] + [visit(number, sex="MALE") for number in range(20, 24)]
    rows += [visit(number, sex="OTHER") for number in range(30, 34)]
    table = Cohort(by=("sex",)).run({"visits": frame(VISITS, rows)}).table

    drawn = lab.figure(table)

    assert drawn.layout.meta["alt"] == "Most patients: Female (20). Patients by sex."
    assert [text.strip() for text in drawn.data[-1].text] == ["20", "hidden", "hidden"]


def test_too_few_to_tell_is_a_finding_too():
    table = Cohort(by=("sex", "hour")).run({"visits": frame(VISITS, [visit(1), visit(2, hour=12)])}).table

    assert "Too few patients to tell" in lab.figure(table).layout.meta["alt"]


def test_the_notebook_runs_and_counts_the_same(carry, treat, session, frozen_clock):  # noqa: F811
    for number in range(9):
        treat(a_patient(session, f"Asha {number}"))
    carry()
    cohort = Cohort(date(2025, 3, 1), date(2025, 3, 31), diagnosis="J06", by=("medicine",))

    cells = json.loads(lab.notebook_of(cohort, "How many?"))["cells"]
    names = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)

    pd.testing.assert_frame_equal(names["table"], cohort.run().table)
    assert told(cohort.run()) == [("Amoxicillin 500 mg", 9)]
    assert "".join(cells[0]["source"]).startswith("# How many?")
    assert lab.notebook_of(cohort, "How many?") == lab.notebook_of(cohort, "How many?")
