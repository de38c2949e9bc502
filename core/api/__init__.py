"""The REST API: the workflows for other programs, under /api beside the screens, or alone: `uvicorn core.api:app`.

A router is as thin as a page: it reads what was sent, calls one workflow and answers its record. Refusals are problem
details with the sentence of the screens (refusals.py); a POST takes effect once per Idempotency-Key (caller.py).
"""

from core.api.alone import WORDS, app
from core.api.application import api

__all__ = ["WORDS", "api", "app"]
