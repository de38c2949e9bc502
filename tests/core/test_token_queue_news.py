"""News of the queue reaches whoever listens, through a real Redis."""

import threading
from queue import Empty, Queue

import pytest

from core import db, token_queue
from core.token_queue import line
from tests.factories import a_token


@pytest.fixture
def heard(committed):
    """Topics as they arrive; the first is told when the listener stands."""
    topics, stopping = Queue(), threading.Event()
    listener = threading.Thread(target=token_queue.listen, args=(topics.put, stopping))
    listener.start()
    assert topics.get(timeout=10) == "queue"
    yield topics
    stopping.set()
    listener.join(timeout=10)
    assert not listener.is_alive()


def test_a_token_is_news_once_it_is_committed(heard):
    with db.transaction() as session:
        a_token(session)
        with pytest.raises(Empty):
            heard.get(timeout=0.3)

    assert heard.get(timeout=10) == "queue"


def test_a_workflow_tells_its_own_topic(heard):
    with db.transaction() as session:
        token_queue.announce(session, "calendar")

    assert heard.get(timeout=10) == "calendar"


def test_what_is_rolled_back_is_no_news(heard):
    with pytest.raises(ZeroDivisionError), db.transaction() as session:
        token_queue.announce(session, "calendar")
        raise ZeroDivisionError

    with pytest.raises(Empty):
        heard.get(timeout=0.3)


def test_without_redis_telling_is_no_matter(committed, without_redis):
    with db.transaction() as session:
        token_queue.announce(session, line.QUEUE)
