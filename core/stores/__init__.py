"""Finds the three stores, or starts them.

DATABASE_URL, REDIS_URL and MONGO_URL name stores that somebody else runs. Each one that is not set is embedded: a
keeper process starts it from a pip wheel, keeps its data in the data folder, and shares it between every process on
this machine that uses the same folder (app, jobs, notebook, command line). It stops when the last of them is gone.

Raises StoreUnavailable with one sentence that says what to do. Importing this package starts and loads nothing.
"""

from core.stores.client import Addresses, addresses, begin, release
from core.stores.folder import secret_key
from core.stores.health import StoreStatus, status
from core.stores.holes import library_holes

__all__ = ["Addresses", "StoreStatus", "addresses", "begin", "library_holes", "release", "secret_key", "status"]
