"""How the stores are, for the command line and the administrator's screen."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import StoreUnavailable
from core.stores import holes
from core.stores.client import addresses

LIMIT = 3  # seconds for each; they are asked at the same time
OLDEST = {"PostgreSQL": (15,), "Redis": (7,), "Valkey": (8,), "MongoDB": (7,)}


@dataclass(frozen=True)
class StoreStatus:
    """`address` has its password hidden; `detail` names product and version, or says what is wrong.

    `open` says what stands open to strangers, `advice` what might.
    """

    name: str
    where: Literal["embedded", "address"]
    address: str
    version: str | None
    reachable: bool
    detail: str
    open: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def status() -> list[StoreStatus]:
    """Ask each store for its version. Never raises: what is wrong stands in `detail`."""
    from core.config import settings

    given = settings()
    own = {"PostgreSQL": given.database_url, "Redis": given.redis_url, "MongoDB": given.mongo_url}
    current, problem = own, ""
    try:
        found = addresses()
        current = {"PostgreSQL": found.database_url, "Redis": found.redis_url, "MongoDB": found.mongo_url}
    except StoreUnavailable as error:
        problem = str(error)

    def one(name: str) -> StoreStatus:
        return _status(name, "address" if own[name] else "embedded", current[name], problem)

    with ThreadPoolExecutor() as pool:
        return list(pool.map(one, own))


def _status(name: str, where: Literal["embedded", "address"], address: str | None, problem: str) -> StoreStatus:
    if address is None:
        return StoreStatus(name, where, "", None, False, problem)
    shown = without_password(address)
    try:
        product, version = _ASK[name](address)
    except Exception as error:  # each driver has errors of its own, and one must not hide the other stores' answers
        reason = without_password(str(error).strip().partition("\n")[0]) or type(error).__name__
        return StoreStatus(name, where, shown, None, False, f"{name} cannot be reached: {reason}")
    detail, oldest = f"{product} {version}", OLDEST[product]
    if tuple(int(part) for part in re.findall(r"\d+", version)) < oldest:
        detail += f" is older than {'.'.join(map(str, oldest))}, the oldest that Qure works with."
    found = (holes.hole(product, version), holes.unlocked(name, address) if name != "PostgreSQL" else None)
    advice = holes.overheard(address) if name == "PostgreSQL" else None
    told = tuple(filter(None, found)), tuple(filter(None, [advice]))
    return StoreStatus(name, where, shown, version, True, detail, *told)


def without_password(text: str) -> str:
    hidden = re.sub(r"(://[^/?#:@\s]*):[^/?#\s]*@", r"\1:***@", text)
    return re.sub(r"(?i)([?&]password=)[^&\s]*", r"\1***", hidden)


def _ask_postgres(url: str) -> tuple[str, str]:
    import psycopg

    plain = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
    with psycopg.connect(plain, connect_timeout=LIMIT) as connection:
        return "PostgreSQL", (connection.info.parameter_status("server_version") or "").partition(" ")[0]


def _ask_redis(url: str) -> tuple[str, str]:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    with redis.Redis.from_url(url, socket_connect_timeout=LIMIT, socket_timeout=LIMIT, retry=once) as connection:
        about: dict[str, Any] = connection.info("server")
    if "valkey_version" in about:
        return "Valkey", str(about["valkey_version"])
    return "Redis", str(about["redis_version"])


def _ask_mongo(url: str) -> tuple[str, str]:
    from pymongo import MongoClient

    client: MongoClient[dict[str, Any]]
    with MongoClient(url, timeoutMS=LIMIT * 1000, serverSelectionTimeoutMS=LIMIT * 1000) as client:
        client.admin.command("listDatabases", nameOnly=True)  # the handshake and buildInfo need no login, this does
        return "MongoDB", str(client.server_info()["version"])


_ASK: dict[str, Callable[[str], tuple[str, str]]] = {
    "PostgreSQL": _ask_postgres,
    "Redis": _ask_redis,
    "MongoDB": _ask_mongo,
}
