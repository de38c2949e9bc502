"""Figures state their finding, whatever there is to show."""

from core.analytics import charts
from core.analytics.feed import ClinicInfo
from tests.core import chart_frames as frames

RUPEES = ClinicInfo("Lotus Clinic", "INR", "IN", "Asia/Kolkata")
YEN = ClinicInfo("Hasu Clinic", "JPY", "JP", "Asia/Tokyo")


def title(figure):
    return figure.layout.title.text.replace("<br>", " ")


def subtitle(figure):
    return figure.layout.title.subtitle.text.replace("<br>", " ")


def test_a_chart_states_its_finding_in_the_clinics_money():
    days = frames.summaries(14, revenue=[100_000.0] * 7 + [125_000.0] * 7, invoices=1)

    figure = charts.revenue_per_day(days, RUPEES)

    assert title(figure) == "Revenue: ₹1,25,000 a day in the last seven days, 25 % more than in the seven before"
    assert subtitle(figure).startswith("Paid for bills less refunds, per day, INR, by date of invoice")
    assert figure.data[0].customdata[0].replace("<br>", " ") == (
        "On Saturday 1 March 2025 1 invoice brought ₹1,00,000.00."
    )
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.yaxis.range[0] == 0
    assert list(figure.layout.yaxis.ticktext) == ["₹0", "₹50K", "₹1L", "₹1.5L"]
    assert figure.layout.meta["alt"].startswith("Revenue: ₹1,25,000 a day")
