"""Counts what a list costs, so that a query in a loop shows."""

from sqlalchemy import event


def count_statements(session, work):
    """How many statements `work()` sends to PostgreSQL."""
    sent = []

    def note(*args):
        sent.append(args[2])

    session.flush()
    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    return len([statement for statement in sent if "SAVEPOINT" not in statement])
