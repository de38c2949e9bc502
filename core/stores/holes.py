"""What stands open: versions with holes that are known and closed in later ones, and stores without a lock.

Told by `qure status`, at the start and to the administrator, and never refused: a clinic goes on working meanwhile.
"""

import re
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

# Of each line of versions the first without the hole named beside it. What is newer than the last one counts as whole.
CLOSED_IN: dict[str, tuple[str, tuple[tuple[int, ...], ...]]] = {
    "PostgreSQL": (
        "CVE-2025-8714, CVE-2025-8715: a dump that runs code when it is restored",
        ((15, 14), (16, 10), (17, 6)),
    ),
    "Redis": ("CVE-2025-49844: a script that takes over the server", ((7, 2, 11), (7, 4, 6), (8, 0, 4), (8, 2, 2))),
    "Valkey": ("CVE-2026-27623 and others: a request that stops the server", ((8, 0, 7), (8, 1, 6), (9, 0, 3))),
    "MongoDB": ("CVE-2025-14847: memory given away to strangers", ((7, 0, 28), (8, 0, 17), (8, 2, 3))),
}
# The oldest of each library that reads what strangers send. pyproject.toml may not ask for less.
LIBRARIES = {
    "pyjwt": ("2.15", "CVE-2026-32597, CVE-2026-48526: forged tokens, closed in 2.12 and 2.13"),
    "starlette": ("0.49.1", "CVE-2025-62727: a request that keeps the server busy"),
    "python-multipart": (
        "0.0.26",
        "CVE-2026-24486, CVE-2026-40347: uploads that write elsewhere or keep the server busy",
    ),
}
_HERE = {None, "", "localhost", "127.0.0.1", "::1"}


def hole(product: str, running: str) -> str | None:
    """What to say of a version of a store; None where no hole of it is known."""
    why, closed = CLOSED_IN[product]
    have = _numbers(running)
    line = next((fixed for fixed in closed if have[: len(fixed) - 1] == fixed[:-1]), closed[-1])
    if have >= line:
        return None
    return f"{product} {running} has known holes ({why}): update it to {_dotted(line)} or newer."


def library_holes() -> list[str]:
    return [
        f"The library {name} {version(name)} has known holes ({why}): update it to {oldest} or newer."
        for name, (oldest, why) in LIBRARIES.items()
        if _numbers(version(name)) < _numbers(oldest)
    ]


def unlocked(name: str, url: str) -> str | None:
    """What to say of a store on another machine that asks nobody for a password; None of any other."""
    parts = urlsplit(url)
    asks = parts.password or "password" in parse_qs(parts.query)
    if parts.hostname in _HERE or asks or parts.scheme == "unix":
        return None
    return f"{name} at {parts.hostname} is reached without a password: whoever is on its network reads and changes it."


def overheard(url: str) -> str | None:
    """What to say of a database on another machine whose line may be listened to; None of any other."""
    parts = urlsplit(url)
    mode = parse_qs(parts.query).get("sslmode", ["prefer"])[0]
    if parts.hostname in _HERE or mode in {"require", "verify-ca", "verify-full"}:
        return None
    return (
        f"The line to PostgreSQL at {parts.hostname} need not be enciphered: on a network that others share, add "
        "sslmode=verify-full to DATABASE_URL."
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
