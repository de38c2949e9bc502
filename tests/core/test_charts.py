"""A figure states its finding, whatever there is to show."""

import pandas as pd
import pytest

from core import analytics
from core.analytics import charts, frames
from core.analytics.feed import ClinicInfo
from tests.etl.conftest import mongo  # noqa: F401

RUPEES = ClinicInfo("Lotus Clinic", "INR", "IN", "Asia/Kolkata")


@pytest.mark.parametrize("chart", [charts.visits_per_day, charts.medicines_per_day])
def test_a_chart_of_an_empty_clinic_says_so(session, mongo, chart):  # noqa: F811
    assert "nothing to show yet" in chart(analytics.daily_summaries()).layout.title.text


def test_a_chart_states_its_finding_in_the_clinics_money():
    days = pd.date_range("2025-03-01", periods=14, unit="s", name="date")
    summaries = frames.typed([], {"revenue": "float64", "invoices": "int64"}).reindex(days, fill_value=0)
    summaries["revenue"] = [100_000.0] * 7 + [125_000.0] * 7
    summaries["invoices"] = 1

    figure = charts.revenue_per_day(summaries, RUPEES)

    assert figure.layout.title.text == (
        "Revenue: ₹1,25,000 a day in the last seven days, 25 % more than the seven before"
    )
    assert figure.layout.title.subtitle.text == "Revenue per day, INR, by date of invoice"
    assert figure.data[0].customdata[0] == "Saturday 1 March 2025<br>₹1,00,000.00 from 1 invoice"
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.yaxis.rangemode == "tozero"
    assert figure.layout.meta["alt"].startswith("Revenue: ₹1,25,000 a day")
