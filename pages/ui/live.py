"""Parts of a page that are drawn anew without the page around them: by the time and by news, or by who works there."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import NoReturn, ParamSpec

import streamlit as st

from pages.ui import asked, news
from pages.ui.session import looked_up, of_this_part, touch

P = ParamSpec("P")


def live(seconds: float, on: Sequence[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A part of a page that redraws itself; it ends with the session and never prolongs it.

    `on` are topics: the part redraws as soon as there is news of one, and every few seconds in case some is lost.
    """

    def decorate(draw: Callable[..., None]) -> Callable[..., None]:
        @st.fragment(run_every=seconds)
        @wraps(draw)
        def redraw(*args: object, **kwargs: object) -> None:
            with asked.told(drawn=False), looked_up(of_this_part()):
                draw(*args, **kwargs)
            if on:
                news.redraw_on(on, draw.__name__)

        return redraw

    return decorate


def by_itself(draw: Callable[P, None]) -> Callable[P, None]:
    """A part of a page in which somebody works: what they do there draws it anew and not the page around it.

    It reads anew whatever it needs of the clinic, and runs the page itself where that has to follow.
    """

    @st.fragment
    @wraps(draw)
    def redraw(*args: P.args, **kwargs: P.kwargs) -> None:
        with asked.told(drawn=False), looked_up(of_this_part()) as identity:
            touch(identity)
            draw(*args, **kwargs)

    return redraw


def redraw_page() -> NoReturn:
    """For a live part that finds the page around it out of date."""
    st.session_state["by_timer"] = True
    st.rerun(scope="app")
