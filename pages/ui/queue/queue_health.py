"""What the desk and the doctors are told while news of the queue does not come."""

import streamlit as st

from core import token_queue
from core.words import say


def queue_health() -> None:
    """Which store is away is for those who look after it: Books names it."""
    if not token_queue.is_up():
        told = say("The queue board changes a few seconds late at the moment. Tokens and calls go on as usual.")
        st.warning(told, icon=":material/cloud_off:")
