"""What every screen shares. A page imports `ui`, the workflow it shows, and Streamlit."""

from pages.ui.keyboard import keyboard
from pages.ui.paper import token_slip
from pages.ui.session import clinic, current_actor, live, page
from pages.ui.show import (
    badge,
    clinic_day,
    clock_time,
    empty,
    moment,
    money,
    patient_line,
    plain,
    table,
)
from pages.ui.work import act, flash, forget_form, form_key, reading, refusals_shown

__all__ = [
    "act",
    "badge",
    "clinic",
    "clinic_day",
    "clock_time",
    "current_actor",
    "empty",
    "flash",
    "forget_form",
    "form_key",
    "keyboard",
    "live",
    "moment",
    "money",
    "page",
    "patient_line",
    "plain",
    "reading",
    "refusals_shown",
    "table",
    "token_slip",
]
