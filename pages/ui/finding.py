"""Find anything from any screen: a patient, a token, a bill, a prescription or a medicine; Ctrl+Enter opens the first.

Each role finds what its screens show.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import streamlit as st

from core import billing, dispensing, inventory, patients, token_queue
from core.permissions import Actor
from core.words import later, say
from pages.ui import keys, links
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.focus import begin_in
from pages.ui.session import current_actor
from pages.ui.show import badge, empty, plain
from pages.ui.work import Session, reading

_OPEN, BOX, MOST_OF_A_KIND = "find", "find_anything", 4


@dataclass(frozen=True)
class Hit:
    """`words` are markdown; `query` is what the screen at `address` opens with."""

    address: str
    icon: str
    words: str
    query: dict[str, str] = field(default_factory=dict)


def button() -> None:
    """In the sidebar."""
    icon, shortcut = ":material/search:", keys.FIND.keys
    st.button(
        say("Find"), key="find", icon=icon, type="tertiary", shortcut=shortcut, on_click=open_dialog, args=[_OPEN]
    )


def dialog_if_asked() -> None:
    if opened(_OPEN):
        _dialog()


@dialog(later("Find"), icon=":material/search:", on_dismiss=close_dialog)
def _dialog() -> None:
    begin_in(BOX)
    term = st.text_input(
        say("Name, phone, MRN, token, bill, prescription or medicine"), key=BOX, live=True, icon=":material/search:"
    )
    actor = current_actor()  # whoever is at the tab now: a dialog redraws itself without its page
    with reading() as session:
        hits = find(session, actor, term.strip()) if term.strip() else []
    if term and not hits:
        empty(say("Nothing found."), "search_off")
    with st.container(gap="xsmall"):
        for place, hit in enumerate(hits):
            _hit(place, hit)


def find(session: Session, actor: Actor, term: str) -> list[Hit]:
    """Numbers of papers first, since they mean one thing."""
    mine = (kind for address, kind in _KINDS.items() if links.open_to(address, actor))
    return [hit for kind in mine for hit in kind(session, actor, term)]


def _papers(session: Session, actor: Actor, term: str) -> Iterator[Hit]:
    if bills := dispensing.bills_of_code(session, actor, term):
        yield Hit("counter", "medication", plain(f"{term.upper()} · {bills[0]}"), {"find": term})


def _tokens(session: Session, actor: Actor, term: str) -> Iterator[Hit]:
    for token in token_queue.board(session, actor) if term.isdecimal() else ():
        if str(token.number) == term:
            yield Hit("queue", "groups", f"**{token.number}** {plain(token.patient_name)} {badge(token.state)}")


def _patients(session: Session, actor: Actor, term: str) -> Iterator[Hit]:
    for card in patients.search(session, actor, term, MOST_OF_A_KIND):
        facts = " · ".join(filter(None, (card.age, card.phone, card.mrn)))
        yield Hit("patients", "person", f"**{plain(card.name)}** :small[:gray[{plain(facts)}]]", {"patient": card.mrn})


def _bills(session: Session, actor: Actor, term: str) -> Iterator[Hit]:
    for bill in billing.find(session, actor, term, MOST_OF_A_KIND):
        words = f"**{plain(bill.number)}** {plain(bill.patient)} {badge(bill.state)}"
        yield Hit("cash", "receipt_long", words, {"find": bill.number})


def _medicines(session: Session, actor: Actor, term: str) -> Iterator[Hit]:
    for medicine in inventory.search_medicines(session, actor, term, MOST_OF_A_KIND):
        query = {"medicine": str(medicine.medicine_id)}
        yield Hit("stock", "inventory_2", f"**{plain(medicine.name)}**", query)


# By the screen that opens them.
_KINDS: dict[str, Callable[[Session, Actor, str], Iterator[Hit]]] = {
    **{"counter": _papers, "queue": _tokens, "patients": _patients, "cash": _bills, "stock": _medicines},
}


def _hit(place: int, hit: Hit) -> None:
    first = place == 0
    if st.button(
        hit.words, key=f"found_{place}", icon=f":material/{hit.icon}:", width="stretch",
        type="primary" if first else "tertiary", shortcut=keys.PRIMARY if first else None,
    ):  # fmt: skip
        close_dialog()
        links.go(hit.address, **hit.query)
