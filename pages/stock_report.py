"""Stock figures: what lies on the shelves, how long it lasts, what expires and what is used."""

import streamlit as st

from core.analytics import charts, consumption, expiry, purchase_orders, stock_losses, stock_on_hand
from core.permissions import Permission
from core.words import later, say
from pages import ui
from pages.ui.figures import dashboard, dashboard_stock
from pages.ui.figures.dashboard_card import asked, card

actor = ui.page(say("Stock figures"), Permission.ANALYSE)
now = dashboard.now()
on_hand, batches = dashboard.read(stock_on_hand), dashboard.read(expiry)
if on_hand.empty:
    dashboard.nothing_to_show(say("stock"))
dashboard_stock.numbers(on_hand, batches)
with st.grid(2, min_column_width=420):
    card(
        "days_of_cover",
        asked(say("What runs out before it can be delivered?"), charts.days_of_cover, on_hand=(stock_on_hand, {})),
        now,
    )
    card("money_at_risk", asked(say("How much money will expire?"), charts.money_at_risk, expiry=(expiry, {})), now)
dashboard_stock.running_out(on_hand, now)
dashboard_stock.expiring(batches, now)
st.subheader(say("Use"), anchor=False)
view = dashboard.filters("A year", key="span", comparable=False, dated=False)
used = dashboard.read(consumption, **view.period)
if used.empty:
    ui.empty(say("No stock moved {in_words}.", in_words=view.in_words))
    st.stop()
names = sorted(used["medicine"].unique(), key=str.casefold)
medicine = dashboard.one_or_all(say("Medicine"), later("All medicines"), names, "medicine", width=420)
of_months = {"consumption": (consumption, view.period)}
chosen = {} if medicine == dashboard.ALL else {"medicine": medicine}
with st.grid(2, min_column_width=420):
    question = say("How much is used of {medicine}?", **chosen) if chosen else say("How much is used?")
    card("consumption_per_month", asked(question, charts.consumption_per_month, **of_months, **chosen), view)
    card("stock_value", asked(say("What is the stock worth?"), charts.stock_value, consumption=(consumption, {})), now)
    card("abc", asked(say("Which medicines make most of the cost?"), charts.abc, **of_months), view)
    of_losses = {"stock_losses": (stock_losses, view.period)}
    card("losses_per_month", asked(say("What is lost, and why?"), charts.losses_per_month, **of_losses), view)
    of_orders = {"purchase_orders": (purchase_orders, view.period)}
    card("lead_times", asked(say("Do suppliers keep their word?"), charts.lead_times, **of_orders), view)
    card(
        "slow_movers",
        asked(say("What lies there and does not move?"), charts.slow_movers, on_hand=(stock_on_hand, {})),
        now,
    )
