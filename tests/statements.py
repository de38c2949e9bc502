"""What a test asks of the database: which statements something costs, and whether the sums hold."""

from contextlib import contextmanager

from sqlalchemy import event, text


@contextmanager
def heard(session, note, when="before_cursor_execute"):
    """`note(statement, parameters, cursor)` of whatever is sent to PostgreSQL meanwhile."""

    def tell(_connection, cursor, statement, parameters, *_):
        note(statement, parameters, cursor)

    session.flush()
    event.listen(session.get_bind(), when, tell)
    try:
        yield
    finally:
        event.remove(session.get_bind(), when, tell)


@contextmanager
def statements(session):
    """The statements that are sent meanwhile."""
    sent = []
    with heard(session, lambda statement, *_: "SAVEPOINT" in statement or sent.append(statement)):
        yield sent


def count_statements(session, work):
    """How many statements `work()` sends to PostgreSQL."""
    with statements(session) as sent:
        work()
    return len(sent)


def sums_hold(session):
    """Fire the checks that otherwise run at commit."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
