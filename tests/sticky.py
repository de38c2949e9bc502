"""A sticky proxy before several app processes, as an operator would run one: a browser stays with its app by a cookie,
and comes to another one when that app is gone."""

import re
import select
import socket
import socketserver
import threading
from contextlib import suppress
from itertools import cycle

COOKIE = "qure_app"
_END = b"\r\n\r\n"


class Proxy(socketserver.ThreadingTCPServer):
    """At `url`, on a port of its own; newcomers go to the apps (by their ports) in turn.

    One connection of a browser is one connection to its app, and a websocket is bytes like others.
    """

    daemon_threads = True

    def __init__(self, ports: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.ports, self.turn = ports, cycle(ports)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Line(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        with suppress(OSError):
            head = _head(self.request)
            known = re.search(rf"{COOKIE}=(\d+)".encode(), head)
            with self._reach(int(known[1]) if known else next(self.server.turn)) as app:
                app.sendall(head)
                answer, _, rest = _head(app).partition(_END)
                cookie = f"\r\nSet-Cookie: {COOKIE}={app.getpeername()[1]}; Path=/".encode()
                self.request.sendall(answer + cookie + _END + rest)
                carry(self.request, app)

    def _reach(self, wanted: int) -> socket.socket:
        for port in [wanted, *self.server.ports]:
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", port))
        raise ConnectionRefusedError


def _head(source: socket.socket) -> bytes:
    said = b""
    while _END not in said:
        more = source.recv(65536)
        if not more:
            raise ConnectionResetError
        said += more
    return said


def carry(one: socket.socket, other: socket.socket) -> None:
    """Bytes both ways until one of the two hangs up."""
    while True:
        for ready in select.select([one, other], [], [])[0]:
            said = ready.recv(65536)
            if not said:
                return
            (other if ready is one else one).sendall(said)
