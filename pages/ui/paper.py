"""What the printer gets."""

from html import escape

from core.token_queue import TokenCard
from core.words import say
from pages.ui.show import room_name
from pages.ui.waits import expected_wait

_SLIP = """<!doctype html><meta charset="utf-8"><title>{title}</title>
<style>
  @page {{ size: 80mm 90mm; margin: 4mm }}
  body {{ font-family: system-ui, sans-serif; text-align: center; margin: 0 }}
  h1 {{ font-size: 64px; line-height: 1; margin: 4mm 0 }} p {{ margin: 1mm 0; font-size: 14px }}
</style>
<p>{clinic}</p><h1>{number}</h1><p><b>{doctor}</b></p><p>{room}</p><p>{wait}</p><p>{moment}</p>"""


def token_slip(card: TokenCard, clinic: str, moment: str) -> str:
    """An 80 mm slip: number, doctor, room and what wait to expect, no patient's name."""
    doctor = card.doctor_name or say("First free doctor")
    wait = say("Expected wait: {wait}", wait=expected_wait(card.said)) if card.said else ""
    title = say("Token {number}", number=card.number)
    texts = {
        "title": title,
        "clinic": clinic,
        "doctor": doctor,
        "room": room_name(card.room),
        "wait": wait,
        "moment": moment,
    }
    return _SLIP.format(number=card.number, **{name: escape(text) for name, text in texts.items()})
