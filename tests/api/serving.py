"""An app behind a real web server, in a thread of this process."""

import threading
import time
from contextlib import contextmanager

import uvicorn


@contextmanager
def served(app):
    """The address at which it answers."""
    with running(app, timeout_graceful_shutdown=1) as server:
        yield address(server)


@contextmanager
def running(app, **config):
    """The server itself (uvicorn.Server), once it has started; it has ended afterwards."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off", **config))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def address(server):
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
