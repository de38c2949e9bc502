"""What in the clinic's records is missing, contradictory or left lying: counted for reports, listed for who mends it.

A check is a title, why it matters, and one query for the records behind it. Whatever grows with the years is looked
at for the last year only (`LOOK_BACK_DAYS`), so that the answer takes as long in ten years as it does today.
"""

from core.quality.check import LOOK_BACK_DAYS, Check, Finding, Score
from core.quality.scoreboard import CHECKS, find, records, score, scoreboard

__all__ = ["CHECKS", "LOOK_BACK_DAYS", "Check", "Finding", "Score", "find", "records", "score", "scoreboard"]
