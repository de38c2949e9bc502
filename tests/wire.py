"""A line to a server that fails in the ways a network does: answers get lost, or both ends wait for each other."""

import select
import socket
import threading
from contextlib import suppress
from pathlib import Path


class Wire:
    """Listens at `path` and carries bytes to and from the server's socket.

    `lose_answer_to` is a word: the line that carries it to the server loses all answers from there on, and is broken
    with `hang_up` once the server has answered.
    """

    def __init__(self, path: Path, server: str) -> None:
        self.server = server
        self.lose_answer_to: bytes | None = None
        self.hang_up = False
        self.lost = threading.Event()
        self.lines: list[socket.socket] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        threading.Thread(target=self._welcome, daemon=True).start()

    def hang_up_all(self) -> None:
        for near in self.lines:
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.hang_up_all()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                self.lines.append(near)
                threading.Thread(target=self._carry, args=[near], daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        deaf = False
        far = socket.socket(socket.AF_UNIX)
        with near, far, suppress(OSError):
            far.connect(self.server)
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    said = ready.recv(65536)
                    if not said:
                        return
                    if ready is near:
                        deaf = deaf or bool(self.lose_answer_to and self.lose_answer_to in said)
                        far.sendall(said)
                    elif not deaf:
                        near.sendall(said)
                    else:
                        self.lose_answer_to = None  # once
                        self.lost.set()
                        if self.hang_up:
                            return
