"""`qure bench` from its clinic to its figures, as small as it gets."""

import json

import pytest

from core.analytics import store
from core.bench import __main__ as bench
from core.bench.clinic import VISITS_A_DAY, OtherClinic
from core.bench.size import MOST_VISITS, Size
from core.errors import Invalid
from etl.simulate.simulation import MOST_DAYS
from tests.emptying import empty


@pytest.fixture
def nothing_yet(engine):
    yield
    with engine.begin() as connection:
        empty(connection)
    store.start_afresh()


@pytest.mark.usefixtures("nothing_yet")
def test_the_bench_makes_a_clinic_measures_it_and_tells_programs(capsys):
    bench.main(Size(patients=80, visits=40), as_json=True, only="MRN")
    figures = json.loads(capsys.readouterr().out)

    assert [figure["name"] for figure in figures] == ["patient search by MRN"]
    assert figures[0]["ratio"] == figures[0]["p50"] / figures[0]["floor"] > 0
    assert figures[0]["statements"] == 1
    with pytest.raises(OtherClinic, match="This folder holds a clinic of"):
        bench.main(Size(patients=80, visits=400), as_json=True, only="nothing")


def test_no_clinic_is_larger_than_the_simulator_makes():
    assert MOST_VISITS / VISITS_A_DAY <= MOST_DAYS
    with pytest.raises(Invalid, match="At most 177,000 visits"):
        Size(visits=MOST_VISITS + 1)
