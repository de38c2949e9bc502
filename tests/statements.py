"""What a test asks of the database: how many statements a list costs, and whether the sums hold."""

from sqlalchemy import event, text


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


def sums_hold(session):
    """Fire the checks that otherwise run at commit."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
