"""The data dictionary: every frame that analysts read, its columns, their units and what a missing value means."""

import streamlit as st

from core.analytics import dictionary as known
from core.analytics import export
from core.analytics.columns import Table
from core.words import say
from pages.ui.show import empty, plain


def dictionary() -> None:
    tables = known.frames()
    box, take = st.columns([5, 2], vertical_alignment="bottom")
    term = box.text_input(
        say("Find a frame or a column"),
        key="find_column",
        live=True,
        icon=":material/search:",
        placeholder="waited, revenue",
    )
    take.download_button(
        say("All of it as CSV"),
        lambda: export.csv(known.as_frame()),
        "qure-data-dictionary.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    found = [table for table in tables if _fits(table, term)]
    if not found:
        empty(say("No frame and no column of this name."), "search_off")
    for table in found:
        with st.expander(f"**{plain(table.name)}** :gray[{_sentences(table)[0]}]", expanded=bool(term)):
            _columns(table)


def _columns(table: Table) -> None:
    asks = "actor" if table.name == "visits_with_names" else ""
    st.code(f"from core import analytics\n\n{table.name} = analytics.{table.name}({asks})")
    st.caption(" ".join(_sentences(table)))
    rows = [
        {say("Column"): column.name, say("Type"): column.kind, say("Unit"): column.unit, say("Meaning"): column.meaning}
        for column in table.columns
    ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={say("Column"): st.column_config.TextColumn(pinned=True), say("Meaning"): {"width": "large"}},
        alt=say("Columns of {name}", name=table.name),
    )


def _sentences(table: Table) -> list[str]:
    return [f"{sentence.rstrip('.')}." for sentence in " ".join(table.about.split()).split(". ")]


def _fits(table: Table, term: str) -> bool:
    words = f"{table.name} {table.about} {' '.join(f'{column.name} {column.meaning}' for column in table.columns)}"
    return all(word in words.lower() for word in term.lower().split())
