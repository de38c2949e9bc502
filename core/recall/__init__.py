"""A batch is called back: find it, block it (core.inventory), and reach every patient who got of it.

The batch decides, not what stands on the bill: whoever got it as a substitute is among them. Records that were merged
are one patient. What came back is told, and nothing clinical is.
"""

from core.recall.reaching import NobodyToWriteTo, default_letter, default_message, letters, take
from core.recall.tracing import Recipient, Traced, find, recipients, traced

__all__ = [
    "NobodyToWriteTo",
    "Recipient",
    "Traced",
    "default_letter",
    "default_message",
    "find",
    "letters",
    "recipients",
    "take",
    "traced",
]
