"""A figure's layout is changed as plotly would change it, only in one step; lying bars fit on a phone."""

import plotly.graph_objects as go

from core.analytics.charts.language import Bar, laid_out, lying_bars


def test_what_is_laid_out_in_one_step_is_what_plotly_makes_of_the_same():
    first = {"height": 300, "margin": {"l": 44, "t": 30}, "xaxis": {"visible": True, "range": [0, 1]}}
    then = {"title": {"text": "Waits"}, "margin": {"t": 12}, "xaxis": {"range": [2, 3], "ticktext": ["a"]}}
    bars = go.Bar(x=[1, 2], y=[3, 4])

    ours, theirs = (go.Figure(bars).add_hline(2) for _ in range(2))
    for changes in (first, then):
        laid_out(ours, **changes)
        theirs.update_layout(template="none", **changes)

    assert ours.to_plotly_json() == theirs.to_plotly_json()
    assert ours.layout.margin.l == 44
    assert ours.layout.shapes


def test_beside_a_long_name_more_of_a_row_is_for_what_is_told_at_its_end():
    short, long = (
        lying_bars([Bar(name, 10.0, "516 · 18 %", "Often.")], "Medicines: few", "Items")
        for name in ("Zinc", "Paracetamol 250 mg/5 ml syrup")
    )

    assert long.layout.yaxis.ticktext == ("Paracetamol 250 mg/5 ml syrup",)
    assert 0.15 < 1 - 10 / short.layout.xaxis.range[1] < 0.2
    assert 0.3 < 1 - 10 / long.layout.xaxis.range[1] < 0.35
