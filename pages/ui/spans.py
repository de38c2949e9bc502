"""Stretches of days, as every screen offers them."""

from datetime import date
from typing import Any

import streamlit as st

from core.words import later, say
from pages.ui.show import day_format

EVERYTHING, OWN = later("Everything"), later("Own dates")


def own_dates(key: str, usual: tuple[date, date], **looks: Any) -> tuple[date, date]:
    """First and last day, both included: of a single one while the last is still to be chosen, `usual` without any."""
    chosen = st.date_input(say("From and to"), usual, key=key, format=day_format(), **looks)
    return (chosen[0], chosen[-1]) if isinstance(chosen, tuple) and chosen else usual
