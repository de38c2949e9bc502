"""What every dashboard shares: its period in the address, how fresh it is, and frames that are read once for everybody.

The filters live in the query parameters, so a copied address opens the same view again, and the next dashboard shows
the same period. What an address says that cannot be is left out or told in a sentence.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from core import analytics, clock
from core.analytics import ClinicInfo, Freshness
from core.errors import StoreUnavailable
from core.words import later, say
from pages.ui.links import chosen_by_address
from pages.ui.live import live, redraw_page
from pages.ui.messages import show_refusal
from pages.ui.show import clinic_day, day_format, empty
from pages.ui.spans import EVERYTHING, OWN

PERIODS = {later("7 days"): 7, later("30 days"): 30, later("90 days"): 90, later("A year"): 365}
ALL = "*"  # of a choice among names
EARLIEST = date(1990, 1, 1)
LATEST_DAYS = 365
KEPT_SECONDS, _KEPT_BYTES = 20, "300MB"


@dataclass(frozen=True)
class View:
    """What is looked at. `first` None: since the clinic's first day."""

    first: date | None
    last: date
    compared: bool

    @property
    def period(self) -> dict[str, date | None]:
        """As frames take it."""
        return {"first": self.first, "last": self.last}

    @property
    def before(self) -> dict[str, date | None] | None:
        """As many days, ending the day before; None if nothing is compared."""
        if not self.compared or self.first is None:
            return None
        days = (self.last - self.first).days + 1
        return {"first": self.first - timedelta(days=days), "last": self.first - timedelta(days=1)}

    @property
    def latest(self) -> "View":
        """Its last year: what was longer ago tells nothing of how the clinic works now."""
        first = self.last - timedelta(days=LATEST_DAYS - 1)
        return self if self.first and self.first >= first else replace(self, first=first)

    @property
    def in_words(self) -> str:
        """ "on 1 Mar 2025", "from 1 Mar 2025 to 3 Mar 2025"."""
        if self.first == self.last:
            return say("on {day}", day=clinic_day(self.last))
        if self.first is None:
            return say("so far")
        return say("from {first} to {last}", first=clinic_day(self.first), last=clinic_day(self.last))

    @property
    def name(self) -> str:
        """For files."""
        return f"{self.last}" if self.first == self.last else f"{self.first or 'beginning'}-{self.last}"


def now() -> View:
    """For what has no period but the moment: draw how fresh the figures are. Stops the page without MongoDB."""
    st.caption(_how_fresh())
    return View(clock.today(), clock.today(), False)


def filters(
    default: str = later("30 days"), key: str = "period", *, comparable: bool = True, dated: bool = True
) -> View:
    """Draw the period's choice and, where `dated`, how fresh the figures are. Stops the page where the dates make no
    period, and without MongoDB. Dashboards with the same `key` share their period."""
    told = _how_fresh()
    periods = [*PERIODS, EVERYTHING, OWN]
    chosen_by_address(key, periods)
    with st.container(horizontal=True, vertical_alignment="center"):
        period = st.segmented_control(
            say("Period"),
            periods,
            default=default,
            format_func=say,
            required=True,
            key=key,
            bind="query-params",
            on_change=_own_dates_begin_with_what_was_shown,
            args=(key,),
            label_visibility="collapsed",
        )
        compared = comparable and st.toggle(
            say("Compare with the period before"), value=True, key="compare", bind="query-params"
        )
        if dated:
            st.space("stretch")
            st.caption(told, width="content")
    st.session_state["period_shown"] = period
    today = clock.today()
    if period == OWN:
        return View(*_own_dates(today), compared)
    return View(today - timedelta(days=PERIODS[period] - 1) if period in PERIODS else None, today, compared)


def one_or_all(
    label: str, everything: str, names: Iterable[str], key: str, nameless: str = "", width: int = 280
) -> str:
    """Draw a choice among names, or ALL, which is called `everything`; "" is called `nameless`. Both in English."""
    words = {ALL: everything, "": nameless} if nameless else {ALL: everything}
    chosen_by_address(key, words)
    return st.selectbox(
        label,
        [ALL, *names],
        format_func=lambda name: say(words[name]) if name in words else name,
        key=key,
        bind="query-params",
        width=width,
    )


def before(frame: Callable[..., pd.DataFrame], view: View, days: pd.DataFrame) -> pd.DataFrame | None:
    """The same of the period before; None where nothing is compared, or that period is not known in full: the page
    then says so."""
    if view.before is None:
        return None
    then = read(frame, **view.before)
    if len(then) >= len(days):
        return then
    st.caption(say("The period before is not known in full, so nothing is compared."))
    return None


def read(frame: Callable[..., pd.DataFrame], **arguments: object) -> pd.DataFrame:
    """A frame of core.analytics, kept for twenty seconds for everybody: none of them depends on who asks."""
    return _read(frame.__name__, tuple(sorted(arguments.items())), freshness().fed_at)


@st.cache_data(ttl=KEPT_SECONDS, max_entries=1, show_spinner=False)
def freshness() -> Freshness:
    return analytics.freshness()


@st.cache_data(ttl=KEPT_SECONDS, max_entries=1, show_spinner=False)
def here() -> ClinicInfo:
    return analytics.clinic()


def nothing_to_show(what: str, view: View | None = None) -> None:
    """Say why a dashboard is empty, of a period or altogether, and end the page."""
    if freshness().fed_at is None:
        empty(say("Reports are not prepared yet; they fill by themselves within moments."), "hourglass_empty")
    elif view and read(analytics.daily_summaries)["is_open"].any():
        empty(say("No {what} {in_words}. Choose a longer period.", what=what, in_words=view.in_words), "event_busy")
    else:
        empty(say("No {what} yet. What is recorded shows here within seconds.", what=what))
    st.stop()


@st.cache_data(ttl=KEPT_SECONDS, max_size=_KEPT_BYTES, show_spinner=False)
def _read(name: str, arguments: tuple[tuple[str, object], ...], as_of: datetime | None) -> pd.DataFrame:
    """`as_of` keeps what is shown at least as fresh as the page says it is."""
    frame: pd.DataFrame = getattr(analytics, name)(**dict(arguments))
    return frame


def _how_fresh() -> str:
    """Without MongoDB there is nothing to show: the page says so, and comes back with it."""
    try:
        return freshness().in_words(clock.now())
    except StoreUnavailable as refusal:
        show_refusal(refusal)
        _again_once_it_is_back()
        st.stop()


@live(seconds=3)
def _again_once_it_is_back() -> None:
    st.caption(say("This page comes back by itself."))
    try:
        analytics.freshness()
    except StoreUnavailable:
        return
    redraw_page()


def _own_dates(today: date) -> tuple[date, date]:
    with st.container(horizontal=True):
        bounds: dict[str, Any] = {"min_value": EARLIEST, "max_value": today, "format": day_format(), "width": 160}
        first = st.date_input(say("First day"), None, key="from", bind="query-params", **bounds)
        last = st.date_input(say("Last day"), None, key="to", bind="query-params", **bounds)
    if first is None or last is None:
        empty(say("Choose the first and the last day."), "date_range")
        st.stop()
    if first > last:
        empty(
            say("The first day, {first}, lies after the last, {last}.", first=clinic_day(first), last=clinic_day(last)),
            "date_range",
        )
        st.stop()
    return first, last


def _own_dates_begin_with_what_was_shown(key: str) -> None:
    """Whoever wants own dates starts from the period on the screen."""
    days = PERIODS.get(st.session_state.get("period_shown", ""))
    if st.session_state[key] == OWN and days:
        today = clock.today()
        st.session_state["from"], st.session_state["to"] = today - timedelta(days=days - 1), today
