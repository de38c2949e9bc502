"""What a check of the books found: each rule with its state, each break with its records and what mends it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.books import Named
from core.permissions import Actor
from core.words import later, say
from etl.proof import Finding, Store
from pages.ui import books_job
from pages.ui.links import link, open_to
from pages.ui.messages import flash
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import refusals_shown

_MOST_SHOWN = 10
# Where records of a kind are mended: the screen, the part of its address that takes their key, and what else it takes.
_PLACES: dict[str, tuple[str, str, dict[str, str]]] = {
    "batches": ("stock", "medicine", {}),
    "orders": ("stock", "order", {"view": later("Orders")}),
    "stock-takes": ("stock", "take", {"view": later("Count")}),
    **dict.fromkeys(("bills", later("lines of bills"), "payments", later("credit notes")), ("cash", "find", {})),
    later("closed drawers"): ("drawers", "close", {}),
    **dict.fromkeys(("patients", "records"), ("patients", "find", {})),
    **dict.fromkeys(("prescriptions", "visits", "papers"), ("visit", "id", {})),
    "tokens": ("queue", "", {}),
    **dict.fromkeys(("slots", "entries"), ("calendar", "", {})),
}


def broken(actor: Actor, found: Sequence[Finding], names: Mapping[str, list[Named]]) -> None:
    """`names` has the records of each rule by its sentence."""
    # A copy made again would take the place of the witness.
    forged = any(finding.store is Store.CHAIN for finding in found)
    offered = {Store.BOOKS, Store.CHAIN, *([Store.DOCUMENTS] if forged else [])}
    for finding in found:
        with st.container(border=True):
            icon, word = (
                (":red[:material/error:]", say("Broken"))
                if finding.looked
                else (":gray[:material/help:]", say("Unknown"))
            )
            colour = "red" if finding.looked else "gray"
            st.markdown(
                say(
                    "{icon} **{sentence}** :{colour}-badge[{word}]",
                    icon=icon,
                    sentence=plain(finding.sentence),
                    colour=colour,
                    word=word,
                )
            )
            _what(actor, finding, names.get(finding.sentence, []))
            if finding.repair:
                st.markdown(f":material/build: {_as_words(finding.repair)}")
            _button(finding, offered)


def holding(found: Sequence[Finding]) -> None:
    with st.container(border=True, gap="xsmall"):
        for finding in found:
            st.markdown(f":green[:material/check_circle:] {plain(finding.sentence)}")


def _what(actor: Actor, finding: Finding, records: list[Named]) -> None:
    if finding.store is not Store.BOOKS:
        told = [plain(problem) for problem in finding.problems[:_MOST_SHOWN]]
        others = len(finding.problems) - len(told)
        st.markdown("  \n".join([*told, *([say(":gray[and {others:,} more]", others=others)] if others else [])]))
        return
    st.markdown(f"{plain(finding.what.capitalize())}: {finding.count:,}")
    screen, part, more = _PLACES.get(finding.what, ("", "", {}))
    with st.container(horizontal=True, gap="small"):
        for record in records:
            if part and record.key and open_to(screen, actor):
                link(screen, plain(record.name), **more, **{part: record.key})
            else:
                st.markdown(plain(record.name), width="content")
        if finding.count > len(records):
            st.markdown(say(":gray[and {count:,} more]", count=finding.count - len(records)), width="content")
    if screen and not part and open_to(screen, actor):
        link(screen)


def _button(finding: Finding, offered: set[Store]) -> None:
    """Once for each store: it mends all that is wrong in it."""
    if finding.store in offered or not finding.looked:
        return
    offered.add(finding.store)
    if finding.store is Store.QUEUE:
        if st.button(say("Set the queue in Redis right"), icon=":material/sync:"):
            with refusals_shown():
                mended = books_job.mend_queue(current_actor())
                books_job.begin(current_actor())
                flash(say("{mended:,} entries were put right, and everything was checked again", mended=mended), "sync")
    elif st.button(say("Make MongoDB again from PostgreSQL"), icon=":material/restart_alt:"):
        books_job.begin(current_actor(), rebuilds=True)
        st.rerun()


def _as_words(repair: str) -> str:
    """Commands stay commands."""
    return "`".join(part if place % 2 else plain(part) for place, part in enumerate(repair.split("`")))
