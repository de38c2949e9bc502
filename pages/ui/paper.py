"""The slip of a token: printed once by whichever screen gave the token, and shown there until the next."""

from html import escape

import streamlit as st

from core import clock, day_end
from core.papers import TokenSlip
from core.permissions import Permission, allowed
from core.token_queue import TokenCard
from core.words import say
from pages.ui.session import clinic, current_actor
from pages.ui.show import clock_time
from pages.ui.waits import slip
from pages.ui.work import reading

_SLIP = """<!doctype html><meta charset="utf-8"><title>{title}</title>
<style>
  @page {{ size: 80mm 90mm; margin: 4mm }}
  body {{ font-family: system-ui, sans-serif; text-align: center; margin: 0 }}
  h1 {{ font-size: 64px; line-height: 1; margin: 4mm 0 }} p {{ margin: 1mm 0; font-size: 14px }}
</style>
<p>{clinic}</p><h1>{number}</h1><p><b>{doctor}</b></p><p>{room}</p><p>{wait}</p><p>{moment}</p>"""
_LAST = "last_token"


def hand_out(card: TokenCard) -> str:
    """Its slip is printed with the next run. Returns what to say: also that the day is to be ended again, if it was."""
    st.session_state[_LAST] = card
    given = say("Token {number} for {name}", number=card.number, name=card.patient_name)
    actor = current_actor()
    with reading() as session:
        ended = day_end.ended_at(session, actor, clock.today()) if allowed(actor, Permission.END_DAY) else None
    if ended is None:
        return given
    again = say("The day was ended at {time}. End it again when everybody has left.", time=clock_time(ended))
    return f"{given}. {again}"


def last_token() -> TokenCard | None:
    """The one handed out last in this tab."""
    card: TokenCard | None = st.session_state.get(_LAST)
    return card


def last_slip() -> tuple[str, str]:
    """For `keyboard`: the page and its id, both empty before the first token."""
    if (card := last_token()) is None:
        return "", ""
    return token_slip(slip(card, clinic())), str(card.token_id)


def token_slip(of: TokenSlip) -> str:
    """80 mm wide: number, doctor, room and what wait to expect, no patient's name."""
    texts = {
        "title": say("Token {number}", number=of.number),
        **{"clinic": of.clinic, "doctor": of.doctor, "room": of.room},
        **{"wait": of.wait, "moment": of.moment},
    }
    return _SLIP.format(number=of.number, **{name: escape(text) for name, text in texts.items()})
