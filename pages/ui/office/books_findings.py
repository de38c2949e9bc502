"""What a check of the books found: each rule with its state, each break with its records and what mends it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.books import Named
from core.permissions import Actor
from core.words import later, say, say_count
from etl.proof import ALL_HOLDS, OF_COLLECTION, Finding, Store
from pages.ui.links import link, open_to
from pages.ui.messages import flash
from pages.ui.office import books_job
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import refusals_shown

_MOST_SHOWN = 10
_KINDS = {
    "batches": later("Batches: {count:,}"),
    "orders": later("Orders: {count:,}"),
    "stock-takes": later("Stock-takes: {count:,}"),
    "bills": later("Bills: {count:,}"),
    "lines of bills": later("Lines of bills: {count:,}"),
    "payments": later("Payments: {count:,}"),
    "credit notes": later("Credit notes: {count:,}"),
    "closed drawers": later("Closed drawers: {count:,}"),
    "patients": later("Patients: {count:,}"),
    "records": later("Records: {count:,}"),
    "prescriptions": later("Prescriptions: {count:,}"),
    "visits": later("Visits: {count:,}"),
    "papers": later("Papers: {count:,}"),
    "tokens": later("Tokens: {count:,}"),
    "slots": later("Slots: {count:,}"),
    "entries": later("Entries: {count:,}"),
    "years": later("Years: {count:,}"),
    "days": later("Days: {count:,}"),
}
# Where records of a kind are mended: the screen, the part of its address that takes their key, and what else it takes.
_PLACES: dict[str, tuple[str, str, dict[str, str]]] = {
    "batches": ("stock", "medicine", {}),
    "orders": ("stock", "order", {"view": "Orders"}),
    "stock-takes": ("stock", "take", {"view": "Count"}),
    **dict.fromkeys(("bills", "lines of bills", "payments", "credit notes"), ("cash", "find", {})),
    "closed drawers": ("drawers", "close", {}),
    **dict.fromkeys(("patients", "records"), ("patients", "find", {})),
    **dict.fromkeys(("prescriptions", "visits", "papers"), ("visit", "id", {})),
    "tokens": ("queue", "", {}),
    **dict.fromkeys(("slots", "entries"), ("calendar", "", {})),
}


def asked() -> None:
    """What a check will ask."""
    with st.expander(say("The {number:,} rules of the books", number=len(ALL_HOLDS)), icon=":material/list:"):
        st.markdown("  \n".join(map(_sentence, ALL_HOLDS)))


def broken(actor: Actor, found: Sequence[Finding], names: Mapping[str, list[Named]]) -> None:
    """`names` has the records of each rule by its sentence."""
    # A copy made again would take the place of the witness.
    forged = any(finding.store is Store.CHAIN for finding in found)
    offered = {Store.BOOKS, Store.CHAIN, *([Store.DOCUMENTS] if forged else [])}
    for finding in found:
        with st.container(border=True):
            colour, icon, word = ("red", "error", say("Broken")) if finding.looked else ("gray", "help", say("Unknown"))
            st.markdown(f":{colour}[:material/{icon}:] **{_sentence(finding)}** :{colour}-badge[{word}]")
            _what(actor, finding, names.get(finding.sentence, []))
            if finding.repair:
                st.markdown(f":material/build: {_as_words(say(finding.repair))}")
            _button(finding, offered)


def holding(found: Sequence[Finding]) -> None:
    with st.container(border=True, gap="xsmall"):
        for finding in found:
            st.markdown(f":green[:material/check_circle:] {_sentence(finding)}")


def _sentence(finding: Finding) -> str:
    if finding.collection:
        return plain(say(OF_COLLECTION, name=finding.collection))
    return plain(say(finding.sentence))


def _what(actor: Actor, finding: Finding, records: list[Named]) -> None:
    if finding.store is not Store.BOOKS:
        told = [plain(problem) for problem in finding.problems[:_MOST_SHOWN]]
        others = len(finding.problems) - len(told)
        st.markdown("  \n".join([*told, *([say(":gray[and {count:,} more]", count=others)] if others else [])]))
        return
    st.markdown(say(_KINDS[finding.what], count=finding.count))
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
                flash(
                    say_count(
                        mended,
                        "{count:,} entry was put right, and everything was checked again",
                        "{count:,} entries were put right, and everything was checked again",
                    ),
                    "sync",
                )
    elif st.button(say("Make MongoDB again from PostgreSQL"), icon=":material/restart_alt:"):
        books_job.begin(current_actor(), rebuilds=True)
        st.rerun()


def _as_words(repair: str) -> str:
    """Commands stay commands."""
    return "`".join(part if place % 2 else plain(part) for place, part in enumerate(repair.split("`")))
