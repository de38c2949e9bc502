"""Rows that the database itself must refuse."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


def refused(session, *records, by):
    """The database refuses these rows, by a constraint whose name holds `by`."""
    with pytest.raises(DBAPIError, match=by), session.begin_nested():
        session.add_all(records)
        session.flush()
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
