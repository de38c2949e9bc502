"""What every screen shares. A page imports `ui`, the workflow it shows, and Streamlit."""

from pages.ui.dialog import close_dialog, open_dialog, opened
from pages.ui.keyboard import keyboard
from pages.ui.links import found_by_address, go, id_of, link, open_to
from pages.ui.live import by_itself, live
from pages.ui.messages import flash
from pages.ui.paper import hand_out, last_slip, last_token
from pages.ui.session import clinic, current_actor, current_identity, page, sign_in_again
from pages.ui.show import (
    badge,
    clinic_day,
    clock_time,
    day_format,
    empty,
    figures,
    full_day,
    moment,
    money,
    patient_line,
    plain,
    room_name,
    table,
    weekday,
)
from pages.ui.work import Session, act, forget_form, form_key, last_answer, reading, refusals_shown

__all__ = [
    "Session",
    "act",
    "badge",
    "by_itself",
    "clinic",
    "clinic_day",
    "clock_time",
    "close_dialog",
    "current_actor",
    "current_identity",
    "day_format",
    "empty",
    "figures",
    "flash",
    "forget_form",
    "form_key",
    "found_by_address",
    "full_day",
    "go",
    "hand_out",
    "id_of",
    "keyboard",
    "last_answer",
    "last_slip",
    "last_token",
    "link",
    "live",
    "moment",
    "money",
    "open_dialog",
    "open_to",
    "opened",
    "page",
    "patient_line",
    "plain",
    "reading",
    "refusals_shown",
    "room_name",
    "sign_in_again",
    "table",
    "weekday",
]
